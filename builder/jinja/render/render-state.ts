import type { Program } from '../syntax/ast.js';
import type { JinjaEnvironment } from '../python/jinja-environment.js';
import type { Frame } from './frame.js';
import type { LexOptions } from '../syntax/lex-options.js';
import { TemplateError } from '../template-error.js';

/** A template's text and its origin. */
export interface Source {
  readonly text: string;
  /** Name for messages; undefined for a value in a YAML file. */
  readonly name: string | undefined;
  /** Its file on this machine; other templates are searched next to it. */
  readonly path: string | undefined;
}

export interface LoadedTemplate {
  readonly source: Source;
  readonly program: Program;
}

export type RenderBlock = (frame: Frame) => string;

/** The shared state of one rendering. */
export interface RenderState {
  readonly environment: JinjaEnvironment;
  readonly options: LexOptions;
  /** A variable or global function; Undefined if there is neither. */
  resolve(name: string): unknown;
  /** Converts rendered text to a value: text, or the data that it looks like. */
  concat(text: string): unknown;
  /** Another template; undefined if there is none. */
  load(name: string, from: Source): LoadedTemplate | undefined;
  /** The same without variables, for imports without context. */
  isolated(): RenderState;
  /** The blocks by name, the overriding one first. */
  readonly blocks: Map<string, RenderBlock[]>;
  /** Results of filters such as to_json, which must stay text. */
  readonly texts: Set<string>;
}

/** There is no template of a name; `ignore missing` leaves it at that. */
export class MissingTemplate extends TemplateError {}
