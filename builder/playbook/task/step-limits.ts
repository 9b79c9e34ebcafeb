import { BuilderError } from '../../errors.js';
import { CommandTimedOut } from '../../plan/command-timed-out.js';
import type { ExecCommand, ExecResult, TaskResult } from '../../plan/step.js';
import { type TaskContext, setting } from './task-context.js';

/** Limits for the commands of a task. */
export interface StepLimits {
  /** For all commands of one attempt together; undefined for no limit. */
  readonly timeoutSeconds: number | undefined;
  readonly network: 'none' | undefined;
}

/** The hint for a task that timed out. */
export const timeoutHint =
  'allow more time with "timeout: SECONDS" in the task, or "steps" in the image spec; 0 means no limit';

/** A variable, as Ansible has no keyword for it. */
const networkVariable = 'platen_network';

/** @throws BuilderError `invalid` for an invalid timeout or network */
export function limitsOf(context: TaskContext): StepLimits {
  return { timeoutSeconds: timeoutOf(context), network: networkOf(context) };
}

/** `timeout` of the task or inherited, else the image spec's; 0 means no limit, as in Ansible. */
function timeoutOf(context: TaskContext): number | undefined {
  const value = setting(context, 'timeout') ?? context.timeoutSeconds ?? 0;
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof seconds === 'number' && seconds >= 0 && seconds < Infinity)
    return seconds === 0 ? undefined : seconds;
  throw invalid(
    context,
    `timeout: ${JSON.stringify(value)} is not a number of seconds`,
    'Write timeout: 600.',
  );
}

function networkOf(context: TaskContext): 'none' | undefined {
  const { scope, templar } = context;
  const value = templar.template(scope.lookup(networkVariable) ?? 'host');
  if (value === 'none') return value;
  if (value === 'host') return undefined;
  const message = `${networkVariable}: ${JSON.stringify(value)} is not a network`;
  throw invalid(context, message, 'It is "none", or "host", which is the default.');
}

function invalid({ task }: TaskContext, message: string, hint: string): BuilderError {
  return new BuilderError(message, { code: 'invalid', origin: task.origin, hint });
}

type Exec = (command: ExecCommand) => Promise<ExecResult>;

/** Runs one attempt of a task with limits on its commands; a timeout is a failure of the task. */
export async function runLimited(
  limits: StepLimits,
  exec: Exec,
  run: (exec: Exec) => Promise<TaskResult>,
): Promise<TaskResult> {
  let spent = 0;
  let late: CommandTimedOut | undefined;
  const limited: Exec = async (command) => {
    const result = await exec({ ...command, ...left(limits, spent) }).catch((error: unknown) => {
      if (error instanceof CommandTimedOut) late = error;
      throw error;
    });
    spent += (result.ms ?? 0) / 1000;
    return result;
  };
  try {
    const result = await run(limited);
    // The module may have turned the timeout into a failure of its own.
    return late === undefined ? result : timedOutResult(late, limits);
  } catch (error) {
    if (late === undefined) throw error;
    return timedOutResult(late, limits);
  }
}

/** The limits of the next command; the remaining time must not be 0, which would mean no limit. */
function left({ timeoutSeconds, network }: StepLimits, spent: number): Partial<ExecCommand> {
  return {
    ...(network === undefined ? {} : { network }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds: Math.max(0.001, timeoutSeconds - spent) }),
  };
}

function timedOutResult({ stdout, stderr }: CommandTimedOut, { timeoutSeconds = 0 }: StepLimits): TaskResult {
  const msg = `it still ran after ${timeoutSeconds} s, and was ended, with everything it had started`;
  return { changed: true, failed: true, msg, timedout: { period: timeoutSeconds }, stdout, stderr };
}
