import type { FilterTable } from '../python/jinja-environment.js';
import { pythonRegex, replacement } from '../python/python-regex.js';
import { type Mapping, isTrue, str, text, tuple } from '../python/python-value.js';
import { TemplateError } from '../template-error.js';

const flags = (ignoreCase: unknown, multiline: unknown): { ignoreCase: boolean; multiline: boolean } => ({
  ignoreCase: isTrue(ignoreCase ?? false),
  multiline: isTrue(multiline ?? false),
});

/** The match, or the groups that `\1` and `\g<name>` select. */
function search(value: string, pattern: string, wanted: unknown[], named: Mapping): unknown {
  const unknownName = Object.keys(named).find((name) => name !== 'ignorecase' && name !== 'multiline');
  if (unknownName !== undefined) throw new TemplateError(`"regex_search" has no parameter "${unknownName}"`);
  const groups = wanted.map((one) => {
    const [, name, index] = /^\\(?:g<(\S+)>|(\d+))/.exec(text(one)) ?? [];
    return name ?? index ?? unknownGroup(text(one));
  });
  const match = pythonRegex(pattern, flags(named['ignorecase'], named['multiline'])).exec(value);
  if (!match) return null;
  if (groups.length === 0) return match[0];
  return groups.map((group) => {
    const numbered = /^\d+$/.test(group);
    const found = numbered ? Number(group) < match.length : Object.hasOwn(match.groups ?? {}, group);
    if (!found) throw new TemplateError(`The regular expression has no group "${group}": ${pattern}`);
    return (numbered ? match[Number(group)] : match.groups?.[group]) ?? null;
  });
}

function unknownGroup(given: string): never {
  throw new TemplateError(`"regex_search" takes groups such as "\\\\1", but got "${given}"`);
}

function findAll(value: string, pattern: RegExp): unknown[] {
  return [...value.matchAll(pattern)].map((match) => {
    const groups = match.slice(1).map((group) => group ?? '');
    return groups.length > 1 ? tuple(...groups) : (groups[0] ?? match[0]);
  });
}

/** Python's `re.escape`. */
const escapeRegex = (value: string): string => value.replace(/[-\\^$.*+?()[\]{}|&~#\t\n\v\f\r ]/g, '\\$&');

/** Ansible's filters of regular expressions. */
export const regexFilters: FilterTable = {
  regex_escape: [
    're_type?',
    (value, [kind = 'python']) => {
      if (kind === 'python') return escapeRegex(str(value));
      if (kind === 'posix_basic') return str(value).replace(/[[\].^$*\\]/g, '\\$&');
      throw new TemplateError(`"regex_escape" has no type "${str(kind)}"`, 'It has python and posix_basic.');
    },
  ],
  regex_findall: [
    'regex multiline? ignorecase?',
    (value, [pattern, multiline, ignoreCase]) =>
      findAll(str(value), pythonRegex(text(pattern), flags(ignoreCase, multiline))),
  ],
  regex_replace: [
    'pattern? replacement? ignorecase? multiline?',
    (value, [pattern = '', to = '', ignoreCase, multiline]) => {
      const template = text(to);
      const regex = pythonRegex(text(pattern), flags(ignoreCase, multiline));
      const source = str(value);
      let out = '';
      let at = 0;
      for (const match of source.matchAll(regex)) {
        out += source.slice(at, match.index) + replacement(template, match);
        at = match.index + match[0].length;
      }
      return out + source.slice(at);
    },
  ],
  regex_search: [
    'regex *args **named',
    (value, [pattern, args, named]) => search(str(value), text(pattern), args as unknown[], named as Mapping),
  ],
};
