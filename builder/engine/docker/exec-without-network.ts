import type { EngineCommand } from '../engine.js';
import type { KeptContainer } from './kept-container.js';
import type { RunningExec } from './resources/exec.js';
import { withEnvironment } from './session-command.js';
import { lacksPrograms } from './session-programs.js';

/** Goes to a folder of a root and runs a command there. */
const inFolder = 'cd -- "$1" && shift && exec "$@"';

/**
 * Starts a command in the root and among the processes of a container, but with no network: an engine gives a container
 * only one. So it runs in a second one that has its processes in common with the first, and by them its root (proc(5),
 * /proc/PID/root). It ends with the first.
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
