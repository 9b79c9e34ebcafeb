import type { MacroBody, Node, Statement, Target } from '../syntax/ast.js';
import type { Callable } from '../python/python-value.js';
import type { Names } from './evaluate.js';
import type { Frame } from './frame.js';
import type { LoadedTemplate } from './render-state.js';

/** The items of a loop, and the depth of its recursion. */
export interface LoopItems {
  readonly items: unknown;
  readonly depth: number;
}

/** The renderer, as statements use it. */
export interface Rendering {
  /** Whether the last output is the text of a filter such as to_json. */
  stayedText: boolean;
  names(frame: Frame): Names;
  value(node: Node, frame: Frame): unknown;
  run(body: readonly Statement[], frame: Frame, out: string[]): void;
  /** The output of a body, without printing it. */
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
