import { basename, dirname } from 'node:path';
import { BuilderError } from '../../errors.js';
import type { Templar } from '../../jinja/templar.js';
import { globPattern } from '../../modules/root/glob.js';
import { type Mapping, isMapping } from '../parse/parsing.js';
import type { Task } from '../parse/play.js';
import type { FileKind, TaskFiles } from './task-files.js';

interface LoopPlace {
  readonly templar: Templar;
  readonly files: TaskFiles;
  /** The folder in which first_found searches names without one. */
  readonly kind: FileKind;
}

type Lookup = (terms: readonly unknown[], place: LoopPlace) => unknown[];

export const lookups: Readonly<Record<string, Lookup>> = {
  items: (terms) => terms.flat(),
  list: (terms) => [...terms],
  flattened: (terms) => terms.flat(Infinity),
  dict: (terms) => terms.flatMap(pairsOf),
  nested: product,
  cartesian: product,
  together,
  indexed_items: (terms) => terms.flat().map((item, index) => [index, item]),
  subelements,
  sequence: (terms) => terms.flatMap((term) => sequence(term)),
  fileglob: (terms, place) => terms.flatMap((term) => fileglob(String(term), place.files)),
  file: (terms, { files }) =>
    terms.map((term) => files.readFile(files.need('files', String(term))).trimEnd()),
};

/** The items of a task's loop; undefined if it has none. @throws BuilderError */
export function loopItems(task: Task, templar: Templar, files: TaskFiles): unknown[] | undefined {
  if (task.loop === undefined) return undefined;
  const { lookup, value } = task.loop;
  const place = { templar, files, kind: kindFor(task.action) };
  if (lookup === 'first_found') return firstFound(value, place);
  const terms = templar.template(typeof value === 'string' ? value.trim() : value);
  if (lookup !== 'loop') return lookups[lookup]?.(Array.isArray(terms) ? terms : [terms], place) ?? [];
  if (Array.isArray(terms)) return terms;
  throw failure(
    `"loop" needs a list, but got: ${JSON.stringify(terms)}`,
    'Use "| list", or dict2items for a mapping.',
  );
}

function kindFor(action: string): FileKind {
  return action.includes('template') ? 'templates' : action.includes('var') ? 'vars' : 'files';
}

function failure(message: string, hint?: string): BuilderError {
  return new BuilderError(message, { code: 'failed', hint });
}

function pairsOf(term: unknown): unknown[] {
  if (!isMapping(term)) throw failure(`with_dict needs a mapping, but got: ${JSON.stringify(term)}`);
  return Object.entries(term).map(([key, value]) => ({ key, value }));
}

function product(terms: readonly unknown[]): unknown[] {
  if (terms.length === 0) throw failure('with_nested needs at least one list');
  let rows: unknown[][] = [[]];
  for (const term of terms) {
    const values = Array.isArray(term) ? term : [term];
    rows = rows.flatMap((row) =>
      values.map((value: unknown) => [...row, ...(Array.isArray(value) ? value : [value])]),
    );
  }
  return rows;
}

function together(terms: readonly unknown[]): unknown[] {
  const lists = terms.map((term) => (Array.isArray(term) ? term : [term]));
  const length = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length }, (_, index) => lists.map((list): unknown => list[index] ?? null));
}

function subelements(terms: readonly unknown[]): unknown[] {
  const [source, path, flags] = terms;
  if (terms.length < 2 || typeof path !== 'string')
    throw failure('with_subelements needs a list and the name of a key in its items');
  const items: unknown[] = Array.isArray(source) ? source : isMapping(source) ? Object.values(source) : [];
  const skipMissing = isMapping(flags) && flags['skip_missing'] === true;
  return items.flatMap((item) => {
    const inner = path
      .split('.')
      .reduce<unknown>((value, key) => (isMapping(value) ? value[key] : undefined), item);
    if (Array.isArray(inner)) return inner.map((one: unknown) => [item, one]);
    if (skipMissing) return [];
    throw failure(
      `with_subelements found no list "${path}" in ${JSON.stringify(item)}`,
      'Give "skip_missing: true" to leave such items out.',
    );
  });
}

/** Parses "start=1 end=4 stride=1 format=x%02d", or "1-4/1:x%02d" (plugins/lookup/sequence.py). */
function sequence(term: unknown): string[] {
  const text = String(term);
  const short = /^(?:(0?x?[\da-f]+)-)?(0?x?[\da-f]+)(?:\/(-?0?x?[\da-f]+))?(?::(.+))?$/i.exec(text);
  const given: Mapping = isMapping(term)
    ? term
    : short
      ? { start: short[1], end: short[2], stride: short[3], format: short[4] }
      : Object.fromEntries(
          [...text.matchAll(/(\w+)=("[^"]*"|'[^']*'|\S+)/g)].map(([, key, value]) => [
            key,
            value?.replace(/^(["'])(.*)\1$/, '$2'),
          ]),
        );
  const number = (name: string): number | undefined =>
    given[name] === undefined ? undefined : Number(given[name]);
  const start = number('start') ?? (number('count') === 0 ? 0 : 1);
  const count = number('count');
  const end = count === undefined ? number('end') : start + (count - 1) * (number('stride') ?? 1);
  if (end === undefined || Number.isNaN(start + end))
    throw failure(`with_sequence needs "end" or "count": ${text}`);
  const stride = number('stride') ?? 1;
  const values: number[] = [];
  if (stride !== 0 && count !== 0)
    for (let value = start; stride > 0 ? value <= end : value >= end; value += stride) {
      if (values.length >= 100_000) throw failure('with_sequence makes more than 100,000 items');
      values.push(value);
    }
  return values.map((value) => formatNumber(String(given['format'] ?? '%d'), value));
}

function formatNumber(format: string, value: number): string {
  return format.replace(/%(0?)(\d*)([dxXo%])/g, (_, zero: string, width: string, kind: string) => {
    if (kind === '%') return '%';
    const digits = value.toString(kind === 'o' ? 8 : kind === 'd' ? 10 : 16);
    const text = kind === 'X' ? digits.toUpperCase() : digits;
    return text.padStart(Number(width || 0), zero === '' ? ' ' : '0');
  });
}

/** Regular files with matching names, sorted; patterns work in the last part of a path only. */
function fileglob(pattern: string, files: TaskFiles): string[] {
  const folder = files.find('files', dirname(pattern));
  if (folder === undefined) return [];
  const matches = globPattern(basename(pattern));
  return files.host
    .names(folder)
    .filter((name) => matches.test(name) && (basename(pattern).startsWith('.') || !name.startsWith('.')))
    .map((name) => `${folder}/${name}`)
    .filter((path) => files.host.isFile(path));
}

/** The first existing file; names with unknown variables count as missing. */
function firstFound(value: unknown, { templar, files, kind }: LoopPlace): unknown[] {
  const attempt = (term: unknown): unknown => {
    try {
      return templar.template(term);
    } catch (error) {
      if (error instanceof BuilderError) return undefined;
      throw error;
    }
  };
  const listed = (term: unknown): unknown[] => {
    const known = Array.isArray(term) ? term.map(attempt) : attempt(term);
    return (Array.isArray(known) ? known : [known]).filter((one) => one !== undefined && one !== null);
  };
  let skip = false;
  const names = listed(value).flatMap((term): string[] => {
    if (!isMapping(term)) return [String(term)];
    skip = term['skip'] === true || skip;
    const wanted = listed(term['files']).flatMap((name) => String(name).split(/[,;]/));
    const folders = listed(term['paths']).flatMap((name) => String(name).split(/[,:;]/));
    return folders.length === 0
      ? wanted
      : folders.flatMap((folder) => wanted.map((name) => `${folder}/${name}`));
  });
  const found = names.map((name) => files.find(kind, name)).find((path) => path !== undefined);
  if (found !== undefined) return [found];
  if (skip) return [];
  throw failure(
    `with_first_found found none of ${names.join(', ')}`,
    'Give "skip: true" to go on without one.',
  );
}
