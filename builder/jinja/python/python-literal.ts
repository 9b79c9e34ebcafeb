import { toFloat } from './float.js';
import { narrowed } from './limits.js';
import { dictOf, isInteger, number, tuple } from './python-value.js';

/** Python's `ast.literal_eval`, plus JSON's words; undefined if the text is no literal. */
export function pythonLiteral(text: string): unknown {
  const reader = new LiteralReader(text);
  try {
    const value = reader.value(0);
    return reader.atEnd() ? value : undefined;
  } catch {
    return undefined;
  }
}

const WORDS: Readonly<Record<string, unknown>> = {
  True: true,
  False: false,
  None: null,
  true: true,
  false: false,
  null: null,
};
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
};
const maxDepth = 90;

/** Resolves Python's escapes in a string's body; an unknown one keeps its backslash. @throws SyntaxError */
export function unescapeString(text: string): string {
  return text.replace(
    /\\(?:([0-7]{1,3})|x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8})|([^]|$))/gi,
    (all, ...[octal, x, u, long, one = '']: (string | undefined)[]) => {
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      if (all.startsWith('\\U') && long === undefined) throw new SyntaxError('truncated \\UXXXXXXXX escape');
      const hex = x ?? u ?? long;
      // The expression ignores case for the digits, but "\X", and "\U" with the digits of "\u", are no escapes.
      if (hex !== undefined && !(all.startsWith('\\X') || (u !== undefined && all.startsWith('\\U'))))
        return codePoint(Number.parseInt(hex, 16));
      if ('xuN'.includes(one) && one !== '')
        throw new SyntaxError(`the escape "\\${one}" is cut off, or not supported`);
      if (one === '') throw new SyntaxError('a backslash stands at the end');
      return Object.hasOwn(ESCAPES, one) ? (ESCAPES[one] ?? all) : all;
    },
  );
}

function codePoint(code: number): string {
  if (code > 0x10ffff) throw new SyntaxError('illegal Unicode character');
  return String.fromCodePoint(code);
}

class LiteralReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  atEnd(): boolean {
    return this.#match(/(?:\s|#.*)*/y) !== undefined && this.#at === this.#text.length;
  }

  value(depth: number): unknown {
    if (depth > maxDepth) throw new SyntaxError('too deep');
    this.#space();
    const next = this.#text[this.#at];
    if (next === '[') return this.#items(']', () => this.value(depth + 1)).items;
    if (next === '(') return this.#group(depth);
    if (next === '{') return dictOf(this.#items('}', () => this.#pair(depth + 1)).items);
    if (/[uU]?['"]/y.test(this.#text.slice(this.#at, this.#at + 2))) return this.#strings();
    const number = this.#number();
    if (number !== undefined) return number;
    const word = this.#match(/[A-Za-z_]\w*/y) ?? '';
    if (!Object.hasOwn(WORDS, word)) throw new SyntaxError('no literal');
    return WORDS[word];
  }

  #group(depth: number): unknown {
    const { items, commas } = this.#items(')', () => this.value(depth + 1));
    return items.length === 1 && commas === 0 ? items[0] : tuple(...items);
  }

  #pair(depth: number): [unknown, unknown] {
    const key = this.value(depth);
    this.#space();
    if (this.#match(/:/y) === undefined) throw new SyntaxError('no mapping');
    if (typeof key === 'object' && key !== null && !Array.isArray(key) && !isInteger(Number(key)))
      throw new SyntaxError('no key');
    return [key, this.value(depth)];
  }

  #items<T>(end: string, one: () => T): { items: T[]; commas: number } {
    const items: T[] = [];
    let commas = 0;
    this.#at++;
    for (;;) {
      this.#space();
      if (this.#text[this.#at] === end) {
        this.#at++;
        return { items, commas };
      }
      items.push(one());
      this.#space();
      if (this.#match(/,/y) !== undefined) commas++;
      else if (this.#text[this.#at] !== end) throw new SyntaxError('no list');
    }
  }

  #number(): unknown {
    const found = this.#match(
      /[-+]?(?:0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+|(?:\d(?:_?\d)*)?\.\d(?:_?\d)*(?:[eE][-+]?\d+)?|\d(?:_?\d)*(?:\.(?:[eE][-+]?\d+)?|[eE][-+]?\d+)?)/y,
    );
    if (found === undefined) return undefined;
    const sign = found.startsWith('-') ? -1 : 1;
    const digits = found.replace(/^[-+]/, '').replaceAll('_', '');
    if (/^0[xob]/i.test(digits)) return narrowed(BigInt(sign) * BigInt(digits));
    if (/[.eE]/.test(digits)) return toFloat(sign * Number(digits));
    if (/^0+[1-9]/.test(digits)) throw new SyntaxError('a leading zero');
    const whole = narrowed(BigInt(sign) * BigInt(digits));
    return typeof whole === 'number' ? number(whole) : whole;
  }

  #strings(): string {
    let value = '';
    for (;;) {
      this.#match(/[uU](?=['"])/y);
      const found = this.#match(/'(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*"/y);
      if (found === undefined) break;
      // Three quotes open a long string, which no value prints as.
      if (found.length === 2 && this.#text[this.#at] === found[0]) throw new SyntaxError('no string');
      value += unescapeString(found.slice(1, -1));
      this.#space();
      if (!/['"]/.test(this.#text[this.#at] ?? '')) return value;
    }
    throw new SyntaxError('no string');
  }

  #space(): void {
    this.#match(/(?:\s|#.*)*/y);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}
