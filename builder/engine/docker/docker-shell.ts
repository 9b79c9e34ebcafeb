import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { KeptContainer } from './kept-container.js';

const greeting =
  'echo "You are in the build container. Leave with exit or Ctrl-D; what you change is not kept."';
export const shellCommand = ['sh', '-c', `${greeting}; command -v bash >/dev/null && exec bash; exec sh`];

/** Runs a shell in the container on the user's terminal. */
export async function openShell(kept: KeptContainer, host: string | undefined): Promise<void> {
  if (!(await openByCommandLine(kept.id, host))) await openByEngine(kept);
}

/** Uses the `docker` program, which handles terminals well; returns false if it is missing. */
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

async function openByEngine({ containers, id }: KeptContainer): Promise<void> {
  // Unused: both ends are the terminal.
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  await containers.runInForeground(id, { argv: shellCommand }, { stdin, stdout, stderr, terminal: true });
}
