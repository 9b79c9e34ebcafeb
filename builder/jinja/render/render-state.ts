import type { Program } from '../syntax/ast.js';
import type { JinjaEnvironment } from '../python/jinja-environment.js';
import type { Frame } from './frame.js';
import type { LexOptions } from '../syntax/lex-options.js';
import { TemplateError } from '../template-error.js';

/** A template's text and where it comes from. */
export interface Source {
  readonly text: string;
  /** As messages show it; undefined for a value of a YAML file. */
  readonly name: string | undefined;
  /** Its file on this machine, next to which others are looked for. */
  readonly path: string | undefined;
}

export interface LoadedTemplate {
  readonly source: Source;
  readonly program: Program;
}

export type RenderBlock = (frame: Frame) => string;

/** What all parts of one rendering share. */
export interface RenderState {
  readonly environment: JinjaEnvironment;
  readonly options: LexOptions;
  /** A variable or global function; Undefined where there is neither. */
  resolve(name: string): unknown;
  /** What a rendered part is as a value: text, or the data that it looks like. */
  concat(text: string): unknown;
  /** Another template; undefined where there is none. */
  load(name: string, from: Source): LoadedTemplate | undefined;
  /** The same without variables, for what is imported without context. */
  isolated(): RenderState;
  /** The blocks by name, the one that counts first. */
  readonly blocks: Map<string, RenderBlock[]>;
  /** Texts that a filter such as to_json made, which stay text. */
  readonly texts: Set<string>;
}

/** There is no template of a name; `ignore missing` leaves it at that. */
export class MissingTemplate extends TemplateError {}
