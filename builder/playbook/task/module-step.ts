import { setTimeout as wait } from 'node:timers/promises';
import { BuilderError } from '../../errors.js';
import { environmentOfUser } from '../../modules/root/accounts.js';
import type { ExecCommand, Step, StepContext, TaskResult } from '../../plan/step.js';
import type { Json } from '../../json.js';
import { digestOf } from '../../store/digest.js';
import type { Digest } from '../../store/digest.js';
import { environmentOf } from './frame.js';
import { namesOnly } from '../../modules/args.js';
import { RefusalError } from '../refusal-error.js';
import { findModule, refusalOf } from '../../modules/table.js';
import type { Module, ModuleContext } from '../../modules/module.js';
import { isMapping } from '../parse/parsing.js';
import { withoutOmitted, toJson } from '../plain-data.js';
import { type StepLimits, limitsOf, runLimited } from './step-limits.js';
import { ResolveFiles } from './resolve-files.js';
import { type Judge, judgeOf } from './results.js';
import { isSecret } from './secrets.js';
import { type TaskContext, allHold, flagSetting, setting } from './task-context.js';
import { digestOfValue } from './task-scope.js';

/** Arguments that are expressions, which the module itself evaluates. */
const expressions: Readonly<Record<string, readonly string[]>> = { assert: ['that'], debug: ['var'] };

/** Hosts to which a module that changes nothing in the image may be "delegated". */
const anywhere = new Set(['localhost', '127.0.0.1']);

/** Makes the step of a task, or of one item of its loop. @throws BuilderError for an invalid module or arguments */
export async function moduleStep(context: TaskContext, id: string): Promise<Step> {
  const { task } = context;
  const module = findModule(task.action);
  if (module === undefined) throw invalid(refusalOf(task.action), context);
  checkPlace(context, module);
  const files = new ResolveFiles(context);
  const args = parseArguments(module, renderArguments(context, module), context);
  const resolved = ((await module.resolve?.(args, files)) ?? args) as Record<string, unknown>;
  const call: Call = {
    module,
    resolved,
    user: userOf(context),
    environment: renderEnvironment(context),
    limits: limitsOf(context),
    readHost: ({ path, asItIs }) => context.files.host.bytes(path, asItIs),
  };
  const judge = judgeOf(context);
  const run = task.until === undefined ? runner(call) : retrying(context, runner(call), judge);
  return {
    ...identity(context, id),
    kind: module.kind,
    inputs: {
      module: `${module.name}@${module.version}`,
      args: keyArguments(context, call),
      files: files.digests(),
      variables: { ...variableDigests(context), ...files.templateDigests() },
    },
    run,
    succeeded: (result) => judge(result).failed !== true,
  };
}

/** In a plan: the step of a task whose arguments depend on steps that did not run. */
export function unresolvedStep(context: TaskContext, id: string, reason: BuilderError): Step {
  const module = findModule(context.task.action);
  return {
    ...identity(context, id),
    kind: module?.kind ?? 'exec',
    inputs: { module: `${context.task.action}@0`, args: ['unresolved', id], files: {}, variables: {} },
    run: () => Promise.reject(reason),
    succeeded: () => false,
  };
}

interface Call {
  readonly module: Module;
  readonly resolved: Record<string, unknown>;
  readonly user: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly limits: StepLimits;
  readonly readHost: ModuleContext['readHost'];
}

type Identity = Pick<Step, 'id' | 'name' | 'role' | 'origin' | 'secret' | 'registered'>;

function identity(context: TaskContext, id: string): Identity {
  const secret = isSecret(context);
  const label = context.label === undefined || secret ? '' : ` (${context.label})`;
  return {
    id,
    name: context.name + label,
    role: context.frame.role?.name,
    origin: context.task.origin,
    secret,
    registered: context.task.register !== undefined,
  };
}

function invalid(message: string, { task }: TaskContext, hint?: string): RefusalError {
  return new RefusalError(message, { code: 'invalid', origin: task.origin, hint });
}

/** Refuses keywords that ask to run elsewhere, or in check mode: every task runs in the image. */
function checkPlace(context: TaskContext, module: Module): void {
  const place = setting(context, 'delegate_to');
  // Looked up only when needed: each lookup adds to the variables of the step.
  const target = () => context.scope.lookup('inventory_hostname');
  const harmless = module.kind === 'control' && anywhere.has(String(place));
  if (place !== undefined && place !== '' && place !== target() && !harmless)
    throw invalid(
      `delegate_to: ${String(place)} is not supported`,
      context,
      'Every task runs in the image; do work on this machine before the build.',
    );
  if (flagSetting(context, 'check_mode'))
    throw invalid(
      'check_mode: true is not supported',
      context,
      'Leave it out: a build has no check mode; see --plan.',
    );
}

function renderArguments(context: TaskContext, module: Module): Record<string, unknown> {
  const { task, templar } = context;
  const untouched = expressions[module.name] ?? [];
  const render = ([name, value]: [string, unknown]): [string, unknown] => [
    name,
    untouched.includes(name) ? value : templar.template(value),
  ];
  const words =
    task.freeForm === undefined || module.freeForm === undefined ? {} : { [module.freeForm]: task.freeForm };
  const own = Object.fromEntries(Object.entries({ ...task.args, ...words }).map(render));
  const rendered = { ...moduleDefaults(context, module), ...templatedArguments(context), ...own };
  return withoutOmitted(rendered) as Record<string, unknown>;
}

/** Renders `args: "{{ mapping }}"`. */
function templatedArguments({ task, templar }: TaskContext): Record<string, unknown> {
  if (task.argsTemplate === undefined) return {};
  const value = templar.template(task.argsTemplate);
  if (isMapping(value)) return value;
  throw new BuilderError(
    `The arguments of "${task.action}" must be a mapping, but "${task.argsTemplate}" is none`,
    {
      code: 'invalid',
      origin: task.origin,
    },
  );
}

function moduleDefaults(context: TaskContext, module: Module): Record<string, unknown> {
  const all = setting(context, 'module_defaults');
  if (!isMapping(all)) return {};
  const own = all[module.name] ?? all[`ansible.builtin.${module.name}`];
  return isMapping(own) ? own : {};
}

function parseArguments(
  module: Module,
  raw: Record<string, unknown>,
  context: TaskContext,
): Record<string, unknown> {
  const parsed = module.args.safeParse(toJson(raw), { jitless: true });
  if (parsed.success) return parsed.data;
  const secret = isSecret(context);
  const problems = parsed.error.issues.map((issue) => {
    const name = issue.path.join('.');
    const tellsValue = !(issue.code === 'custom' && issue.params === namesOnly);
    const message = secret && tellsValue ? 'this value is not allowed, and it is hidden' : issue.message;
    return name === '' || message.includes(`'${name}'`) ? message : `${name}: ${message}`;
  });
  throw invalid(`${context.task.action}: ${problems.join('; ')}`, context);
}

function userOf(context: TaskContext): string {
  if (!flagSetting(context, 'become')) return 'root';
  const user = setting(context, 'become_user');
  return typeof user === 'string' && user !== '' ? user : 'root';
}

function renderEnvironment(context: TaskContext): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const entry of environmentOf(context.frame)) {
    const value = context.templar.template(entry);
    if (isMapping(value))
      for (const [name, text] of Object.entries(value))
        environment[name] = text === true ? 'True' : text === false ? 'False' : String(text);
  }
  return environment;
}

function keyArguments({ task }: TaskContext, { module, resolved, user, environment, limits }: Call): Json {
  return toJson({
    args: module.keyOf === undefined ? resolved : module.keyOf(resolved),
    ...(user !== 'root' && { user, environmentOf: user }),
    ...(Object.keys(environment).length > 0 && { environment }),
    ...(limits.network !== undefined && { network: limits.network }),
    ...(task.until !== undefined && { until: task.until }),
  });
}

function variableDigests({ scope }: TaskContext): Record<string, Digest> {
  const digests: Record<string, Digest> = {};
  for (const [name, value] of scope.read)
    if (name !== 'omit' && name !== 'vars' && name !== 'hostvars') digests[name] = digestOfValue(value);
  return digests;
}

/** Sets HOME and the user's names for a command of a user other than root. */
function asUser(command: ExecCommand, { root }: StepContext): ExecCommand {
  const { user = 'root', environment } = command;
  if (user === 'root') return command;
  return { ...command, environment: { ...environmentOfUser(root, user), ...environment } };
}

type Run = (context: StepContext) => Promise<TaskResult>;

function runner({ module, resolved, user, environment, limits, readHost }: Call): Run {
  const run = async (context: StepContext, exec: StepContext['exec']): Promise<TaskResult> => {
    const inner: ModuleContext = {
      // Lazy: building the root is slow, and few modules read it.
      get root() {
        return context.root;
      },
      epoch: context.epoch,
      baseEnvironment: context.baseEnvironment ?? {},
      exec: (command) => exec(asUser(command, context)),
      user,
      environment,
      readHost,
    };
    return module.run(resolved, inner);
  };
  return (context) =>
    runLimited(
      limits,
      (command) => context.exec(command),
      (exec) => run(context, exec),
    );
}

/** Repeats a task as `until`, `retries` and `delay` say. */
function retrying(context: TaskContext, run: Run, judge: Judge): Run {
  const { task, templar } = context;
  const number = (value: unknown, otherwise: number): number =>
    value === undefined ? otherwise : Number(templar.template(value));
  const retries = Math.max(1, number(task.retries, 3) + (number(task.retries, 3) > 0 ? 1 : 0));
  const delay = number(task.delay, 5);
  return async (step) => {
    let result: TaskResult = { changed: false };
    for (let attempt = 1; attempt <= retries; attempt++) {
      result = { ...(await run(step)), attempts: attempt };
      if (result['timedout'] !== undefined) return result;
      const registered =
        task.register === undefined ? templar : templar.with({ [task.register]: judge(result) });
      if (allHold(task.until ?? [], registered, task.origin)) return result;
      if (attempt < retries) await wait(Math.max(0, delay) * 1000);
    }
    return { ...result, attempts: Math.max(1, retries - 1), failed: true };
  };
}

/** Makes unique names for steps, the same in each build. */
export class StepNames {
  readonly #counts = new Map<string, number>();

  next(context: TaskContext): string {
    const { task, name } = context;
    const label = shortLabel(context);
    const base = `${task.origin.file}: ${name}${label === undefined ? '' : ` (${label})`}`;
    const count = (this.#counts.get(base) ?? 0) + 1;
    this.#counts.set(base, count);
    return count === 1 ? base : `${base} #${count}`;
  }
}

/** The item as part of a step's id: shortened if long, hashed if secret. */
function shortLabel(context: TaskContext): string | undefined {
  const { label } = context;
  if (label === undefined) return undefined;
  const digest = digestOf(label).slice(7, 19);
  if (isSecret(context)) return digest;
  return label.length > 120 ? `${label.slice(0, 60)}… ${digest}` : label;
}
