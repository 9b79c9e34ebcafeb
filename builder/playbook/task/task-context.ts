import { BuilderError, type Origin } from '../../errors.js';
import { type Frame, settingOf } from './frame.js';
import type { Templar } from '../../jinja/templar.js';
import type { Task } from '../parse/play.js';
import type { TaskFiles } from './task-files.js';
import type { TaskScope } from './task-scope.js';
import type { VariableStore } from './variable-store.js';

/** A task to run, or one item of its loop. */
export interface TaskContext {
  readonly task: Task;
  /** The task's own frame. */
  readonly frame: Frame;
  /** The name for users: "nginx : Write the server block". */
  readonly name: string;
  readonly scope: TaskScope;
  readonly templar: Templar;
  readonly files: TaskFiles;
  readonly store: VariableStore;
  /** The label of the loop's item; undefined without a loop. */
  readonly label: string | undefined;
  /** Default limit for a task's commands, in seconds. */
  readonly timeoutSeconds?: number | undefined;
}

/** Whether the task has read a guess of a plan so far. */
export function sawGuess({ store, scope }: TaskContext): boolean {
  return store.isGuessed(scope.read.keys());
}

/** The templated value of a keyword, inherited if need be. */
export function setting(context: TaskContext, name: Parameters<typeof settingOf>[1]): unknown {
  const value = settingOf(context.frame, name);
  return value === undefined ? undefined : context.templar.template(value);
}

/** A boolean keyword, templated. */
export function flagSetting(context: TaskContext, name: Parameters<typeof settingOf>[1]): boolean {
  const value = setting(context, name);
  return value === true || (typeof value === 'string' && /^(yes|true|on|1|y|t)$/i.test(value)) || value === 1;
}

/** Whether all conditions are true. @throws BuilderError naming a condition that can't be evaluated */
export function allHold(conditions: readonly unknown[], templar: Templar, origin: Origin): boolean {
  return firstFalse(conditions, templar, origin) === undefined;
}

/** The first false condition, in a list of one. @throws BuilderError as `allHold` */
export function firstFalse(
  conditions: readonly unknown[],
  templar: Templar,
  origin: Origin,
): readonly [unknown] | undefined {
  const index = conditions.findIndex((condition) => {
    try {
      return !templar.condition(condition);
    } catch (error) {
      if (!(error instanceof BuilderError)) throw error;
      throw new BuilderError(`The condition "${String(condition)}" can't be evaluated: ${error.message}`, {
        code: error.code,
        hint: error.hint,
        origin: error.origin ?? origin,
        cause: error,
      });
    }
  });
  return index === -1 ? undefined : [conditions[index]];
}
