import { BuilderError } from '../../errors.js';
import type { TaskResult } from '../../plan/step.js';
import type { Json } from '../../json.js';
import { literal } from '../literal.js';
import { toJson } from '../plain-data.js';
import { type TaskContext, allHold } from './task-context.js';

/** Applies `changed_when` and `failed_when` to a module's result. */
export type Judge = (result: TaskResult) => TaskResult;

/** The judge of a task (executor/task_executor.py, after the module ran). */
export function judgeOf({ task, templar }: TaskContext): Judge {
  return (raw) => {
    const failed = raw.failed ?? (raw['rc'] !== undefined && raw['rc'] !== 0 && raw['rc'] !== '0');
    const result: TaskResult = { ...raw, changed: raw.changed === true, failed };
    // As in Ansible, `failed_when` can't turn these into a success.
    if (result.skipped !== undefined || result['timedout'] !== undefined) return result;
    const known = (): typeof templar =>
      task.register === undefined ? templar : templar.with({ [task.register]: literal(result) });
    try {
      if (task.changedWhen !== undefined) result.changed = allHold(task.changedWhen, known(), task.origin);
      if (task.failedWhen !== undefined) {
        result.failed = allHold(task.failedWhen, known(), task.origin);
        result['failed_when_result'] = result.failed;
      }
    } catch (error) {
      if (!(error instanceof BuilderError)) throw error;
      return { ...result, failed: true, msg: error.message };
    }
    return result;
  };
}

/** @param condition the one that was false */
export function skippedResult(condition: unknown): TaskResult {
  const reason = { skip_reason: 'Conditional result was False', false_condition: toJson(condition) };
  return { changed: false, skipped: true, ...reason };
}

/** Combines the results of a loop's items into one. */
export function loopResult(results: readonly TaskResult[]): TaskResult {
  if (results.length === 0)
    return { changed: false, skipped: true, skipped_reason: 'No items in the list', results: [] };
  const failed = results.some((result) => result.failed === true);
  const skipped = results.every((result) => result.skipped === true);
  return {
    results: results as unknown as Json[],
    changed: results.some(({ changed }) => changed),
    skipped,
    ...(failed && { failed }),
    msg: skipped ? 'All items skipped' : failed ? 'One or more items failed' : 'All items completed',
  };
}

/** The variables of a loop for one item. */
export function loopVariables(
  context: Pick<TaskContext, 'task'>,
  items: readonly unknown[],
  index: number,
): Record<string, unknown> {
  const { variable, indexVariable, extended } = context.task.loopControl;
  const variables: Record<string, unknown> = { [variable]: items[index], ansible_loop_var: variable };
  if (indexVariable !== undefined)
    Object.assign(variables, { [indexVariable]: index, ansible_index_var: indexVariable });
  if (extended) variables['ansible_loop'] = extendedLoop(items, index);
  return variables;
}

function extendedLoop(items: readonly unknown[], index: number): Record<string, unknown> {
  const { length } = items;
  return {
    index: index + 1,
    index0: index,
    first: index === 0,
    last: index + 1 === length,
    length,
    revindex: length - index,
    revindex0: length - index - 1,
    allitems: items,
    ...(index + 1 < length && { nextitem: items[index + 1] }),
    ...(index > 0 && { previtem: items[index - 1] }),
  };
}

/** Adds the loop's variables to an item's result. */
export function withLoopVariables(
  result: TaskResult,
  variables: Readonly<Record<string, unknown>>,
): TaskResult {
  return { ...result, ...(toJson(variables) as Record<string, Json>) };
}

/** The end of a failed command's output, maybe empty; undefined if no command failed. */
export function outputOf(result: TaskResult): string | undefined {
  const failed = Array.isArray(result['results'])
    ? (result['results'] as unknown as TaskResult[]).find((item) => item.failed === true)
    : result;
  const printed = [failed?.['stdout'], failed?.['stderr'], failed?.['module_stderr']].filter(
    (text) => typeof text === 'string' && text.trim() !== '',
  );
  if (printed.length === 0) return failed?.['rc'] === undefined ? undefined : '';
  return printed.join('\n').trimEnd().split('\n').slice(-20).join('\n');
}

/** Whether a task, or an item of its loop, timed out. */
export function timedOut(result: TaskResult): boolean {
  const items = Array.isArray(result['results']) ? (result['results'] as unknown as TaskResult[]) : [];
  return [result, ...items].some((item) => item['timedout'] !== undefined);
}

/** Why a task failed, from its result. */
export function failureText(result: TaskResult): string {
  const items = Array.isArray(result['results']) ? (result['results'] as unknown as TaskResult[]) : [];
  const failed = items.find((item) => item.failed === true) ?? result;
  const { cmd, rc, msg = result.msg } = failed;
  if (cmd === undefined || msg !== 'non-zero return code') return msg ?? 'the module gives no reason';
  return `exit code ${String(rc)} of ${shortened(Array.isArray(cmd) ? cmd.join(' ') : String(cmd))}`;
}

/** A command's first line, shortened. */
function shortened(command: string): string {
  const [line = '', ...more] = command.trim().split('\n');
  return line.length > 200 || more.length > 0 ? `${line.slice(0, 200)} …` : line;
}
