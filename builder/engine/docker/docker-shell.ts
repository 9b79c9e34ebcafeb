import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ReadStream, WriteStream } from 'node:tty';
import type Docker from 'dockerode';

const greeting =
  'echo "You are in the build container. Leave with exit or Ctrl-D; what you change is not kept."';
export const shellCommand = ['sh', '-c', `${greeting}; command -v bash >/dev/null && exec bash; exec sh`];

/** Gives the user's terminal to a shell in the container until that shell ends. */
export async function openShell(container: Docker.Container, host: string | undefined): Promise<void> {
  if (!(await openByCommandLine(container.id, host))) await openByEngine(container);
}

/** By the `docker` program, which knows all about terminals; false where there is none. */
async function openByCommandLine(id: string, host: string | undefined): Promise<boolean> {
  const address = host === undefined ? [] : ['--host', host];
  const child = spawn('docker', [...address, 'exec', '-it', id, ...shellCommand], { stdio: 'inherit' });
  try {
    await once(child, 'close');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function openByEngine(container: Docker.Container): Promise<void> {
  const exec = await container.exec({
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: true,
    Cmd: shellCommand,
  });
  const socket = await exec.start({ hijack: true, stdin: true, Tty: true });
  const keyboard = new ReadStream(0);
  const screen = new WriteStream(1);
  const resize = () => void exec.resize({ h: screen.rows, w: screen.columns }).catch(() => undefined);
  try {
    keyboard.setRawMode(true);
    keyboard.pipe(socket).pipe(screen, { end: false });
    screen.on('resize', resize);
    resize();
    await once(socket, 'end');
  } finally {
    keyboard.setRawMode(false);
    keyboard.destroy();
    screen.off('resize', resize);
  }
}
