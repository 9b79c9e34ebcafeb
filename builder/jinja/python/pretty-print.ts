import { compare } from './comparing.js';
import { type Dict, Sequence, entriesOf, isDict, repr } from './python-value.js';

const WIDTH = 80;

/** Python's `pprint.pformat`: on one line if it fits, else one item a line, with sorted keys. */
export function prettyPrint(value: unknown): string {
  return print(value, { indent: 0, allowance: 0 });
}

interface Place {
  readonly indent: number;
  /** Characters that must fit on the line after the value. */
  readonly allowance: number;
}

function print(value: unknown, place: Place): string {
  const flat = repr(inOrder(value));
  if (flat.length <= WIDTH - place.indent - place.allowance) return flat;
  if (isDict(value) && entriesOf(value).length > 0) return printDict(value, place);
  if (Array.isArray(value) && value.length > 0 && (!(value instanceof Sequence) || value.kind === 'tuple'))
    return printItems(value, place);
  return typeof value === 'string' ? printText(value, place) : flat;
}

/** Sorts the keys of all mappings in the value. */
function inOrder(value: unknown): unknown {
  if (value instanceof Sequence) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  return isDict(value) ? new Map(sortedEntries(value).map(([key, item]) => [key, inOrder(item)])) : value;
}

function sortedEntries(dict: Dict): [unknown, unknown][] {
  return entriesOf(dict).sort(([a], [b]) =>
    typeof a === typeof b ? compare(a, b) : typeof a < typeof b ? -1 : 1,
  );
}

function printDict(value: Dict, { indent, allowance }: Place): string {
  const entries = sortedEntries(value);
  const lines = entries.map(([key, item], index) => {
    const name = `${repr(key)}: `;
    return (
      name +
      print(item, {
        indent: indent + 1 + name.length,
        allowance: index === entries.length - 1 ? allowance + 1 : 1,
      })
    );
  });
  return `{${lines.join(`,\n${' '.repeat(indent + 1)}`)}}`;
}

function printItems(value: unknown[], { indent, allowance }: Place): string {
  const isTuple = value instanceof Sequence;
  const lines = value.map((item, index) =>
    print(item, { indent: indent + 1, allowance: index === value.length - 1 ? allowance + 1 : 1 }),
  );
  const close = isTuple ? (value.length === 1 ? ',)' : ')') : ']';
  return `${isTuple ? '(' : '['}${lines.join(`,\n${' '.repeat(indent + 1)}`)}${close}`;
}

/** Splits a long string at its lines and words, one part a line. */
function printText(value: string, { indent, allowance }: Place): string {
  const outermost = indent === 0;
  const at = outermost ? 1 : indent;
  const space = WIDTH - at;
  const chunks: string[] = [];
  const lines = value.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  lines.forEach((line, index) => {
    const last = index === lines.length - 1;
    if (repr(line).length <= space - (last ? allowance + (outermost ? 1 : 0) : 0)) chunks.push(repr(line));
    else chunks.push(...cutLine(line, space, last ? allowance + (outermost ? 1 : 0) : 0));
  });
  if (chunks.length <= 1) return repr(value);
  const body = chunks.join(`\n${' '.repeat(at)}`);
  return outermost ? `(${body})` : body;
}

function cutLine(line: string, space: number, allowance: number): string[] {
  const parts = line.match(/\S*\s*/g)?.filter((part) => part !== '') ?? [];
  const chunks: string[] = [];
  let current = '';
  parts.forEach((part, index) => {
    const width = index === parts.length - 1 ? space - allowance : space;
    if (current !== '' && repr(current + part).length > width) {
      chunks.push(repr(current));
      current = part;
    } else current += part;
  });
  if (current !== '') chunks.push(repr(current));
  return chunks;
}
