import type { Mapping } from './python-value.js';

/** What of this machine lookups may use. */
export interface LookupHost {
  readFile(path: string): string;
  env(name: string): string | undefined;
  find(kind: 'files' | 'templates' | 'vars', name: string): string | undefined;
  /** The names in a folder, sorted; without it, there is no fileglob. */
  names?(folder: string): string[];
  /** What a path is; undefined where nothing is there. Without it, tests such as `is file` are refused. */
  kind?(path: string): 'file' | 'folder' | 'other' | undefined;
}

/** What filters, tests and lookups may use of the template that they stand in. */
export interface JinjaEnvironment {
  readonly host: LookupHost;
  filter(name: string, value: unknown, args: unknown[], named: Mapping): unknown;
  test(name: string, value: unknown, args: unknown[], named: Mapping): boolean;
  /** `of[key]`, then `of.key`, as Jinja reads brackets. */
  item(of: unknown, key: unknown): unknown;
  /** A value with its templates rendered. */
  template(value: unknown): unknown;
  /** A file's text rendered, with more variables. */
  renderFile(path: string, variables: Mapping, options: Mapping): unknown;
  /** A variable, templated; undefined where there is none. */
  variable(name: string): unknown;
  variableNames(): Iterable<string>;
}

/** A filter: its parameters (see `bind`) and what it does with the value and them. */
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

/** An object of a template's own with attributes, which may be called: `loop`, an imported template. */
export abstract class TemplateObject {
  abstract attribute(name: string): unknown;
  call?(args: unknown[], named: Mapping): unknown;
}
