import type { MacroBody, Node, Statement, Target } from '../syntax/ast.js';
import type { Callable } from '../python/python-value.js';
import type { Names } from './evaluate.js';
import type { Frame } from './frame.js';
import type { LoadedTemplate } from './render-state.js';

/** What a loop goes over, and how many loops of the same statement it lies in. */
export interface LoopItems {
  readonly items: unknown;
  readonly depth: number;
}

/** What the statements of a template ask of the renderer that runs them. */
export interface Rendering {
  /** Whether what was put out last is text by a filter such as to_json. */
  stayedText: boolean;
  names(frame: Frame): Names;
  value(node: Node, frame: Frame): unknown;
  run(body: readonly Statement[], frame: Frame, out: string[]): void;
  /** The text that statements give, apart from what is printed. */
  captured(body: readonly Statement[], frame: Frame): string;
  concat(text: string): unknown;
  assign(target: Target, value: unknown, frame: Frame): void;
  filtered(node: Node, value: unknown, frame: Frame): unknown;
  loop(one: Statement & { t: 'for' }, outer: Frame, given: LoopItems): string;
  macro(body: MacroBody, outer: Frame): Callable;
  block(one: Statement & { t: 'block' }, frame: Frame): string;
  extend(template: Node, frame: Frame, out: string[]): void;
  load(template: Node, frame: Frame): LoadedTemplate;
  other(loaded: LoadedTemplate, frame: Frame | undefined): { text: string; set: Frame };
  note(value: unknown, node: Node): void;
}
