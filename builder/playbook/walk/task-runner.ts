import { BuilderError, type Origin } from '../../errors.js';
import type { StepRunner, TaskResult } from '../../plan/step.js';
import { type Frame, childFrame, conditionsOf, settingOf } from '../task/frame.js';
import { Templar } from '../../jinja/templar.js';
import { literal } from '../literal.js';
import { loopItems } from '../task/loop-items.js';
import { StepNames, moduleStep, unresolvedStep } from '../task/module-step.js';
import { toJson } from '../plain-data.js';
import { asList } from '../parse/parsing.js';
import type { Task } from '../parse/play.js';
import { judgeOf, loopResult, loopVariables, skippedResult, withLoopVariables } from '../task/results.js';
import { readsSecrets } from '../task/secrets.js';
import { type TaskContext, firstFalse, flagSetting, sawGuess } from '../task/task-context.js';
import { TaskFailed } from './task-failed.js';
import { TaskFiles, type TaskPlace } from '../task/task-files.js';
import { TaskScope } from '../task/task-scope.js';
import type { VariableStore } from '../task/variable-store.js';

/** The outcome of a task, for display. */
export interface TaskEvent {
  readonly name: string;
  /** The module or action. */
  readonly action: string;
  readonly origin: Origin;
  readonly state: 'ok' | 'changed' | 'skipped' | 'failed' | 'ignored';
}

/** The outcome of an action: a result, and tasks to run after all items of a loop. */
export interface ActionOutcome {
  readonly result: TaskResult;
  readonly next?: () => Promise<void>;
}

/** Finds actions of the walker (include_tasks, set_fact …) by name; undefined for modules. */
export type ActionFinder = (
  name: string,
) => ((context: TaskContext) => ActionOutcome | Promise<ActionOutcome>) | undefined;

export interface TaskRunnerOptions {
  readonly store: VariableStore;
  readonly runner: StepRunner;
  readonly place: TaskPlace;
  readonly findAction: ActionFinder;
  /** As in `PlaybookOptions`. */
  readonly timeoutSeconds?: number | undefined;
  onTask(event: TaskEvent): void;
  onMessage(text: string): void;
}

interface ItemOutcome extends ActionOutcome {
  /** The error before the module could run. */
  readonly error?: BuilderError;
  /** The result is a plan's guess. */
  readonly guessed?: boolean;
  readonly notify?: readonly string[];
  /** The result may contain something encrypted. */
  readonly secret?: boolean;
}

/** Runs single tasks: conditions, loops, arguments, results. */
export class TaskRunner {
  readonly #options: TaskRunnerOptions;
  readonly #names = new StepNames();

  constructor(options: TaskRunnerOptions) {
    this.#options = options;
  }

  /** As `Vault.noteSecret`. */
  noteSecret(names: readonly string[]): void {
    this.#options.place.host.vault.noteSecret(names);
  }

  /** The context of a task in a frame. */
  context(task: Task, parent: Frame): TaskContext {
    const { store, place, timeoutSeconds } = this.#options;
    const frame = childFrame(parent, task);
    const scope = new TaskScope(store.layers(frame));
    const files = new TaskFiles(frame, place);
    const templar = new Templar(scope, files);
    const context = { task, frame, scope, files, store, templar, label: undefined, timeoutSeconds, name: '' };
    return { ...context, name: taskName(context) };
  }

  /**
   * Runs a task with its loop, registers its result, and then runs its includes.
   * @returns the result, and the names of the handlers to notify
   * @throws TaskFailed if it fails without `ignore_errors`
   */
  async run(context: TaskContext): Promise<{ result: TaskResult; notify: string[] }> {
    const { items, error: loopError } = this.#items(context);
    const single = items === undefined;
    const outcomes = single ? [await this.#runItem(context, loopError)] : await this.#runLoop(context, items);
    const result =
      single && outcomes[0] ? outcomes[0].result : loopResult(outcomes.map((outcome) => outcome.result));
    const guessed = outcomes.some((outcome) => outcome.guessed === true);
    if (context.task.register !== undefined) {
      context.store.set({ [context.task.register]: result }, guessed);
      if (outcomes.some(({ secret }) => secret === true)) this.noteSecret([context.task.register]);
    }
    this.#finish(context, result, outcomes);
    for (const { next } of outcomes) await next?.();
    const notify =
      result.changed && result.failed !== true ? outcomes.flatMap((outcome) => outcome.notify ?? []) : [];
    return { result, notify };
  }

  #finish(context: TaskContext, result: TaskResult, outcomes: readonly ItemOutcome[]): void {
    const { name, task } = context;
    const event = { name, action: task.action, origin: task.origin };
    if (result.failed !== true) {
      const state = result.skipped === true ? 'skipped' : result.changed ? 'changed' : 'ok';
      this.#options.onTask({ ...event, state });
      return;
    }
    const secret = flagSetting(context, 'no_log') || outcomes.some(({ secret }) => secret === true);
    const ignored = flagSetting(context, 'ignore_errors');
    this.#options.onTask({ ...event, state: ignored ? 'ignored' : 'failed' });
    const cause = outcomes.find((outcome) => outcome.result.failed === true)?.error;
    if (!ignored) throw new TaskFailed({ task, step: name, result, secret, cause });
  }

  #items(context: TaskContext): { items: unknown[] | undefined; error?: BuilderError } {
    try {
      return { items: loopItems(context.task, context.templar, context.files) };
    } catch (error) {
      // Thrown later, only if the conditions hold.
      if (!(error instanceof BuilderError)) throw error;
      return { items: undefined, error };
    }
  }

  async #runLoop(context: TaskContext, items: readonly unknown[]): Promise<ItemOutcome[]> {
    const outcomes: ItemOutcome[] = [];
    // Included tasks see the item, but not that its source was encrypted.
    if (context.task.action.startsWith('include_') && readsSecrets(context))
      this.noteSecret([context.task.loopControl.variable]);
    for (const index of items.keys()) {
      const variables = loopVariables(context, items, index);
      const scope = context.scope.with(literal(variables));
      const templar = new Templar(scope, context.files);
      const label = itemLabel(context.task, templar, items[index]);
      const outcome = await this.#runItem({ ...context, scope, templar, label }, undefined);
      outcomes.push({ ...outcome, result: withLoopVariables(outcome.result, variables) });
    }
    return outcomes;
  }

  async #runItem(context: TaskContext, loopError: BuilderError | undefined): Promise<ItemOutcome> {
    const outcome = await this.#tryItem(context, loopError);
    return readsSecrets(context) ? { ...outcome, secret: true } : outcome;
  }

  async #tryItem(context: TaskContext, loopError: BuilderError | undefined): Promise<ItemOutcome> {
    try {
      const unmet = this.#unmetCondition(context, loopError);
      if (unmet !== undefined) return { result: skippedResult(unmet[0]) };
      if (loopError !== undefined && !sawGuess(context)) throw loopError;
      const action = this.#options.findAction(context.task.action);
      if (action === undefined) return await this.#runModule(context, loopError);
      return { ...(await action(context)), guessed: sawGuess(context), notify: notified(context) };
    } catch (error) {
      if (!(error instanceof BuilderError) || error.code === 'interrupted' || error instanceof StepRunFailed)
        throw error;
      return { result: { changed: false, failed: true, msg: error.message }, error };
    }
  }

  /** The first false condition. In a plan, one that can't be evaluated because of a guess counts as true. */
  #unmetCondition(context: TaskContext, loopError: BuilderError | undefined): readonly [unknown] | undefined {
    try {
      return firstFalse(conditionsOf(context.frame), context.templar, context.task.origin);
    } catch (error) {
      if (error instanceof BuilderError && sawGuess(context)) return undefined;
      throw loopError ?? error;
    }
  }

  async #runModule(context: TaskContext, loopError: BuilderError | undefined): Promise<ItemOutcome> {
    const id = this.#names.next(context);
    const step = await stepOf(context, id, loopError);
    const guessing = sawGuess(context);
    const { result: raw, known } = await this.#options.runner.run(step).catch((error: unknown) => {
      // In a plan, a control step may fail because an earlier step did not run.
      if (guessing && error instanceof BuilderError && error.code !== 'interrupted')
        return { result: { changed: true } as TaskResult, known: false };
      throw error instanceof BuilderError ? new StepRunFailed(error) : error;
    });
    const guessed = !known || guessing;
    const result = guessed ? guess(raw) : judgeOf(context)(raw);
    if (result.failed !== true && isFacts(result['ansible_facts']))
      context.store.addModuleFacts(result['ansible_facts']);
    if (context.task.action === 'debug' && !step.secret && !guessed)
      this.#options.onMessage(debugText(result));
    return { result, guessed, notify: notified(context) };
  }
}

/** A failure of the runner, not of the task: `rescue` and `ignore_errors` don't apply. */
class StepRunFailed extends BuilderError {
  constructor(error: BuilderError) {
    super(error.message, error);
    this.cause = error;
  }
}

/** Unwraps an error that was wrapped to bypass `rescue` and `ignore_errors`. */
export function unwrapRunFailure(error: unknown): unknown {
  return error instanceof StepRunFailed ? error.cause : error;
}

async function stepOf(
  context: TaskContext,
  id: string,
  loopError: BuilderError | undefined,
): ReturnType<typeof moduleStep> {
  if (loopError !== undefined) return unresolvedStep(context, id, loopError);
  try {
    return await moduleStep(context, id);
  } catch (error) {
    if (error instanceof BuilderError && sawGuess(context)) return unresolvedStep(context, id, error);
    throw error;
  }
}

function guess(raw: TaskResult): TaskResult {
  const { failed: _failed, ...rest } = raw;
  return rest.skipped === true ? rest : { ...rest, failed: false };
}

function isFacts(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Handlers to notify: the task's own, else those of the nearest block. */
function notified({ frame, templar }: TaskContext): string[] {
  return asList(settingOf(frame, 'notify')).flatMap((name) => {
    const value = templar.template(name);
    return (Array.isArray(value) ? value : [value]).map(String);
  });
}

function taskName(context: TaskContext): string {
  const { task, frame, templar } = context;
  let name = task.name ?? task.action;
  try {
    const made = name.includes('{') ? String(templar.template(name)) : name;
    if (!readsSecrets(context)) name = made;
  } catch (error) {
    if (!(error instanceof BuilderError)) throw error;
  }
  return frame.role === undefined ? name : `${frame.role.name} : ${name}`;
}

function itemLabel(task: Task, templar: Templar, item: unknown): string {
  let label = item;
  try {
    if (task.loopControl.label !== undefined) label = templar.template(task.loopControl.label);
  } catch (error) {
    if (!(error instanceof BuilderError)) throw error;
  }
  return typeof label === 'string' ? label : JSON.stringify(toJson(label));
}

function debugText(result: TaskResult): string {
  const { changed: _changed, failed: _failed, msg, ...rest } = result;
  if (msg !== undefined) return typeof msg === 'string' ? msg : JSON.stringify(msg, undefined, 2);
  return Object.entries(rest)
    .map(
      ([name, value]) =>
        `${name}: ${typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)}`,
    )
    .join('\n');
}
