import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { z } from 'zod';
import type { Entry } from '../../tar/entry.js';
import type { TaskResult } from '../../plan/step.js';
import type { Json } from '../../json.js';
import { choice, flag, integer, list, moduleArgs, text } from '../args.js';
import { globPattern } from '../root/glob.js';
import { linesOf } from '../root/text-lines.js';
import type { ModuleContext } from '../module.js';
import { pathFacts } from '../root/path-facts.js';
import { pythonRegex } from '../../jinja/python/python-regex.js';
import { firstMatch } from '../root/module-regex.js';
import { defineModule, TaskFailure } from '../task-failure.js';

const noTimes = 'times in an image are the build epoch';

const args = moduleArgs(
  {
    paths: list,
    patterns: list.default([]),
    excludes: list.optional(),
    contains: text.optional(),
    read_whole_file: flag.default(false),
    file_type: choice('any', 'directory', 'file', 'link').default('file'),
    size: text.optional(),
    recurse: flag.default(false),
    hidden: flag.default(false),
    follow: flag.default(false),
    get_checksum: flag.default(false),
    use_regex: flag.default(false),
    depth: integer.optional(),
  },
  {
    aliases: { path: 'paths', name: 'paths', pattern: 'patterns', exclude: 'excludes' },
    refused: { age: noTimes, age_stamp: noTimes },
  },
);

type FindArgs = z.output<typeof args>;

/** `find`: paths by name, type, size and content (ansible/modules/find.py), sorted. */
export const find = defineModule<FindArgs>({ name: 'find', version: 1, kind: 'file', args, run: runFind });

function runFind(args: FindArgs, context: ModuleContext): TaskResult {
  const search = new Search(args, context);
  const skipped: Record<string, Json> = {};
  for (const path of args.paths) {
    if (context.root.stat(path)?.type === 'directory') search.walk(path.replace(/(.)\/+$/, '$1'), 1);
    else skipped[path] = `'${path}' is not a directory`;
  }
  const { files, examined } = search;
  const all = Object.keys(skipped).length === 0;
  const msg = all ? 'All paths examined' : 'Not all paths examined, check warnings for details';
  return { changed: false, files, matched: files.length, examined, msg, skipped_paths: skipped };
}

class Search {
  readonly files: Json[] = [];
  examined = 0;
  readonly #args: FindArgs;
  readonly #context: ModuleContext;
  readonly #nameMatches: (name: string) => boolean;
  readonly #sizeFits: (size: number) => boolean;

  constructor(args: FindArgs, context: ModuleContext) {
    this.#args = args;
    this.#context = context;
    this.#nameMatches = nameFilter(args);
    this.#sizeFits = sizeFilter(args.size);
  }

  walk(folder: string, depth: number): void {
    const { root } = this.#context;
    const { hidden, recurse, follow, depth: deepest } = this.#args;
    const names = root.readdir(folder);
    this.examined += names.length;
    if (deepest !== undefined && deepest !== 0 && depth > deepest) return;
    for (const name of names) {
      const path = posix.join(folder, name);
      const entry = root.lstat(path);
      if (entry !== undefined && (hidden || !name.startsWith('.')) && this.#fits(name, entry))
        this.files.push(this.#facts(path, entry));
      const inside = follow ? root.stat(path) : entry;
      if (recurse && inside?.type === 'directory') this.walk(path, depth + 1);
    }
  }

  #fits(name: string, entry: Entry): boolean {
    const { file_type } = this.#args;
    const wanted = { directory: 'directory', file: 'file', link: 'symlink', any: entry.type }[file_type];
    if (entry.type !== wanted || !this.#nameMatches(name)) return false;
    if (entry.type !== 'file') return true;
    if (!this.#sizeFits(entry.content?.slice.size ?? 0)) return false;
    return file_type === 'any' || this.#contains(entry.path);
  }

  #contains(path: string): boolean {
    const { contains, read_whole_file } = this.#args;
    if (contains === undefined) return true;
    const content = this.#context.root.read(path).toString();
    const pattern = pythonRegex(contains);
    if (read_whole_file) return firstMatch(pattern, content) !== null;
    return linesOf(content).some((line) => firstMatch(pattern, line)?.index === 0);
  }

  #facts(path: string, entry: Entry): Json {
    const { root, epoch } = this.#context;
    const sum = this.#args.get_checksum && entry.type === 'file' ? root.read(path) : undefined;
    const checksum = sum && { checksum: createHash('sha1').update(sum).digest('hex') };
    return { path, ...pathFacts(root, entry, epoch), ...checksum };
  }
}

function nameFilter({ patterns, excludes, use_regex }: FindArgs): (name: string) => boolean {
  // As re.match and fnmatch, both match from the start of the name.
  const compile = (text: string): RegExp => (use_regex ? pythonRegex(`(?:${text})`) : globPattern(text));
  const wanted = (patterns.length > 0 ? patterns : [use_regex ? '.*' : '*']).map(compile);
  const unwanted = (excludes ?? []).map(compile);
  const matches = (pattern: RegExp, name: string): boolean => firstMatch(pattern, name)?.index === 0;
  return (name) =>
    wanted.some((pattern) => matches(pattern, name)) && !unwanted.some((pattern) => matches(pattern, name));
}

const units: Readonly<Record<string, number>> = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

function sizeFilter(size: string | undefined): (size: number) => boolean {
  if (size === undefined) return () => true;
  const [, number, unit = 'b'] = /^(-?\d+)([bkmgt])?$/.exec(size.toLowerCase()) ?? [];
  if (number === undefined) throw new TaskFailure('failed to process size', { size });
  const limit = Math.abs(Number(number)) * (units[unit] ?? 1);
  return number.startsWith('-') ? (actual) => actual <= limit : (actual) => actual >= limit;
}
