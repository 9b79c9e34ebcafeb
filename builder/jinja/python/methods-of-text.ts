import { within } from './limits.js';
import { integer, list, text, tuple } from './python-value.js';
import { TemplateError } from '../template-error.js';

export type MethodTable<Of> = Readonly<
  Record<string, readonly [string, (of: Of, bound: unknown[]) => unknown]>
>;

const given = (value: unknown): boolean => value !== undefined && value !== null;
const letters = /\p{L}/u;
const cased = /\p{Lu}|\p{Lt}|\p{Ll}/u;

/** Python's `str.strip`, `lstrip` and `rstrip`. */
export function strip(value: string, characters: unknown, sides: 'both' | 'left' | 'right' = 'both'): string {
  if (!given(characters))
    return sides === 'left' ? value.trimStart() : sides === 'right' ? value.trimEnd() : value.trim();
  const set = new Set(text(characters));
  const all = [...value];
  let start = 0;
  let end = all.length;
  if (sides !== 'right') while (start < end && set.has(all[start] ?? '')) start++;
  if (sides !== 'left') while (end > start && set.has(all[end - 1] ?? '')) end--;
  return all.slice(start, end).join('');
}

/** Python's `str.split`. */
export function split(value: string, separator: unknown, most: unknown = -1): string[] {
  const limit = integer(most);
  if (!given(separator)) {
    const parts: string[] = [];
    let rest = value.trimStart();
    while (rest !== '') {
      const space = parts.length === limit ? -1 : rest.search(/\s/);
      parts.push(space < 0 ? rest : rest.slice(0, space));
      rest = space < 0 ? '' : rest.slice(space).trimStart();
    }
    return parts;
  }
  if (separator === '') throw new TemplateError('The separator of "split" is empty');
  const parts = value.split(text(separator));
  return limit < 0 || parts.length <= limit + 1
    ? parts
    : [...parts.slice(0, limit), parts.slice(limit).join(text(separator))];
}

function rsplit(value: string, separator: unknown, most: unknown = -1): string[] {
  const flip = (part: string): string => [...part].reverse().join('');
  return split(flip(value), given(separator) ? flip(text(separator)) : separator, most)
    .map(flip)
    .reverse();
}

/** Python's `str.splitlines`. */
export function splitLines(value: string, keepEnds = false): string[] {
  const lines =
    value.match(
      /[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])|[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+$/g,
    ) ?? [];
  return keepEnds
    ? lines
    : lines.map((line) => line.replace(/(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])$/, ''));
}

/** Python's `str.capitalize`. */
export const capitalize = (value: string): string => {
  const [first = '', ...rest] = [...value];
  return first.toUpperCase() + rest.join('').toLowerCase();
};

/** Python's `str.center`: if the width is odd, an odd fill character goes to the left. */
export function center(value: string, width: number, fill = ' '): string {
  const missing = within(width) - [...value].length;
  if (missing <= 0) return value;
  const left = Math.floor(missing / 2) + (missing & width & 1);
  return fill.repeat(left) + value + fill.repeat(missing - left);
}

function pad(value: string, width: unknown, fill: unknown = ' '): string {
  if (text(fill).length !== 1) throw new TemplateError('The fill character must be exactly one character');
  return text(fill).repeat(Math.max(0, within(integer(width)) - [...value].length));
}

function find(value: string, part: unknown, bounds: unknown[], last: boolean): number {
  const all = [...value];
  const [start = 0, end = all.length] = bounds.map((bound) => (given(bound) ? integer(bound) : undefined));
  const from = start < 0 ? Math.max(0, start + all.length) : start;
  const within_ = all.slice(from, end < 0 ? end + all.length : end).join('');
  const at = last ? within_.lastIndexOf(text(part)) : within_.indexOf(text(part));
  return at < 0 || from > all.length ? -1 : from + Array.from(within_.slice(0, at)).length;
}

function needed(at: number): number {
  if (at < 0) throw new TemplateError('substring not found');
  return at;
}

const edge =
  (check: (value: string, part: string) => boolean) =>
  (value: string, [part, start, end]: unknown[]): boolean => {
    const within_ =
      given(start) || given(end)
        ? [...value].slice(given(start) ? integer(start) : 0, given(end) ? integer(end) : undefined).join('')
        : value;
    return Array.isArray(part) ? part.some((one) => check(within_, text(one))) : check(within_, text(part));
  };

/** Python's `str.replace`, at most `most` times. */
export function replaceText(value: string, from: string, to: string, most: number): string {
  if (most < 0) return checked(value, from, to);
  let left = most;
  return value.replace(
    new RegExp(from === '' ? '' : from.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'gu'),
    (all) => (left-- > 0 ? to : all),
  );
}

function checked(value: string, from: string, to: string): string {
  within(value.length + (value.length / Math.max(1, from.length)) * to.length);
  return value.replaceAll(from, () => to);
}

/** Python's `str.title`: capitalises each run of letters. */
const title = (value: string): string => value.replace(/\p{L}+/gu, (word) => capitalize(word));

const all = (pattern: RegExp) => (value: string) => value !== '' && pattern.test(value);
const trimmed =
  (sides: 'both' | 'left' | 'right') =>
  (value: string, [characters]: unknown[]) =>
    strip(value, characters, sides);

function partition(value: string, separator: unknown, last: boolean): unknown {
  const by = text(separator);
  const at = last ? value.lastIndexOf(by) : value.indexOf(by);
  if (by === '') throw new TemplateError('empty separator');
  if (at < 0) return last ? tuple('', '', value) : tuple(value, '', '');
  return tuple(value.slice(0, at), by, value.slice(at + by.length));
}

/** Python's methods of strings. */
export const textMethods: MethodTable<string> = {
  capitalize: ['', capitalize],
  casefold: ['', (value) => value.toLowerCase().replaceAll('ß', 'ss')],
  center: ['width fill?', (value, [width, fill = ' ']) => center(value, integer(width), text(fill))],
  count: [
    'part',
    (value, [part]) => (part === '' ? [...value].length + 1 : value.split(text(part)).length - 1),
  ],
  endswith: ['part start? end?', edge((value, part) => value.endsWith(part))],
  expandtabs: [
    'tabsize?',
    (value, [size = 8]) =>
      value.replace(/[^\t\n]*\t/g, (run) =>
        run.slice(0, -1).padEnd((Math.floor((run.length - 1) / integer(size)) + 1) * integer(size)),
      ),
  ],
  find: ['part start? end?', (value, [part, ...bounds]) => find(value, part, bounds, false)],
  index: ['part start? end?', (value, [part, ...bounds]) => needed(find(value, part, bounds, false))],
  isalnum: ['', all(/^[\p{L}\p{N}]+$/u)],
  isalpha: ['', all(/^\p{L}+$/u)],
  isascii: ['', (value) => /^[\0-\x7f]*$/.test(value)],
  isdecimal: ['', all(/^\p{Nd}+$/u)],
  isdigit: ['', all(/^[\p{Nd}²³¹⁰-⁹₀-₉]+$/u)],
  isidentifier: ['', all(/^[\p{L}_][\p{L}\p{N}\p{M}_]*$/u)],
  islower: ['', (value) => cased.test(value) && value === value.toLowerCase()],
  isnumeric: ['', all(/^\p{N}+$/u)],
  isprintable: ['', (value) => !/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.test(value)],
  isspace: ['', all(/^\s+$/)],
  istitle: ['', (value) => letters.test(value) && value === title(value)],
  isupper: ['', (value) => cased.test(value) && value === value.toUpperCase()],
  join: ['items', (value, [items]) => list(items).map(text).join(value)],
  ljust: ['width fill?', (value, [width, fill]) => value + pad(value, width, fill)],
  lower: ['', (value) => value.toLowerCase()],
  lstrip: ['characters?', trimmed('left')],
  partition: ['separator', (value, [separator]) => partition(value, separator, false)],
  removeprefix: [
    'prefix',
    (value, [prefix]) => (value.startsWith(text(prefix)) ? value.slice(text(prefix).length) : value),
  ],
  removesuffix: [
    'suffix',
    (value, [suffix]) =>
      suffix !== '' && value.endsWith(text(suffix)) ? value.slice(0, -text(suffix).length) : value,
  ],
  replace: [
    'old new count?',
    (value, [from, to, most = -1]) => replaceText(value, text(from), text(to), integer(most)),
  ],
  rfind: ['part start? end?', (value, [part, ...bounds]) => find(value, part, bounds, true)],
  rindex: ['part start? end?', (value, [part, ...bounds]) => needed(find(value, part, bounds, true))],
  rjust: ['width fill?', (value, [width, fill]) => pad(value, width, fill) + value],
  rpartition: ['separator', (value, [separator]) => partition(value, separator, true)],
  rsplit: ['sep? maxsplit?', (value, [separator, most]) => rsplit(value, separator, most)],
  rstrip: ['characters?', trimmed('right')],
  split: ['sep? maxsplit?', (value, [separator, most]) => split(value, separator, most)],
  splitlines: ['keepends?', (value, [keep]) => splitLines(value, keep === true)],
  startswith: ['part start? end?', edge((value, part) => value.startsWith(part))],
  strip: ['characters?', trimmed('both')],
  swapcase: [
    '',
    (value) => [...value].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join(''),
  ],
  title: ['', title],
  upper: ['', (value) => value.toUpperCase()],
  zfill: [
    'width',
    (value, [width]) =>
      value.replace(
        /^[-+]?/,
        (sign) => sign + '0'.repeat(Math.max(0, within(integer(width)) - [...value].length)),
      ),
  ],
};
