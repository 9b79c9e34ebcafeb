import { Alias, type Node, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { BuilderError } from '../errors.js';
import type { WrappingTag } from './yaml-schema.js';

/** Offsets in the text of a value and its key. */
export interface Place {
  readonly key: number;
  readonly value: number;
}

export type Places = ReadonlyMap<string | number, Place>;

export const MAX_PROBLEMS = 20;
const MAX_DEPTH = 100;
/** More than real files need, and still quick to template. */
const MAX_EXPANDED = 200_000;

/** Makes an error from a message, an offset and a hint. */
export type Fail = (message: string, offset: number, hint?: string) => BuilderError;

/** Converts a scalar's text, with its offset. */
export type OfText = (text: string, offset: number) => unknown;

/** Converts nodes to plain data, and records the places of all values. */
export class Conversion {
  readonly places = new WeakMap<object, Places>();
  readonly problems: BuilderError[] = [];
  readonly #fail: Fail;
  readonly #wrappings: Readonly<Record<string, WrappingTag>>;
  readonly #placed: Readonly<Record<string, OfText>>;
  readonly #anchors = new Map<string, { value: unknown; size: number }>();
  #size = 0;
  #tooLarge = false;

  constructor(
    fail: Fail,
    wrappings: Readonly<Record<string, WrappingTag>> = {},
    placed: Readonly<Record<string, OfText>> = {},
  ) {
    this.#fail = fail;
    this.#wrappings = wrappings;
    this.#placed = placed;
  }

  convert(node: unknown, depth: number): unknown {
    if (node instanceof Alias) return this.#alias(node);
    if (!(node instanceof Scalar || node instanceof YAMLMap || node instanceof YAMLSeq)) return null;
    if (depth > MAX_DEPTH) return this.#problem('This is nested too deeply', node);
    const before = this.#size++;
    const bare = node instanceof Scalar ? this.#scalar(node) : this.#collection(node, depth);
    const value = this.#wrapped(bare, node);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, { value, size: this.#size - before });
    return value;
  }

  #scalar(node: Scalar): unknown {
    const ofText = node.tag === undefined ? undefined : this.#placed[node.tag];
    return ofText === undefined ? node.value : ofText(String(node.value), offsetOf(node, 0));
  }

  #wrapped(value: unknown, node: Node): unknown {
    const key = node.tag === undefined ? undefined : this.#wrappings[node.tag]?.key;
    if (key === undefined) return value;
    const offset = offsetOf(node, 0);
    const wrapper = { [key]: value };
    this.places.set(wrapper, new Map([[key, { key: offset, value: offset }]]));
    return wrapper;
  }

  #collection(node: YAMLMap | YAMLSeq, depth: number): unknown {
    return node instanceof YAMLMap ? this.#map(node, depth) : this.#seq(node, depth);
  }

  #alias(node: Alias): unknown {
    const target = this.#anchors.get(node.source);
    if (!target) return this.#problem(`There is no anchor &${node.source} before this alias`, node);
    this.#size += target.size;
    if (this.#size > MAX_EXPANDED && !this.#tooLarge) {
      this.#tooLarge = true;
      this.#problem('The aliases of this file expand to too much', node);
    }
    return target.value;
  }

  #seq(node: YAMLSeq, depth: number): unknown[] {
    const places = new Map<number, Place>();
    const values = node.items.map((item, index) => {
      const offset = offsetOf(item, offsetOf(node, 0));
      places.set(index, { key: offset, value: offset });
      return this.convert(item, depth + 1);
    });
    this.places.set(values, places);
    return values;
  }

  #map(node: YAMLMap, depth: number): Record<string, unknown> {
    const own = new Map<string, unknown>();
    const merged: unknown[] = [];
    const places = new Map<string, Place>();
    for (const { key: keyNode, value: valueNode } of node.items) {
      const at = offsetOf(keyNode, offsetOf(node, 0));
      const value = this.convert(valueNode, depth + 1);
      if (isMergeKey(keyNode)) {
        merged.push(...this.#mergeSources(value, keyNode as Node));
        continue;
      }
      const key = this.#key(keyNode, at);
      if (key === undefined) continue;
      if (own.has(key)) this.#problem(`"${key}" is given twice`, keyNode as Node);
      own.set(key, value);
      places.set(key, { key: at, value: offsetOf(valueNode, at) });
    }
    return this.#assemble(own, merged, places);
  }

  /** Merged keys come first, and the mapping's own keys override them, as in PyYAML. */
  #assemble(
    own: Map<string, unknown>,
    merged: unknown[],
    places: Map<string, Place>,
  ): Record<string, unknown> {
    const values = new Map<string, unknown>();
    for (const source of merged.toReversed() as Record<string, unknown>[])
      for (const [key, value] of Object.entries(source)) {
        values.set(key, value);
        const place = this.places.get(source)?.get(key);
        if (place && !own.has(key)) places.set(key, place);
      }
    for (const [key, value] of own) values.set(key, value);
    const object = Object.fromEntries(values);
    this.places.set(object, places);
    return object;
  }

  #mergeSources(value: unknown, node: Node): object[] {
    const sources: unknown[] = Array.isArray(value) ? value : [value];
    const maps = sources.filter(isMapping);
    if (maps.length < sources.length) this.#problem('Only mappings can be merged with "<<"', node);
    return maps;
  }

  #key(node: unknown, offset: number): string | undefined {
    const value = node instanceof Alias ? this.#alias(node) : node instanceof Scalar ? node.value : node;
    if (typeof value === 'string' && value !== '__proto__') return value;
    if (typeof value === 'boolean') return value ? 'True' : 'False';
    if (typeof value === 'number') return String(value);
    const braces = node instanceof YAMLMap && node.flow === true;
    const hint = braces ? 'Put quotes around the whole value when it begins with "{{".' : undefined;
    this.problems.push(this.#fail("This can't be a key: keys are plain names", offset, hint));
    return undefined;
  }

  #problem(message: string, node: Node): null {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(this.#fail(message, offsetOf(node, 0)));
    return null;
  }
}

function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isMergeKey(node: unknown): boolean {
  return node instanceof Scalar && node.value === '<<' && node.type === 'PLAIN';
}

function offsetOf(node: unknown, otherwise: number): number {
  return (node as Partial<Node> | null)?.range?.[0] ?? otherwise;
}
