import { toFlag } from '../../modules/args.js';
import { BuilderError } from '../../errors.js';
import type { YamlPath } from '../../yaml/yaml.js';
import { keywordRule } from './keywords.js';
import {
  type Mapping,
  type Parsing,
  asList,
  isMapping,
  isVariableName,
  parseDirectives,
  refuseKeyword,
} from './parsing.js';
import { parseItems } from './parse-task.js';
import type { Item, Play, RoleEntry } from './play.js';

/** Parses the plays of a playbook. `file` is its absolute path. */
export function parsePlays(parsing: Parsing, file: string): Play[] {
  const { data } = parsing.document;
  if (!Array.isArray(data)) {
    parsing.problem(
      'A playbook is a list of plays',
      [],
      'Begin with "- hosts: all" and "roles:" or "tasks:" below it.',
    );
    return [];
  }
  return data.flatMap((raw: unknown, index): Play[] => {
    if (isMapping(raw)) return [parsePlay(parsing, raw, { path: [index], file })];
    parsing.problem('A play must be a mapping with "hosts" and "roles" or "tasks"', [index]);
    return [];
  });
}

function parsePlay(parsing: Parsing, raw: Mapping, place: { path: YamlPath; file: string }): Play {
  const { path } = place;
  for (const key of Object.keys(raw)) refuseKeyword(parsing, 'play', [...path, key]);
  const items = (key: string): Item[] => parseItems(parsing, raw[key], [...path, key]);
  return {
    ...parseDirectives(parsing, raw, path),
    path: place.file,
    varsFiles: asList(raw['vars_files']),
    roles: parseRoleEntries(parsing, raw['roles'], [...path, 'roles']),
    preTasks: items('pre_tasks'),
    tasks: items('tasks'),
    postTasks: items('post_tasks'),
    handlers: parseHandlers(parsing, raw['handlers'], [...path, 'handlers']),
    forceHandlers: parseFlag(parsing, raw, 'force_handlers', path),
  };
}

function parseFlag(parsing: Parsing, raw: Mapping, name: string, path: YamlPath): boolean {
  const value = raw[name] ?? false;
  const flag = toFlag(value);
  if (flag === undefined) parsing.problem(`${name} must be yes or no`, [...path, name]);
  return flag ?? false;
}

/** Handlers are tasks, never blocks: a block can't be notified. */
export function parseHandlers(parsing: Parsing, raw: unknown, path: YamlPath): Item[] {
  const items = parseItems(parsing, raw, path);
  for (const item of items)
    if (item.kind === 'block')
      parsing.problems.push(
        new BuilderError("A handler can't be a block", {
          code: 'invalid',
          origin: item.origin,
          hint: 'Name the tasks one by one, or use include_tasks.',
        }),
      );
  return items;
}

/** Parses `roles` of a play or `dependencies` of a role: names, or mappings with `role` and variables. */
export function parseRoleEntries(parsing: Parsing, raw: unknown, path: YamlPath): RoleEntry[] {
  return parsing.list(raw, path, 'A list of roles').flatMap((entry, index): RoleEntry[] => {
    const at = [...path, index];
    if (typeof entry === 'string') return [{ ...parseDirectives(parsing, {}, at), role: entry, params: {} }];
    const name = isMapping(entry) ? (entry['role'] ?? entry['name'] ?? entry['src']) : undefined;
    if (!isMapping(entry) || typeof name !== 'string') {
      parsing.problem('A role is a name, or a mapping with "role"', at);
      return [];
    }
    return [{ ...parseDirectives(parsing, entry, at), role: name, params: paramsOf(parsing, entry, at) }];
  });
}

const galaxyKeys = ['src', 'version', 'scm'];

function paramsOf(parsing: Parsing, entry: Mapping, path: YamlPath): Record<string, unknown> {
  const params: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(entry)) {
    const rule = keywordRule('role', key);
    if (rule !== undefined || galaxyKeys.includes(key)) continue;
    if (isVariableName(key)) params[key] = value;
    else parsing.keyProblem(`"${key}" can't be the name of a variable`, [...path, key]);
  }
  return params;
}
