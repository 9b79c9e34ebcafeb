import type { EngineCommand, EngineResult } from '../engine.js';
import type { KeptContainer } from './kept-container.js';
import { type ExecInput, type RunningExec, collect } from './resources/exec.js';

/** The search path of commands that are the builder's own. */
const ownPath = 'PATH=/usr/sbin:/usr/bin:/sbin:/bin';

/** Starts a command of the builder's own, as root in `/`. */
export function startOwn(
  { containers, id }: KeptContainer,
  argv: readonly string[],
  input?: ExecInput,
): Promise<RunningExec> {
  const Cmd = ['env', '-i', ownPath, 'LC_ALL=C', ...argv];
  return containers.startCommand(id, { Cmd, User: '0:0', WorkingDir: '/' }, input);
}

/** A command line that runs a command with its environment and nothing else. */
export function withEnvironment({ argv, environment }: EngineCommand): string[] {
  return ['env', '-i', ...Object.entries(environment).map(([name, value]) => `${name}=${value}`), ...argv];
}

/** Runs a command to its end, with its own environment and nothing of the engine's. */
export async function runCommand(kept: KeptContainer, command: EngineCommand): Promise<EngineResult> {
  const { user, cwd, stdin } = command;
  // The engine adds variables of its own (HOSTNAME, PATH, HOME), which `env -i` takes away again.
  const options = { Cmd: withEnvironment(command), User: user, WorkingDir: cwd };
  return finishCommand(kept, await kept.containers.startCommand(kept.id, options, stdin), command);
}

/** Waits for a command's end; `timedOut` where its time was up, and then every process of the container is killed. */
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

/** Kills all that runs in the container but its first process, which keeps it alive: kill(2) with pid -1. */
async function killAll(kept: KeptContainer): Promise<void> {
  await collect(await startOwn(kept, ['sh', '-c', 'kill -s KILL -- -1']));
}
