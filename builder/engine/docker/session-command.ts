import type { EngineCommand, EngineResult } from '../engine.js';
import type { KeptContainer } from './kept-container.js';
import { type ExecInput, type RunningExec, collect } from './resources/exec.js';

/** PATH of the builder's own commands. */
const ownPath = 'PATH=/usr/sbin:/usr/bin:/sbin:/bin';

/** Starts one of the builder's own commands, as root in `/`. */
export function startOwn(
  { containers, id }: KeptContainer,
  argv: readonly string[],
  input?: ExecInput,
): Promise<RunningExec> {
  const Cmd = ['env', '-i', ownPath, 'LC_ALL=C', ...argv];
  return containers.startCommand(id, { Cmd, User: '0:0', WorkingDir: '/' }, input);
}

/** Wraps a command so that it gets its own environment and nothing else. */
export function withEnvironment({ argv, environment }: EngineCommand): string[] {
  return ['env', '-i', ...Object.entries(environment).map(([name, value]) => `${name}=${value}`), ...argv];
}

/** Runs a command to its end, without the engine's environment. */
export async function runCommand(kept: KeptContainer, command: EngineCommand): Promise<EngineResult> {
  const { user, cwd, stdin } = command;
  // `env -i` removes the variables that the engine adds (HOSTNAME, PATH, HOME).
  const options = { Cmd: withEnvironment(command), User: user, WorkingDir: cwd };
  return finishCommand(kept, await kept.containers.startCommand(kept.id, options, stdin), command);
}

/** Waits until a command ends. After its timeout, kills every process of the container, and sets `timedOut`. */
export async function finishCommand(
  kept: KeptContainer,
  running: RunningExec,
  command: EngineCommand,
): Promise<EngineResult> {
  let timedOut = false;
  const timer =
    command.timeoutSeconds === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          void killAll(kept);
        }, command.timeoutSeconds * 1000);
  try {
    const output = await collect(running, command.onOutput);
    return { ...output, exitCode: await running.exitCode(), timedOut };
  } finally {
    clearTimeout(timer);
  }
}

/** Kills all processes of the container except the first, which keeps it alive: kill(2) with pid -1. */
async function killAll(kept: KeptContainer): Promise<void> {
  await collect(await startOwn(kept, ['sh', '-c', 'kill -s KILL -- -1']));
}
