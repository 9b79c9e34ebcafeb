import {
  Alias,
  type Document,
  type Node,
  Scalar,
  type ScalarTag,
  YAMLMap,
  YAMLSeq,
  parseDocument,
} from 'yaml';
import { BuilderError, type Origin, SpecError } from './errors.js';
import { type YamlOptions, tagsOf } from './yaml-schema.js';

export type { YamlOptions };

/** A value's place in a document: keys and indexes from the top. */
export type YamlPath = readonly (string | number)[];

/** A YAML file as plain data that still knows where each part of it stands. */
export interface SourceDocument {
  readonly file: string;
  readonly text: string;
  /** Objects, arrays and scalars; null for an empty file. Not to be changed: anchors and their aliases share objects. */
  readonly data: unknown;
  /** Where the value at `path` stands; of a path that is not there, its nearest parent. */
  originOf(path: YamlPath): Origin;
  /** As `originOf`, of the key that names the value. */
  originOfKey(path: YamlPath): Origin;
}

interface Place {
  readonly key: number;
  readonly value: number;
}

type Places = ReadonlyMap<string | number, Place>;

const MAX_DEPTH = 100;
const MAX_LENGTH = 8 * 1024 * 1024;
/** More than any honest file says, and little enough to template. */
const MAX_EXPANDED = 200_000;
const MAX_PROBLEMS = 20;

/**
 * Parses one YAML document as PyYAML, and so Ansible, does (YAML 1.1: `0755` is octal, `yes` is true, `<<` merges).
 * Dates stay strings. Duplicate keys, unknown tags, excessive nesting and alias bombs are refused.
 * @throws SpecError with every problem of the text
 */
export function parseYaml(text: string, file: string, options: YamlOptions = {}): SourceDocument {
  const lines = lineStarts(text);
  const origin = (offset: number): Origin => originAt(file, lines, offset);
  const fail = (message: string, offset: number, hint?: string): BuilderError =>
    new BuilderError(message, { code: 'invalid', origin: origin(offset), hint });
  if (text.length > MAX_LENGTH) throw new SpecError([fail('This file is larger than 8 MB', 0)]);
  const document = compose(text, tagsOf(options), fail);
  const conversion = new Conversion(fail);
  const data = conversion.convert(document.contents, 0);
  if (conversion.problems.length > 0) throw new SpecError(conversion.problems);
  const top = document.contents?.range?.[0] ?? 0;
  const find = (path: YamlPath): Place => placeOf(conversion.places, data, path) ?? { key: top, value: top };
  return {
    file,
    text,
    data,
    originOf: (path) => origin(find(path).value),
    originOfKey: (path) => origin(find(path).key),
  };
}

/** The line that an origin points at, and a caret below it, for messages. Empty where the line does not exist. */
export function excerpt(text: string, origin: Origin): string {
  const line = text.split(/\r\n|\r|\n/, origin.line)[origin.line - 1];
  if (line === undefined) return '';
  const start = Math.max(0, origin.column - 100);
  const shown = line.slice(start, start + 160);
  const before = shown.slice(0, origin.column - 1 - start).replace(/[^\t]/g, ' ');
  const label = `  ${origin.line} | `;
  return `${label}${shown}\n${' '.repeat(label.length - 2)}| ${before}^`;
}

type Fail = (message: string, offset: number, hint?: string) => BuilderError;

function compose(text: string, tags: ScalarTag[], fail: Fail): Document.Parsed {
  let document: Document.Parsed;
  try {
    document = parseDocument(text, {
      version: '1.1',
      schema: 'failsafe',
      customTags: (base) => [...base, ...tags],
      prettyErrors: false,
      logLevel: 'error',
      uniqueKeys: false,
    });
  } catch (error) {
    // The library composes by recursion, and throws plain errors for a few impossible documents.
    const deep = error instanceof RangeError;
    throw new SpecError([fail(deep ? 'This is nested too deeply' : 'This is not valid YAML', 0)]);
  }
  const problems = [...document.errors, ...document.warnings].slice(0, MAX_PROBLEMS);
  if (problems.length > 0)
    throw new SpecError(
      problems.map(({ message, pos }) => fail(problemText(message), pos[0], hintFor(text, pos[0]))),
    );
  return document;
}

function problemText(message: string): string {
  if (message.includes('call stack')) return 'This is nested too deeply';
  if (message.includes('multiple documents'))
    return 'Only one document per file is allowed, and a second one begins here';
  const tag = /^Unresolved tag: (\S+)/.exec(message)?.[1];
  if (tag?.startsWith('tag:yaml.org,2002:')) return `The tag !!${tag.slice(18)} does not fit this value`;
  return tag === undefined ? message : `The tag ${tag} is not known`;
}

function hintFor(text: string, offset: number): string | undefined {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1).split('\n', 1)[0] ?? '';
  if (/\t/.test(/^\s*/.exec(line)?.[0] ?? '')) return 'Indent with spaces: YAML does not allow tabs there.';
  if (line.includes('{{')) return 'Put quotes around the whole value when it begins with "{{".';
  return undefined;
}

/** Turns nodes into plain data, noting where everything stood. */
class Conversion {
  readonly places = new WeakMap<object, Places>();
  readonly problems: BuilderError[] = [];
  readonly #fail: Fail;
  readonly #anchors = new Map<string, { value: unknown; size: number }>();
  #size = 0;
  #tooLarge = false;

  constructor(fail: Fail) {
    this.#fail = fail;
  }

  convert(node: unknown, depth: number): unknown {
    if (node instanceof Alias) return this.#alias(node);
    if (!(node instanceof Scalar || node instanceof YAMLMap || node instanceof YAMLSeq)) return null;
    if (depth > MAX_DEPTH) return this.#problem('This is nested too deeply', node);
    const before = this.#size++;
    const value = node instanceof Scalar ? node.value : this.#collection(node, depth);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, { value, size: this.#size - before });
    return value;
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

  /** Merged keys come first and give way to the map's own, as in PyYAML. */
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

function placeOf(places: WeakMap<object, Places>, data: unknown, path: YamlPath): Place | undefined {
  let place: Place | undefined;
  let value = data;
  for (const key of path) {
    const next = typeof value === 'object' && value !== null ? places.get(value)?.get(key) : undefined;
    if (next === undefined) return place;
    place = next;
    value = (value as Record<string | number, unknown>)[key];
  }
  return place;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 10 || (code === 13 && text.charCodeAt(index + 1) !== 10)) starts.push(index + 1);
  }
  return starts;
}

function originAt(file: string, starts: readonly number[], offset: number): Origin {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { file, line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
