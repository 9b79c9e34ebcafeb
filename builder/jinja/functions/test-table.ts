import { compare, contains, equal } from '../python/comparing.js';
import {
  type JinjaEnvironment,
  TemplateObject,
  type Test,
  type TestTable,
} from '../python/jinja-environment.js';
import { filters } from '../filters/filter-table.js';
import { includes } from '../filters/lists.js';
import { splitUrl } from '../filters/paths.js';
import { pythonRegex } from '../python/python-regex.js';
import {
  Undefined,
  hasKey,
  isDict,
  isFloat,
  isInteger,
  isTrue,
  list,
  str,
  text,
  valueAt,
  type Dict,
} from '../python/python-value.js';
import { binary } from '../python/operators.js';
import { TemplateError } from '../template-error.js';
import { versionTest } from '../python/version.js';

function resultOf(value: unknown, name: string): Dict {
  if (isDict(value)) return value;
  throw new TemplateError(
    `The test "${name}" expects the result of a task`,
    'Give it a variable that a task registered.',
  );
}

const flag = (name: string, key: string, wanted: boolean): Test => [
  '',
  (value) =>
    isTrue(hasKey(resultOf(value, name), key) ? valueAt(resultOf(value, name), key) : false) === wanted,
];

function isChanged(value: unknown): boolean {
  const result = resultOf(value, 'changed');
  if (hasKey(result, 'changed')) return isTrue(valueAt(result, 'changed'));
  const results = valueAt(result, 'results');
  return (
    Array.isArray(results) &&
    isDict(results[0]) &&
    results.some((one) => isDict(one) && isTrue(valueAt(one, 'changed') ?? false))
  );
}

const finished = (key: string): Test => [
  '',
  (value) => !hasKey(resultOf(value, key), key) || equal(valueAt(resultOf(value, key), key), 1),
];

const matching = (anchored: boolean): Test => [
  'pattern? ignorecase? multiline?',
  (value, [pattern = '', ignoreCase = false, multiline = false]) =>
    found(value, pattern, { ignoreCase, multiline, anchored }),
];

interface Match {
  readonly ignoreCase: unknown;
  readonly multiline: unknown;
  readonly anchored: boolean;
}

function found(value: unknown, pattern: unknown, { ignoreCase, multiline, anchored }: Match): boolean {
  const source = str(value);
  const regex = pythonRegex(anchored ? `(?:${withoutFlags(text(pattern))})` : text(pattern), {
    ignoreCase: isTrue(ignoreCase) || (anchored && /^\(\?[a-z]*i/.test(text(pattern))),
    multiline: isTrue(multiline),
  });
  if (!anchored) return regex.test(source);
  const sticky = new RegExp(regex.source, `${regex.flags.replace('g', '')}y`);
  return sticky.test(source);
}

const withoutFlags = (pattern: string): string => pattern.replace(/^\(\?i\)/, '');

const order = (holds: (order: number) => boolean): Test => [
  'other',
  (value, [other]) => holds(compare(value, other)),
];
const equality: Test = ['other', (value, [other]) => equal(value, other)];
const inequality: Test = ['other', (value, [other]) => !equal(value, other)];
const greater = order((by) => by > 0);
const notLess = order((by) => by >= 0);
const less = order((by) => by < 0);
const notGreater = order((by) => by <= 0);
const subset: Test = ['b', (value, [other]) => list(value).every((item) => includes(list(other), item))];
const superset: Test = ['b', (value, [other]) => list(other).every((item) => includes(list(value), item))];

const truth = (wanted: boolean): Test => [
  'convert_bool?',
  (value, [convert = false]) => (isTrue(convert) ? converted(value) : isTrue(value)) === wanted,
];

function converted(value: unknown): boolean {
  const word = typeof value === 'string' ? value.toLowerCase().trim() : value;
  if (typeof word === 'string' && ['y', 'yes', 'on', '1', 'true', 't'].includes(word)) return true;
  if (typeof word === 'string' && ['n', 'no', 'off', '0', 'false', 'f'].includes(word)) return false;
  return isTrue(value);
}

function same(a: unknown, b: unknown): boolean {
  if (a instanceof Undefined || b instanceof Undefined) return a === b;
  return typeof a === 'object' && a !== null
    ? a === b
    : typeof a === typeof b && isFloat(a) === isFloat(b) && a === b;
}

const pathKind = (environment: JinjaEnvironment, value: unknown): 'file' | 'folder' | 'other' | undefined => {
  const { kind } = environment.host;
  if (!kind) throw new TemplateError('Tests of paths are not supported here', 'Use the module stat.');
  return environment.host.kind?.(text(value));
};
const onPath = (...wanted: string[]): Test => [
  '',
  (value, _, environment) => wanted.includes(pathKind(environment, value) ?? 'none'),
];
const refusedPath = (name: string): Test => [
  '*args',
  () => {
    throw new TemplateError(
      `The test "${name}" is not supported`,
      'Use the module stat, which looks at the image.',
    );
  },
];
const absolute: Test = ['', (value) => text(value).startsWith('/')];

function isUri(value: unknown, schemes: unknown): boolean {
  if (typeof value !== 'string') return false;
  const { scheme } = splitUrl(value);
  return !isTrue(schemes) || list(schemes).includes(scheme);
}

function isUrl(value: unknown, schemes: unknown): boolean {
  if (!isUri(value, schemes)) return false;
  const { netloc, scheme } = splitUrl(text(value));
  return netloc !== '' || scheme === 'file';
}

const modulo = (value: unknown, by: unknown): unknown => binary('%', value, by);
const typed = (holds: (value: unknown) => boolean): Test => ['', (value) => holds(value)];
const sized = (value: unknown): boolean => typeof value === 'string' || Array.isArray(value) || isDict(value);

const typeTests: TestTable = {
  boolean: typed((value) => typeof value === 'boolean'),
  callable: typed(
    (value) =>
      typeof value === 'function' ||
      value instanceof Undefined ||
      (value instanceof TemplateObject && value.call !== undefined),
  ),
  defined: typed((value) => !(value instanceof Undefined)),
  escaped: typed(() => false),
  false: typed((value) => value === false),
  float: typed(isFloat),
  integer: typed((value) => isInteger(value) && typeof value !== 'boolean'),
  iterable: typed((value) => (value instanceof Undefined ? list(value).length === 0 : sized(value))),
  lower: typed((value) => str(value) === str(value).toLowerCase() && str(value) !== str(value).toUpperCase()),
  mapping: typed(isDict),
  none: typed((value) => value === null),
  number: typed((value) => isInteger(value) || isFloat(value)),
  sequence: typed(sized),
  string: typed((value) => typeof value === 'string'),
  true: typed((value) => value === true),
  undefined: typed((value) => value instanceof Undefined),
  upper: typed((value) => str(value) === str(value).toUpperCase() && str(value) !== str(value).toLowerCase()),
  vault_encrypted: typed(() => false),
};

const comparisonTests: TestTable = {
  '==': equality,
  '!=': inequality,
  '<': less,
  '<=': notGreater,
  '>': greater,
  '>=': notLess,
  eq: equality,
  equalto: equality,
  ge: notLess,
  greaterthan: greater,
  gt: greater,
  le: notGreater,
  lessthan: less,
  lt: less,
  ne: inequality,
  sameas: ['other', (value, [other]) => same(value, other)],
  version: ['version operator? strict? version_type?', versionTest],
  version_compare: ['version operator? strict? version_type?', versionTest],
};

const resultTests: TestTable = {
  change: ['', isChanged],
  changed: ['', isChanged],
  failed: flag('failed', 'failed', true),
  failure: flag('failed', 'failed', true),
  finished: finished('finished'),
  reachable: flag('reachable', 'unreachable', false),
  skip: flag('skipped', 'skipped', true),
  skipped: flag('skipped', 'skipped', true),
  started: finished('started'),
  succeeded: flag('success', 'failed', false),
  success: flag('success', 'failed', false),
  successful: flag('success', 'failed', false),
  unreachable: flag('unreachable', 'unreachable', true),
};

const pathTests: TestTable = {
  abs: absolute,
  directory: onPath('folder'),
  exists: onPath('file', 'folder', 'other'),
  file: onPath('file'),
  is_abs: absolute,
  is_dir: onPath('folder'),
  is_file: onPath('file'),
  is_link: refusedPath('is_link'),
  is_mount: refusedPath('is_mount'),
  is_same_file: refusedPath('is_same_file'),
  link: refusedPath('link'),
  link_exists: onPath('file', 'folder', 'other'),
  mount: refusedPath('mount'),
  same_file: refusedPath('same_file'),
  uri: ['schemes?', (value, [schemes]) => isUri(value, schemes)],
  url: ['schemes?', (value, [schemes]) => isUrl(value, schemes)],
  urn: ['', (value) => isUri(value, ['urn'])],
};

/** All tests of Jinja 3.1 and ansible-core 2.14. */
export const tests: TestTable = {
  ...typeTests,
  ...comparisonTests,
  ...resultTests,
  ...pathTests,
  all: ['', (value) => list(value).every(isTrue)],
  any: ['', (value) => list(value).some(isTrue)],
  contains: ['value', (value, [item]) => contains(value, item)],
  divisibleby: ['num', (value, [by]) => equal(modulo(value, by), 0)],
  even: ['', (value) => equal(modulo(value, 2), 0)],
  falsy: truth(false),
  filter: ['', (value) => Object.hasOwn(filters, str(value))],
  in: ['seq', (value, [all]) => contains(all, value)],
  isnan: typed((value) => Number.isNaN(value)),
  issubset: subset,
  issuperset: superset,
  match: matching(true),
  nan: typed((value) => Number.isNaN(value)),
  odd: ['', (value) => equal(modulo(value, 2), 1)],
  regex: [
    'pattern? ignorecase? multiline? match_type?',
    (value, [pattern = '', ignoreCase = false, multiline = false, type = 'search']) =>
      found(value, type === 'fullmatch' ? `(?:${text(pattern)})\\Z` : pattern, {
        ignoreCase,
        multiline,
        anchored: type !== 'search',
      }),
  ],
  search: matching(false),
  subset,
  superset,
  test: ['', (value) => Object.hasOwn(tests, str(value))],
  truthy: truth(true),
};
