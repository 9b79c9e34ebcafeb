import { compare } from './comparing.js';
import { Undefined, isTrue, str } from './python-value.js';
import { TemplateError } from '../template-error.js';

type Key = unknown[];

/** distutils' LooseVersion: numbers and words. */
const loose = (text: string): Key =>
  text
    .split(/(\d+|[a-z]+|\.)/)
    .filter((part) => part !== '' && part !== '.')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));

function fail(text: string, kind: string): never {
  throw new TemplateError(`"${text}" is not a version of the type "${kind}"`);
}

/** distutils' StrictVersion: two or three numbers, optionally with a1 or b1. */
function strict(text: string): Key {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?(?:([ab])(\d+))?$/.exec(text) ?? fail(text, 'strict');
  const [, major, minor, patch = '0', letter, count] = match;
  return [
    Number(major),
    Number(minor),
    Number(patch),
    ...(letter === undefined ? ['z', 0] : [letter, Number(count)]),
  ];
}

/** Semantic Versioning 2.0.0; in a pre-release, numbers sort before words. */
function semantic(text: string): Key {
  const match =
    /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*))?(?:\+[\dA-Za-z.-]+)?$/.exec(
      text,
    ) ?? fail(text, 'semver');
  const pre = match[4]?.split('.').map((part) => (/^\d+$/.test(part) ? [0, Number(part)] : [1, part]));
  return [Number(match[1]), Number(match[2]), Number(match[3]), pre === undefined ? 1 : 0, pre ?? []];
}

const STAGES: Readonly<Record<string, number>> = {
  a: 0,
  alpha: 0,
  b: 1,
  beta: 1,
  c: 2,
  rc: 2,
  pre: 2,
  preview: 2,
};

/** PEP 440, with simpler rules for local versions. */
function pep440(text: string): Key {
  const match =
    /^\s*v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(?:post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z\d]+(?:[-_.][a-z\d]+)*))?\s*$/i.exec(
      text,
    ) ?? fail(text, 'pep440');
  const [, epoch = '0', release = '', stage, stageNumber, short, post, dev, devNumber, local = ''] = match;
  const numbers = release.split('.').map(Number);
  while (numbers.length > 1 && numbers.at(-1) === 0) numbers.pop();
  const isPost = short !== undefined || post !== undefined;
  const pre =
    stage === undefined
      ? dev !== undefined && !isPost
        ? [-1, 0]
        : [3, 0]
      : [STAGES[stage.toLowerCase()] ?? 0, Number(stageNumber)];
  return [
    Number(epoch),
    numbers,
    pre,
    isPost ? Number(short ?? post) : -1,
    dev === undefined ? Infinity : Number(devNumber),
    local,
  ];
}

const kinds: Readonly<Record<string, (text: string) => Key>> = {
  loose,
  strict,
  semver: semantic,
  semantic,
  pep440,
};
const operators: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
};
const signs: Readonly<Record<string, string>> = {
  '==': 'eq',
  '=': 'eq',
  '!=': 'ne',
  '<>': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
};

/** Ansible's test `version`. @throws TemplateError if the versions can't be compared */
export function versionTest(value: unknown, [other, operator = 'eq', isStrict, type]: unknown[]): boolean {
  if (value instanceof Undefined) return value.fail();
  if (!isTrue(value) || !isTrue(other)) throw new TemplateError('A version to compare is empty');
  if (isStrict !== undefined && isStrict !== null && type !== undefined && type !== null)
    throw new TemplateError('"version" takes "strict" or "version_type", not both');
  const kind = isTrue(isStrict) ? 'strict' : type === undefined || type === null ? 'loose' : str(type);
  const key = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (!key)
    throw new TemplateError(
      `There is no version_type "${kind}"`,
      `It may be: ${Object.keys(kinds).join(', ')}.`,
    );
  const name = Object.hasOwn(signs, str(operator)) ? signs[str(operator)] : str(operator);
  const holds = Object.hasOwn(operators, name ?? '') ? operators[name ?? ''] : undefined;
  if (!holds)
    throw new TemplateError(
      `"version" has no operator "${str(operator)}"`,
      `It may be: ${Object.keys(signs).join(' ')}.`,
    );
  return holds(ordered(key(str(value)), key(str(other)), name ?? ''));
}

function ordered(a: Key, b: Key, operator: string): number {
  try {
    return compare(a, b);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    // Versions without an order can still be unequal.
    if (operator === 'eq' || operator === 'ne') return 1;
    throw new TemplateError('The versions can not be compared: one has a word where the other has a number');
  }
}
