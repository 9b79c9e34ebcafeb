import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { connectDocker, type DockerOptions } from './docker-client.js';
import { demux } from './docker-demux.js';
import { feed, type RunningExec, withEnvironment } from './docker-exec.js';
import type { EngineCommand } from '../engine.js';
import { lacksPrograms } from './session-programs.js';

/** Goes to a folder of a root and runs a command there. */
const inFolder = 'cd -- "$1" && shift && exec "$@"';

/**
 * Starts a command in the root and among the processes of a container, but with no network: an engine gives a container
 * only one. So it runs in a second one that has its processes in common with the first, and by them its root (proc(5),
 * /proc/PID/root). It ends with the first.
 */
export async function startAlone(
  options: DockerOptions,
  container: Docker.Container,
  command: EngineCommand,
): Promise<RunningExec> {
  const docker = await connectDocker(options);
  const { user, cwd, stdin } = command;
  const { Image } = await container.inspect();
  const enter = ['chroot', `--userspec=${user}`, '/proc/1/root', 'sh', '-c', inFolder, 'sh', cwd];
  const hasInput = stdin !== undefined;
  const alone = await docker.createContainer({
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
      PidMode: `container:${container.id}`,
      LogConfig: { Type: 'none', Config: {} },
    },
  });
  const socket = (await alone.attach({
    stream: true,
    stdin: hasInput,
    stdout: true,
    stderr: true,
    hijack: true,
  })) as unknown as Duplex;
  const ended = alone.wait({ condition: 'removed' }) as Promise<{ StatusCode: number }>;
  // Told by whoever asks for the exit code.
  ended.catch(() => undefined);
  await alone.start().catch(async (error: unknown) => {
    await alone.remove({ force: true }).catch(() => undefined);
    throw /"chroot"|executable file not found/.test(String(error)) ? lacksPrograms(['chroot']) : error;
  });
  feed(socket, stdin);
  return { output: demux(socket), exitCode: async () => (await ended).StatusCode };
}
