import { basename, dirname } from 'node:path';
import type { JinjaEnvironment } from '../python/jinja-environment.js';
import { pythonRegex } from '../python/python-regex.js';
import { sequenceItems } from './sequence-lookup.js';
import {
  type Mapping,
  Undefined,
  dictOf,
  entriesOf,
  isDict,
  isTrue,
  list,
  str,
  text,
  tuple,
} from '../python/python-value.js';
import { TemplateError } from '../template-error.js';
import { nearestName } from '../../nearest-name.js';

type Lookup = (terms: unknown[], options: Mapping, environment: JinjaEnvironment) => unknown[];

function fileText(kind: 'files' | 'templates', name: string, environment: JinjaEnvironment): string {
  return environment.host.readFile(needed(kind, name, environment));
}

function needed(kind: 'files' | 'templates', name: string, { host }: JinjaEnvironment): string {
  const path = host.find(kind, name);
  if (path === undefined)
    throw new TemplateError(
      `There is no file "${name}" for the lookup`,
      `Looked for in the role's and the playbook's folder "${kind}".`,
    );
  return path;
}

function file(
  terms: unknown[],
  { lstrip = false, rstrip = true }: Mapping,
  environment: JinjaEnvironment,
): unknown[] {
  return terms.map((term) => {
    const content = fileText('files', text(term), environment);
    const left = isTrue(lstrip) ? content.trimStart() : content;
    return isTrue(rstrip) ? left.trimEnd() : left;
  });
}

/** Files that match patterns (Python's fnmatch); only the last part of a path may be a pattern. */
function fileGlob(terms: unknown[], _: Mapping, { host }: JinjaEnvironment): unknown[] {
  return terms.flatMap((term) => {
    if (!host.names || !host.kind) throw new TemplateError('The lookup "fileglob" is not supported here');
    const pattern = text(term);
    const folder = pattern.includes('/') ? host.find('files', dirname(pattern)) : host.find('files', '.');
    if (folder === undefined) return [];
    const matches = globRegex(basename(pattern));
    return host
      .names(folder)
      .filter((name) => (pattern.startsWith('.') || !name.startsWith('.')) && matches.test(name))
      .map((name) => `${folder}/${name}`)
      .filter((path) => host.kind?.(path) === 'file');
  });
}

function globRegex(pattern: string): RegExp {
  const body = pattern.replace(/\[!?[^\]]*\]|[*?]|[\\^$.+(){}|[\]]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    return part.length > 1 ? part.replace('[!', '[^') : `\\${part}`;
  });
  return pythonRegexOrNone(`^${body}$`);
}

const pythonRegexOrNone = (source: string): RegExp => new RegExp(pythonRegex(source).source, 'u');

const chopped = (value: unknown, marks: RegExp): string[] =>
  (Array.isArray(value) ? (value as unknown[]) : [value])
    .flatMap((one) => str(one).split(marks))
    .filter((one) => one !== '');

function firstFound(terms: unknown[], options: Mapping, { host }: JinjaEnvironment): unknown[] {
  let skip = isTrue(options['skip'] ?? false);
  const names: string[] = [];
  const add = (files: unknown, paths: unknown): void => {
    const all = files === undefined ? [] : chopped(files, /[,;]/);
    const folders = paths === undefined ? [] : chopped(paths, /[,:;]/);
    if (folders.length === 0) names.push(...all);
    else
      for (const folder of folders)
        names.push(...(all.length === 0 ? [folder] : all.map((name) => `${folder}/${name}`)));
  };
  add(options['files'], options['paths']);
  for (const term of terms.flat() as unknown[]) {
    if (isDict(term)) {
      const given = Object.fromEntries(entriesOf(term)) as Mapping;
      skip = isTrue(given['skip'] ?? skip);
      add(given['files'], given['paths']);
    } else if (typeof term === 'string') add(term, options['paths']);
    else
      throw new TemplateError(
        'The lookup "first_found" takes only names, lists of names, and mappings with "files" and "paths"',
      );
  }
  for (const name of names) {
    const path = host.find('files', name) ?? host.find('templates', name) ?? host.find('vars', name);
    if (path !== undefined) return [path];
  }
  if (skip) return [];
  throw new TemplateError(
    `The lookup "first_found" found none of: ${names.join(', ')}`,
    'Give skip=True to go on without one.',
  );
}

function variables(terms: unknown[], options: Mapping, environment: JinjaEnvironment): unknown[] {
  return terms.map((term) => {
    const found = environment.variable(text(term));
    if (found !== undefined && !(found instanceof Undefined)) return found;
    if (Object.hasOwn(options, 'default')) return options['default'];
    return new Undefined(`No variable found with this name: ${text(term)}`).fail();
  });
}

const flat = (terms: unknown[]): unknown[] =>
  terms.flatMap((term) => (Array.isArray(term) ? (term as unknown[]) : [term]));

function pairsOf(term: unknown): unknown[] {
  if (!isDict(term)) throw new TemplateError('The lookup "dict" needs a mapping');
  return entriesOf(term).map(([key, value]) =>
    dictOf([
      ['key', key],
      ['value', value],
    ]),
  );
}

function product(terms: unknown[]): unknown[] {
  if (terms.length === 0) throw new TemplateError('The lookup "nested" needs at least one list');
  let rows: unknown[][] = [[]];
  for (const term of terms)
    rows = rows.flatMap((row) => flat([term]).map((value) => [...row, ...flat([value])]));
  return rows;
}

function together(terms: unknown[]): unknown[] {
  const lists = terms.map((term) => flat([term]));
  const length = Math.max(0, ...lists.map((one) => one.length));
  return Array.from({ length }, (_, index) => lists.map((one) => one[index] ?? null));
}

const refused =
  (name: string, hint: string): Lookup =>
  () => {
    throw new TemplateError(`The lookup "${name}" is not supported`, hint);
  };
const ask = 'It would give another image with every build; pass a variable instead.';

const lookups: Readonly<Record<string, Lookup>> = {
  dict: (terms) => flat(terms).flatMap(pairsOf),
  env: (terms, { default: otherwise = '' }, { host }) =>
    terms.map((term) => host.env(text(term).split(/\s+/)[0] ?? '') ?? otherwise),
  file,
  fileglob: fileGlob,
  first_found: firstFound,
  flattened: (terms) => terms.flat(Infinity),
  indexed_items: (terms) => flat(terms).map((item, index) => tuple(index, item)),
  items: flat,
  list: (terms) => terms,
  nested: product,
  cartesian: product,
  sequence: (terms) => terms.flatMap(sequenceItems),
  subelements: (terms, _, environment) => {
    const [source, path, flags] = terms;
    const skip =
      isDict(flags) &&
      isTrue(
        environment.item(flags, 'skip_missing') instanceof Undefined
          ? false
          : environment.item(flags, 'skip_missing'),
      );
    return list(environment.filter('subelements', source, [path, skip], {}));
  },
  template: (terms, options, environment) =>
    terms.map((term) => {
      const { template_vars: more = {}, ...rest } = options;
      return environment.renderFile(needed('templates', text(term), environment), more as Mapping, rest);
    }),
  together,
  unvault: (terms, _, environment) => terms.map((term) => fileText('files', text(term), environment)),
  varnames: (terms, _, environment) =>
    terms.flatMap((term) => {
      const pattern = pythonRegex(text(term));
      return [...environment.variableNames()].filter((name) => ((pattern.lastIndex = 0), pattern.test(name)));
    }),
  vars: variables,
  config: refused('config', 'There is no configuration of Ansible here.'),
  csvfile: refused('csvfile', 'Write the data as YAML.'),
  ini: refused('ini', 'Write the data as YAML.'),
  inventory_hostnames: refused('inventory_hostnames', 'There is no inventory.'),
  lines: refused('lines', 'A build runs no command on this machine; use lookup("file", …).'),
  password: refused('password', ask),
  pipe: refused('pipe', 'A build runs no command on this machine; use the module command.'),
  random_choice: refused('random_choice', 'Use the filter random with a seed.'),
  url: refused('url', 'Use the module get_url with a checksum.'),
};

/** Ansible's `lookup`: returns a list with `wantlist`, else joins strings with commas. */
export function lookup(
  given: string,
  terms: unknown[],
  named: Mapping,
  environment: JinjaEnvironment,
): unknown {
  const name = given.replace(/^ansible\.(?:builtin|legacy)\./, '');
  const found = Object.hasOwn(lookups, name) ? lookups[name] : undefined;
  if (!found) {
    const near = nearestName(name, Object.keys(lookups));
    throw new TemplateError(
      `There is no lookup "${given}"`,
      near === undefined ? undefined : `Did you mean "${near}"?`,
    );
  }
  const { wantlist = false, errors = 'strict', allow_unsafe: _unsafe, ...options } = named;
  let results: unknown[];
  try {
    results = found(
      terms.map((term) => environment.template(definite(term))),
      options,
      environment,
    );
  } catch (error) {
    if (!(error instanceof TemplateError) || errors === 'strict') throw error;
    return isTrue(wantlist) ? [] : null;
  }
  if (isTrue(wantlist) || results.length === 0) return results;
  if (results.every((one) => typeof one === 'string')) return results.join(',');
  return results.length === 1 ? results[0] : results;
}

/** @throws UndefinedVariableError if a part of the value is missing */
function definite(value: unknown): unknown {
  if (value instanceof Undefined) return value.fail();
  if (Array.isArray(value)) value.forEach(definite);
  else if (isDict(value)) for (const [, one] of entriesOf(value)) definite(one);
  return value;
}
