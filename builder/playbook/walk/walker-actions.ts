import { join } from 'node:path';
import { BuilderError } from '../../errors.js';
import type { TaskResult } from '../../plan/step.js';
import type { Json } from '../../json.js';
import type { WalkerAction } from '../parse/actions.js';
import type { Frame } from '../task/frame.js';
import type { Importer } from './imports.js';
import { literal } from '../literal.js';
import type { Sources } from '../parse/load-source.js';
import { toJson, withoutOmitted } from '../plain-data.js';
import { isMapping, isVariableName } from '../parse/parsing.js';
import type { Variables } from '../parse/play.js';
import { readsSecrets } from '../task/secrets.js';
import { type TaskContext, sawGuess } from '../task/task-context.js';
import { PlayEnded } from './task-failed.js';
import type { ActionOutcome } from './task-runner.js';
import type { Walker } from './walker.js';

/** What actions work with. */
export interface ActionPlace {
  readonly sources: Sources;
  readonly importer: Importer;
  walker(): Walker;
}

type Action = (context: TaskContext, place: ActionPlace) => ActionOutcome;

const ok: TaskResult = { changed: false };

const actions: Readonly<Record<Exclude<WalkerAction, 'import_tasks' | 'import_role'>, Action>> = {
  include_tasks: includeTasks,
  include_role: includeRole,
  include_vars: includeVars,
  set_fact: setFact,
  meta,
};

/** The walker's action of that name, if there is one. */
export function findAction(
  name: string,
  place: ActionPlace,
): ((context: TaskContext) => ActionOutcome) | undefined {
  if (!Object.hasOwn(actions, name)) return undefined;
  const action = actions[name as keyof typeof actions];
  return (context) => action(context, place);
}

function invalid({ task }: TaskContext, message: string, hint?: string): BuilderError {
  return new BuilderError(message, { code: 'invalid', origin: task.origin, hint });
}

/** Gives included tasks the variables of the include and of its loop, which win over those set by tasks. */
function includeFrame(context: TaskContext): Frame {
  const { loopControl, loop, vars } = context.task;
  const names = [
    loopControl.variable,
    loopControl.indexVariable,
    'ansible_loop',
    'ansible_loop_var',
    'ansible_index_var',
  ];
  const looped: [string, unknown][] =
    loop === undefined
      ? []
      : names.flatMap((name): [string, unknown][] => {
          const value = name === undefined ? undefined : context.scope.lookup(name);
          return name === undefined || value === undefined ? [] : [[name, value]];
        });
  return {
    ...context.frame,
    handsDown: 'variables',
    includeParams: { ...vars, ...Object.fromEntries(looped) },
  };
}

function includeTasks(context: TaskContext, { importer, walker }: ActionPlace): ActionOutcome {
  const { items, frame } = importer.tasks(context, includeFrame(context));
  return { result: ok, next: () => walker().walkItems(items, frame) };
}

function includeRole(context: TaskContext, { importer, walker }: ActionPlace): ActionOutcome {
  const { role, frame } = importer.role(context, includeFrame(context));
  if (role === undefined) return { result: ok };
  const isPublic = context.task.args['public'] === true;
  return {
    result: ok,
    next: async () => {
      if (isPublic) context.store.expose(role);
      walker().addHandlers(role, frame);
      await walker().walkRole(role, frame);
    },
  };
}

const wordsForTruth: Readonly<Record<string, boolean>> = { true: true, yes: true, false: false, no: false };

function setFact(context: TaskContext): ActionOutcome {
  const { task, templar, store } = context;
  const { cacheable: _cacheable, ...args } = task.args;
  const facts: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(args)) {
    const name = String(templar.template(key));
    if (!isVariableName(name)) throw invalid(context, `"${name}" can't be the name of a variable`);
    const rendered = withoutOmitted(factOf(value, context));
    const word = typeof rendered === 'string' ? rendered.toLowerCase() : '';
    facts[name] = Object.hasOwn(wordsForTruth, word) ? wordsForTruth[word] : rendered;
  }
  if (Object.keys(facts).length === 0)
    throw invalid(context, '"set_fact" sets nothing', 'Give it "name: value".');
  store.set(facts, sawGuess(context));
  if (readsSecrets(context)) context.files.host.vault.noteSecret(Object.keys(facts));
  return { result: { ...ok, ansible_facts: toJson(facts) } };
}

/** In a plan, a value that depends on a guess is unknown, too. */
function factOf(value: unknown, context: TaskContext): unknown {
  try {
    return context.templar.template(value);
  } catch (error) {
    if (error instanceof BuilderError && sawGuess(context)) return '';
    throw error;
  }
}

const includeVarsArguments = ['file', 'dir', 'name', 'depth', 'files_matching', 'extensions', 'ignore_files'];

function includeVars(context: TaskContext, { sources }: ActionPlace): ActionOutcome {
  const { task, templar, store } = context;
  const unknown = Object.keys(task.args).find((name) => !includeVarsArguments.includes(name));
  if (unknown !== undefined)
    throw invalid(
      context,
      `"${unknown}" is not an argument of "include_vars" here`,
      `Known are ${includeVarsArguments.join(', ')}.`,
    );
  const args = templar.template({
    ...task.args,
    ...(task.freeForm !== undefined && { file: task.freeForm.trim() }),
  });
  if (!isMapping(args)) throw invalid(context, '"include_vars" needs a file or a folder');
  const files = varsFiles(context, args, sources);
  for (const path of files) context.files.read.add(path);
  const variables: Variables = Object.assign(
    {},
    ...files.map((path) => sources.variables(path)),
  ) as Variables;
  const name = args['name'];
  const included = typeof name === 'string' ? { [name]: variables } : variables;
  store.include(included);
  const result = {
    ...ok,
    ansible_facts: toJson(literal(included)),
    ansible_included_var_files: files as Json,
  };
  return { result };
}

function varsFiles(
  context: TaskContext,
  args: Readonly<Record<string, unknown>>,
  sources: Sources,
): string[] {
  if (typeof args['file'] === 'string') return [context.files.need('vars', args['file'])];
  if (typeof args['dir'] !== 'string') throw invalid(context, '"include_vars" needs a file or a folder');
  const root = context.files.need('vars', args['dir']);
  const extensions = asStrings(args['extensions'] ?? ['yaml', 'yml', 'json']);
  const matching = new RegExp(typeof args['files_matching'] === 'string' ? args['files_matching'] : '');
  const ignored = asStrings(args['ignore_files'] ?? []).map((pattern) => new RegExp(`${pattern}$`));
  const depth = Number(args['depth'] ?? 0);
  const wanted = (path: string): boolean => {
    const name = path.split('/').at(-1) ?? '';
    const extension = name.split('.').at(-1) ?? '';
    const levels = path.split('/').length;
    const fits = extensions.includes(extension) && matching.test(name) && (depth === 0 || levels <= depth);
    return fits && !ignored.some((pattern) => pattern.test(name));
  };
  return sources.files
    .folder(root)
    .filter(({ relative }) => wanted(relative))
    .map(({ relative }) => join(root, relative));
}

function asStrings(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

const metaActions: Readonly<
  Record<string, (context: TaskContext, walker: Walker) => (() => Promise<void>) | undefined>
> = {
  noop: () => undefined,
  refresh_inventory: () => undefined,
  reset_connection: () => undefined,
  clear_host_errors: () => undefined,
  clear_facts: (context) => {
    context.store.clearFacts();
    return undefined;
  },
  flush_handlers: (_context, walker) => () => walker.flushHandlers(),
  end_play: () => endPlay,
  end_host: () => endPlay,
  end_batch: () => endPlay,
};

function endPlay(): Promise<never> {
  return Promise.reject(new PlayEnded());
}

function meta(context: TaskContext, { walker }: ActionPlace): ActionOutcome {
  const name = context.task.freeForm?.trim() ?? '';
  const action = Object.hasOwn(metaActions, name) ? metaActions[name] : undefined;
  if (action === undefined)
    throw invalid(
      context,
      `There is no "meta: ${name}"`,
      `Known are ${Object.keys(metaActions).join(', ')}.`,
    );
  const next = action(context, walker());
  return next === undefined ? { result: ok } : { result: ok, next };
}
