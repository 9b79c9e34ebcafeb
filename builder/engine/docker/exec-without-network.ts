import type { EngineCommand } from '../engine.js';
import type { KeptContainer } from './kept-container.js';
import type { RunningExec } from './resources/exec.js';
import { withEnvironment } from './session-command.js';
import { lacksPrograms } from './session-programs.js';

/** Changes to a folder and runs a command. */
const inFolder = 'cd -- "$1" && shift && exec "$@"';

/**
 * Starts a command in a container's root and process namespace, but without network. As a container has only one network, the
 * command runs in a second container with the first one's PID namespace, through which it reaches its root (proc(5),
 * /proc/PID/root). It ends with the first one.
 */
export async function startAlone(
  { containers, id }: KeptContainer,
  command: EngineCommand,
): Promise<RunningExec> {
  const { user, cwd, stdin } = command;
  const Image = (await containers.find(id))?.image;
  const enter = ['chroot', `--userspec=${user}`, '/proc/1/root', 'sh', '-c', inFolder, 'sh', cwd];
  const hasInput = stdin !== undefined;
  const alone = await containers.create(undefined, {
    Image,
    Entrypoint: enter.slice(0, 1),
    Cmd: [...enter.slice(1), ...withEnvironment(command)],
    User: '0:0',
    WorkingDir: '/',
    AttachStdin: hasInput,
    OpenStdin: hasInput,
    StdinOnce: hasInput,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      AutoRemove: true,
      NetworkMode: 'none',
      PidMode: `container:${id}`,
      LogConfig: { Type: 'none', Config: {} },
    },
  });
  try {
    return await containers.startAttached(alone, stdin);
  } catch (error) {
    await containers.remove(alone).catch(() => undefined);
    throw /"chroot"|executable file not found/.test(String(error)) ? lacksPrograms(['chroot']) : error;
  }
}
