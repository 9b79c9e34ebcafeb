import { toFloat } from './float.js';

/** What Python's `ast.literal_eval` makes of a list, mapping or boolean; undefined for a text that is none. */
export function pythonLiteral(text: string): unknown {
  const reader = new LiteralReader(text);
  try {
    const value = reader.value(0);
    return reader.atEnd() ? value : undefined;
  } catch {
    return undefined;
  }
}

const words: Readonly<Record<string, unknown>> = { True: true, False: false, None: null };
const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};
const maxDepth = 100;

class LiteralReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  atEnd(): boolean {
    return this.#match(/\s*/y) !== undefined && this.#at === this.#text.length;
  }

  value(depth: number): unknown {
    if (depth > maxDepth) throw new SyntaxError('too deep');
    this.#match(/\s*/y);
    const next = this.#text[this.#at];
    if (next === '[') return this.#items(']', () => this.value(depth + 1));
    if (next === '(') return this.#items(')', () => this.value(depth + 1));
    if (next === '{') return Object.fromEntries(this.#items('}', () => this.#pair(depth + 1)));
    if (next === "'" || next === '"') return this.#string();
    const number = this.#match(/-?\d+(\.\d*)?(e[-+]?\d+)?/y);
    if (number !== undefined) return /[.e]/.test(number) ? toFloat(Number(number)) : Number(number);
    const word = this.#match(/\w+/y) ?? '';
    if (!Object.hasOwn(words, word)) throw new SyntaxError('no literal');
    return words[word];
  }

  #pair(depth: number): [string, unknown] {
    const key = this.value(depth);
    if (this.#match(/\s*:/y) === undefined) throw new SyntaxError('no mapping');
    return [String(key), this.value(depth)];
  }

  #items<T>(end: string, one: () => T): T[] {
    const items: T[] = [];
    this.#at++;
    for (;;) {
      this.#match(/\s*/y);
      if (this.#text[this.#at] === end) {
        this.#at++;
        return items;
      }
      items.push(one());
      if (this.#match(/\s*,/y) === undefined && this.#text[this.#at] !== end)
        throw new SyntaxError('no list');
    }
  }

  #string(): string {
    const found = this.#match(/'(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*"/y);
    if (found === undefined) throw new SyntaxError('no string');
    return found
      .slice(1, -1)
      .replace(
        /\\x([0-9a-f]{2})|\\u([0-9a-f]{4})|\\([^])/gi,
        (all, two: string, four: string, one: string) =>
          one === undefined ? String.fromCharCode(Number.parseInt(two ?? four, 16)) : (escapes[one] ?? all),
      );
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}
