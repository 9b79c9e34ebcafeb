import { Float, floatText } from './float.js';
import { Undefined, dictOf, entriesOf, isDict, repr, typeName, type Dict } from './python-value.js';
import { toFloat } from './float.js';
import { narrowed } from './limits.js';
import { TemplateError } from '../template-error.js';

export interface JsonOptions {
  /** Undefined for a single line. */
  readonly indent?: string | undefined;
  readonly sortKeys?: boolean;
  readonly ascii?: boolean;
  readonly separators?: readonly [string, string] | undefined;
}

const MAX_DEPTH = 200;

/** Writes JSON like Python's `json.dumps`. @throws TemplateError for values without a JSON form */
export function toJson(value: unknown, options: JsonOptions = {}): string {
  return new Writer(options).write(value, 0);
}

class Writer {
  readonly #options: JsonOptions;
  readonly #comma: string;
  readonly #colon: string;

  constructor(options: JsonOptions) {
    this.#options = options;
    [this.#comma, this.#colon] = options.separators ?? [options.indent === undefined ? ', ' : ',', ': '];
  }

  write(value: unknown, depth: number): string {
    if (depth > MAX_DEPTH) throw new TemplateError('This value is nested too deeply for JSON');
    if (value === null || value === undefined) return 'null';
    if (typeof value === 'string') return this.#text(value);
    if (typeof value === 'boolean') return String(value);
    if (typeof value === 'number' && !Number.isInteger(value)) return this.#float(value);
    if (typeof value === 'number' || typeof value === 'bigint') return String(value);
    if (value instanceof Float) return value.toString();
    if (value instanceof Undefined) return value.fail();
    if (Array.isArray(value))
      return this.#wrap(
        '[',
        value.map((item) => this.write(item, depth + 1)),
        ']',
        depth,
      );
    if (isDict(value)) return this.#wrap('{', this.#pairs(value, depth), '}', depth);
    throw new TemplateError(`A value of type ${typeName(value)} can not be written as JSON`);
  }

  #float(value: number): string {
    if (Number.isNaN(value)) return 'NaN';
    return Number.isFinite(value) ? floatText(value) : value > 0 ? 'Infinity' : '-Infinity';
  }

  #pairs(dict: Dict, depth: number): string[] {
    const entries = entriesOf(dict);
    if (this.#options.sortKeys) entries.sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1));
    return entries.map(
      ([key, item]) => this.#text(this.#key(key)) + this.#colon + this.write(item, depth + 1),
    );
  }

  #key(key: unknown): string {
    if (typeof key === 'string') return key;
    if (key === null || typeof key === 'boolean') return String(key);
    if (Array.isArray(key)) throw new TemplateError('The keys of JSON must be strings');
    return repr(key);
  }

  #wrap(open: string, parts: string[], close: string, depth: number): string {
    const { indent } = this.#options;
    if (parts.length === 0) return open + close;
    if (indent === undefined) return open + parts.join(this.#comma) + close;
    const pad = `\n${indent.repeat(depth + 1)}`;
    return `${open}${pad}${parts.join(this.#comma + pad)}\n${indent.repeat(depth)}${close}`;
  }

  #text(value: string): string {
    const quoted = JSON.stringify(value);
    if (this.#options.ascii === false) return quoted;
    return quoted.replace(/[\u007f-\uffff]/g, (c) =>
      c === '\u007f' ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  }
}

/** Reads JSON like Python, with distinct ints and floats. @throws TemplateError with the place */
export function fromJson(source: string): unknown {
  const reader = new Reader(source);
  const value = reader.value(0);
  reader.end();
  return value;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(source: string) {
    this.#text = source;
  }

  end(): void {
    this.#take(/[ \t\n\r]*/y);
    if (this.#at < this.#text.length) this.#fail('something follows the end');
  }

  #fail(message: string): never {
    const before = this.#text.slice(0, this.#at).split('\n');
    throw new TemplateError(
      `This is not valid JSON: ${message} (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`,
    );
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  value(depth: number): unknown {
    if (depth > MAX_DEPTH) this.#fail('it is nested too deeply');
    this.#take(/[ \t\n\r]*/y);
    if (this.#take(/\[/y)) return this.#items(']', () => this.value(depth + 1));
    if (this.#take(/\{/y)) return dictOf(this.#items('}', () => this.#pair(depth + 1)));
    const number = this.#take(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y);
    if (number !== undefined)
      return /[.eE]/.test(number) ? toFloat(Number(number)) : narrowed(BigInt(number));
    if (this.#text[this.#at] === '"') return this.#string();
    const word = this.#take(/true|false|null|NaN|-?Infinity/y);
    const words: Readonly<Record<string, unknown>> = {
      true: true,
      false: false,
      null: null,
      NaN,
      Infinity,
      '-Infinity': -Infinity,
    };
    return word === undefined ? this.#fail('a value is expected') : words[word];
  }

  #items<T>(close: string, one: () => T): T[] {
    const items: T[] = [];
    this.#take(/[ \t\n\r]*/y);
    if (this.#text[this.#at] === close) {
      this.#at++;
      return items;
    }
    for (;;) {
      items.push(one());
      this.#take(/[ \t\n\r]*/y);
      const mark = this.#text[this.#at];
      if (mark !== ',' && mark !== close) this.#fail(`"," or "${close}" is expected`);
      this.#at++;
      if (mark === close) return items;
    }
  }

  #pair(depth: number): [string, unknown] {
    this.#take(/[ \t\n\r]*/y);
    const key =
      this.#text[this.#at] === '"' ? this.#string() : this.#fail('a key in double quotes is expected');
    this.#take(/[ \t\n\r]*/y);
    if (!this.#take(/:/y)) this.#fail('":" is expected');
    return [key, this.value(depth)];
  }

  #string(): string {
    const found =
      this.#take(/"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y) ??
      this.#fail('a string is not valid');
    return JSON.parse(found) as string;
  }
}
