import type { Mapping } from './python-value.js';

/** Access of lookups to this machine. */
export interface LookupHost {
  readFile(path: string): string;
  env(name: string): string | undefined;
  find(kind: 'files' | 'templates' | 'vars', name: string): string | undefined;
  /** The names in a folder, sorted; fileglob needs it. */
  names?(folder: string): string[];
  /** The kind of a path; undefined if nothing is there. Tests such as `is file` need it. */
  kind?(path: string): 'file' | 'folder' | 'other' | undefined;
}

/** Everything that filters, tests and lookups may use of their template. */
export interface JinjaEnvironment {
  readonly host: LookupHost;
  filter(name: string, value: unknown, args: unknown[], named: Mapping): unknown;
  test(name: string, value: unknown, args: unknown[], named: Mapping): boolean;
  /** `of[key]`, then `of.key`, as for brackets in Jinja. */
  item(of: unknown, key: unknown): unknown;
  /** Renders the templates in a value. */
  template(value: unknown): unknown;
  /** Renders a file, with additional variables. */
  renderFile(path: string, variables: Mapping, options: Mapping): unknown;
  /** A templated variable; undefined if there is none. */
  variable(name: string): unknown;
  variableNames(): Iterable<string>;
}

/** A filter: its parameters (see `bind`) and its function of the value and these. */
export type Filter = readonly [
  string,
  (value: unknown, bound: unknown[], environment: JinjaEnvironment) => unknown,
];
export type FilterTable = Readonly<Record<string, Filter>>;

export type Test = readonly [
  string,
  (value: unknown, bound: unknown[], environment: JinjaEnvironment) => boolean,
];
export type TestTable = Readonly<Record<string, Test>>;

/** A built-in object with attributes that may be callable: `loop`, an imported template. */
export abstract class TemplateObject {
  abstract attribute(name: string): unknown;
  call?(args: unknown[], named: Mapping): unknown;
}
