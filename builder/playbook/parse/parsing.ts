import { BuilderError, type Origin } from '../../errors.js';
import type { SourceDocument, YamlPath } from '../../yaml/yaml.js';
import { type KeywordHolder, keywordHint, keywordRule } from './keywords.js';
import { type Directives, type SettingName, type Variables, settingNames } from './play.js';

export type Mapping = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Wraps a single value in a list; undefined and null become an empty list. */
export function asList(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** Collects the errors of one file during parsing, to report them all at once. */
export class Parsing {
  readonly document: SourceDocument;
  readonly problems: BuilderError[];

  constructor(document: SourceDocument, problems: BuilderError[]) {
    this.document = document;
    this.problems = problems;
  }

  origin(path: YamlPath): Origin {
    return this.document.originOf(path);
  }

  /** Reports a wrong value at `path`. */
  problem(message: string, path: YamlPath, hint?: string): void {
    this.problems.push(
      new BuilderError(message, { code: 'invalid', origin: this.document.originOf(path), hint }),
    );
  }

  /** Reports a wrong key, the last of `path`. */
  keyProblem(message: string, path: YamlPath, hint?: string): void {
    const origin = this.document.originOfKey(path);
    this.problems.push(new BuilderError(message, { code: 'invalid', origin, hint }));
  }

  mapping(value: unknown, path: YamlPath, what: string): Mapping {
    if (value === undefined || value === null) return {};
    if (isMapping(value)) return value;
    this.problem(`${what} must be a mapping (name: value)`, path);
    return {};
  }

  list(value: unknown, path: YamlPath, what: string): readonly unknown[] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value;
    this.problem(`${what} must be a list`, path);
    return [];
  }

  text(value: unknown, path: YamlPath, what: string): string | undefined {
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    this.problem(`${what} must be a string`, path);
    return undefined;
  }
}

/** Reports a keyword that is unknown or not supported. `more` are other allowed names, for the hint. */
export function refuseKeyword(
  parsing: Parsing,
  holder: KeywordHolder,
  path: YamlPath,
  more: () => Iterable<string> = () => [],
): void {
  const keyword = String(path.at(-1));
  const rule = keywordRule(holder, keyword);
  if (rule === 'used' || rule === 'ignored') return;
  if (rule !== undefined)
    parsing.keyProblem(`"${keyword}" is not supported`, path, `Use instead: ${rule.instead}.`);
  else parsing.keyProblem(`"${keyword}" is not known here`, path, keywordHint(holder, keyword, more()));
}

/** Parses the keywords common to plays, roles, blocks and tasks. */
export function parseDirectives(parsing: Parsing, raw: Mapping, path: YamlPath): Directives {
  const settings: Partial<Record<SettingName, unknown>> = {};
  for (const name of settingNames)
    if (raw[name] !== undefined && raw[name] !== null) settings[name] = raw[name];
  return {
    name: parsing.text(raw['name'], [...path, 'name'], 'name'),
    origin: parsing.origin(path),
    when: asList(raw['when']),
    tags: asList(raw['tags']).flatMap((tag) =>
      typeof tag === 'string' ? tag.split(',').map((one) => one.trim()) : [tag],
    ),
    vars: parseVariables(parsing, raw['vars'], [...path, 'vars']),
    environment: asList(raw['environment']),
    settings,
  };
}

/** Parses `vars`: a mapping, or a list of mappings; later ones win. */
export function parseVariables(parsing: Parsing, raw: unknown, path: YamlPath): Variables {
  const parts = Array.isArray(raw)
    ? raw.map((part: unknown, index) => parsing.mapping(part, [...path, index], 'Each of these variables'))
    : [parsing.mapping(raw, path, 'vars')];
  const variables: Variables = Object.assign({}, ...parts) as Variables;
  for (const name of Object.keys(variables))
    if (!isVariableName(name))
      parsing.keyProblem(
        `"${name}" can't be the name of a variable`,
        [...path, name],
        'Use letters, digits and "_".',
      );
  return variables;
}

export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}
