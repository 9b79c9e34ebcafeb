import { BuilderError } from '../../errors.js';
import type { YamlPath } from '../../yaml/yaml.js';
import { actionNames, isCommandLine, resolveAction, takesWords } from './actions.js';
import { parseKeyValues, splitArguments } from './key-value.js';
import { keywordRule } from './keywords.js';
import { loopLookups } from './loop-lookups.js';
import {
  type Mapping,
  type Parsing,
  asList,
  isMapping,
  isVariableName,
  parseDirectives,
  refuseKeyword,
} from './parsing.js';
import type { Block, Item, Loop, LoopControl, Task } from './play.js';

/** Parses a list of tasks and blocks. */
export function parseItems(parsing: Parsing, raw: unknown, path: YamlPath): Item[] {
  return parsing.list(raw, path, 'Tasks').flatMap((item, index): Item[] => {
    const at = [...path, index];
    if (item === null) return [];
    if (!isMapping(item)) {
      parsing.problem('A task must be a mapping: a name, a module, and keywords', at);
      return [];
    }
    if (['block', 'rescue', 'always'].some((key) => key in item)) return [parseBlock(parsing, item, at)];
    const task = parseTask(parsing, item, at);
    return task === undefined ? [] : [task];
  });
}

function parseBlock(parsing: Parsing, raw: Mapping, path: YamlPath): Block {
  for (const key of Object.keys(raw)) refuseKeyword(parsing, 'block', [...path, key]);
  if (!('block' in raw)) parsing.problem('"rescue" and "always" need a "block" beside them', path);
  return {
    kind: 'block',
    ...parseDirectives(parsing, raw, path),
    block: parseItems(parsing, raw['block'], [...path, 'block']),
    rescue: parseItems(parsing, raw['rescue'], [...path, 'rescue']),
    always: parseItems(parsing, raw['always'], [...path, 'always']),
  };
}

type Call = Pick<Task, 'action' | 'args' | 'freeForm' | 'argsTemplate'>;

function parseTask(parsing: Parsing, raw: Mapping, path: YamlPath): Task | undefined {
  const call = parseCall(parsing, raw, path);
  const { loop, loopControl } = parseLoop(parsing, raw, path);
  if (call === undefined) return undefined;
  const conditions = (name: string): readonly unknown[] | undefined =>
    raw[name] === undefined || raw[name] === null ? undefined : asList(raw[name]);
  return {
    kind: 'task',
    ...parseDirectives(parsing, raw, path),
    ...call,
    loop,
    loopControl,
    register: parseRegister(parsing, raw, path),
    listen: asList(raw['listen']).map(String),
    changedWhen: conditions('changed_when'),
    failedWhen: conditions('failed_when'),
    until: conditions('until'),
    retries: raw['retries'],
    delay: raw['delay'],
  };
}

function parseRegister(parsing: Parsing, raw: Mapping, path: YamlPath): string | undefined {
  const name = parsing.text(raw['register'], [...path, 'register'], 'register');
  if (name !== undefined && !isVariableName(name))
    parsing.problem(`"${name}" can't be the name of a variable`, [...path, 'register']);
  return name;
}

/** Finds the one key that names a module, and its arguments in any form. */
function parseCall(parsing: Parsing, raw: Mapping, path: YamlPath): Call | undefined {
  const others = Object.keys(raw).filter(
    (key) => keywordRule('task', key) === undefined && !key.startsWith('with_'),
  );
  const named = others.filter((key) => resolveAction(key) !== undefined);
  for (const key of Object.keys(raw))
    if (
      !named.includes(key) &&
      !key.startsWith('with_') &&
      (others.length > 1 || !others.includes(key) || 'action' in raw)
    )
      refuseKeyword(parsing, 'task', [...path, key], actionNames);
  const choices = 'action' in raw ? ['action', ...named] : named;
  if (choices.length > 1)
    parsing.problem(`A task has one module, but this one has ${choices.join(' and ')}`, path);
  const [key] = choices;
  if (key === undefined) {
    const [unknown] = others;
    if (unknown === undefined) parsing.problem('This task has no module', path);
    else if (others.length === 1) refuseKeyword(parsing, 'task', [...path, unknown], actionNames);
    return undefined;
  }
  try {
    return key === 'action'
      ? oldStyleCall(parsing, raw, path)
      : callOf(parsing, raw, { key, name: key, value: raw[key], path });
  } catch (error) {
    if (!(error instanceof BuilderError)) throw error;
    parsing.problem(error.message, [...path, key], error.hint);
    return undefined;
  }
}

/** `action: copy src=a dest=b`, or a mapping with `module`. */
function oldStyleCall(parsing: Parsing, raw: Mapping, path: YamlPath): Call | undefined {
  const given = raw['action'];
  const line = isMapping(given) ? given['module'] : given;
  if (typeof line !== 'string' || line.trim() === '') {
    parsing.problem('"action" must name a module', [...path, 'action']);
    return undefined;
  }
  const [name = '', ...words] = splitArguments(line);
  if (resolveAction(name.trim()) === undefined) {
    parsing.problem(`There is no module "${name.trim()}"`, [...path, 'action']);
    return undefined;
  }
  const call = callOf(parsing, raw, { key: 'action', name: name.trim(), value: words.join(' '), path });
  if (call === undefined || !isMapping(given)) return call;
  const { module: _module, args, ...rest } = given;
  return { ...call, args: { ...(isMapping(args) ? args : {}), ...call.args, ...rest } };
}

interface Invocation {
  readonly key: string;
  readonly name: string;
  readonly value: unknown;
  readonly path: YamlPath;
}

function callOf(parsing: Parsing, raw: Mapping, invocation: Invocation): Call | undefined {
  const { key, name, value, path } = invocation;
  const action = resolveAction(name) ?? name;
  const more = raw['args'];
  const given = argumentsOf(value, action);
  if (given === undefined) {
    parsing.problem(`The arguments of "${name}" must be a mapping or a string`, [...path, key]);
    return undefined;
  }
  if (typeof more !== 'string' && more !== undefined && more !== null && !isMapping(more))
    parsing.problem('"args" must be a mapping', [...path, 'args']);
  const isTemplate = given.freeForm?.includes('{{') === true && !takesWords(action);
  if (given.freeForm !== undefined && !takesWords(action) && !isTemplate)
    parsing.problem(
      `"${given.freeForm.trim()}" is not an argument of "${name}"`,
      [...path, key],
      'Write arguments as "name: value".',
    );
  return {
    action,
    args: { ...(isMapping(more) ? more : {}), ...given.args },
    freeForm: isTemplate ? undefined : given.freeForm,
    argsTemplate: isTemplate ? given.freeForm : typeof more === 'string' ? more : undefined,
  };
}

function argumentsOf(
  value: unknown,
  action: string,
): { args: Mapping; freeForm: string | undefined } | undefined {
  if (value === null || value === undefined) return { args: {}, freeForm: undefined };
  if (isMapping(value)) return { args: value, freeForm: undefined };
  if (typeof value !== 'string') return undefined;
  const { pairs, rest } = parseKeyValues(value, isCommandLine(action));
  return { args: pairs, freeForm: rest };
}

function parseLoop(
  parsing: Parsing,
  raw: Mapping,
  path: YamlPath,
): { loop: Loop | undefined; loopControl: LoopControl } {
  const loops = Object.keys(raw).filter((key) => key === 'loop' || key.startsWith('with_'));
  for (const key of loops.slice(1)) parsing.keyProblem('A task has one loop', [...path, key]);
  for (const key of loops) {
    if (key !== 'loop' && !loopLookups.includes(key.slice(5)))
      parsing.keyProblem(
        `"${key}" is not supported`,
        [...path, key],
        'Use "loop" with a filter, or "with_items".',
      );
    if (raw[key] === null) parsing.problem(`"${key}" has nothing to loop over`, [...path, key]);
  }
  const [key] = loops;
  const loop =
    key === undefined || raw[key] === null
      ? undefined
      : { lookup: key === 'loop' ? key : key.slice(5), value: raw[key] };
  return { loop, loopControl: parseLoopControl(parsing, raw['loop_control'], [...path, 'loop_control']) };
}

const loopControlKeys = ['loop_var', 'index_var', 'label', 'extended', 'extended_allitems', 'pause'];

function parseLoopControl(parsing: Parsing, raw: unknown, path: YamlPath): LoopControl {
  const control = parsing.mapping(raw, path, 'loop_control');
  for (const key of Object.keys(control))
    if (!loopControlKeys.includes(key))
      parsing.keyProblem(
        `"${key}" is not known in loop_control`,
        [...path, key],
        `Known are ${loopControlKeys.join(', ')}.`,
      );
  return {
    variable: parsing.text(control['loop_var'], [...path, 'loop_var'], 'loop_var') ?? 'item',
    indexVariable: parsing.text(control['index_var'], [...path, 'index_var'], 'index_var'),
    label: control['label'],
    extended: control['extended'] === true,
  };
}
