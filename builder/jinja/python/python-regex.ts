import { TemplateError } from '../template-error.js';

export interface RegexFlags {
  readonly ignoreCase?: boolean;
  readonly multiline?: boolean;
  readonly dotAll?: boolean;
  /** For Python's patterns of bytes, which Ansible's modules use on files: `\w`, `\d` and `\s` match ASCII only. */
  readonly ascii?: boolean;
}

const MAX_CACHED = 500;
const cache = new Map<string, RegExp>();

/**
 * Translates a regular expression of Python's `re` to JavaScript, with the flags `gu`. The result is shared between calls:
 * set its `lastIndex` before `exec`.
 * @throws TemplateError if it is invalid, or has no equivalent in JavaScript
 */
export function pythonRegex(pattern: string, flags: RegexFlags = {}): RegExp {
  const key = JSON.stringify([pattern, flags]);
  let regex = cache.get(key);
  if (regex === undefined) {
    if (cache.size >= MAX_CACHED) cache.clear();
    regex = new Translator(pattern, flags).compile();
    cache.set(key, regex);
  }
  regex.lastIndex = 0;
  return regex;
}

const START = '(?<![^])';
const END = '(?![^])';

/** By the letter of the escape: outside of a class, and inside. */
type Classes = Readonly<Record<string, readonly [string, string]>>;

const CLASSES: Classes = {
  d: ['\\p{Nd}', '\\p{Nd}'],
  D: ['\\P{Nd}', '\\P{Nd}'],
  s: ['[\\s\\x1c-\\x1f]', '\\s\\x1c-\\x1f'],
  S: ['[^\\s\\x1c-\\x1f]', '\\S'],
  w: ['[\\p{L}\\p{N}_]', '\\p{L}\\p{N}_'],
  W: ['[^\\p{L}\\p{N}_]', '\\W'],
};

const ASCII_CLASSES: Classes = {
  d: ['[0-9]', '0-9'],
  D: ['[^0-9]', '\\D'],
  s: ['[ \\t-\\r]', ' \\t-\\r'],
  S: ['[^ \\t-\\r]', '\\x00-\\x08\\x0e-\\x1f\\x21-\\u{10ffff}'],
  w: ['[A-Za-z0-9_]', 'A-Za-z0-9_'],
  W: ['[^A-Za-z0-9_]', '\\W'],
};

const CONTROLS: Readonly<Record<string, string>> = {
  a: '\\x07',
  f: '\\f',
  n: '\\n',
  r: '\\r',
  t: '\\t',
  v: '\\v',
};

class Translator {
  readonly #source: string;
  #at = 0;
  #ignoreCase: boolean;
  #multiline: boolean;
  #dotAll: boolean;
  #classes: Classes;
  #verbose = false;

  constructor(source: string, flags: RegexFlags) {
    this.#source = source;
    this.#ignoreCase = flags.ignoreCase ?? false;
    this.#multiline = flags.multiline ?? false;
    this.#dotAll = flags.dotAll ?? false;
    this.#classes = flags.ascii ? ASCII_CLASSES : CLASSES;
  }

  compile(): RegExp {
    const inline = /^\(\?([aiLmsux]+)\)/.exec(this.#source);
    if (inline) {
      this.#at = inline[0].length;
      this.#ignoreCase ||= inline[1]?.includes('i') ?? false;
      this.#multiline ||= inline[1]?.includes('m') ?? false;
      this.#dotAll ||= inline[1]?.includes('s') ?? false;
      if (inline[1]?.includes('a')) this.#classes = ASCII_CLASSES;
      this.#verbose = inline[1]?.includes('x') ?? false;
    }
    let out = '';
    while (this.#at < this.#source.length) out += this.#next();
    try {
      return new RegExp(out, this.#ignoreCase ? 'giu' : 'gu');
    } catch (error) {
      return this.#fail((error as Error).message.replace(/^.*: /, ''));
    }
  }

  #fail(reason: string): never {
    throw new TemplateError(`This regular expression is not valid: ${this.#source} (${reason})`);
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#source);
    if (match) this.#at += match[0].length;
    return match;
  }

  #next(): string {
    if (this.#verbose && this.#take(/(?:\s|#.*)+/y)) return '';
    if (this.#source.startsWith('(?', this.#at)) return this.#group();
    const c = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0);
    if (c === '[') return this.#characterClass();
    if (c === '\\') return this.#escape(false);
    const quantifier = this.#take(/(?:[*+?]|\{\d+(?:,\d*)?\}|\{,\d+\})([?+]?)/y);
    if (quantifier) {
      if (quantifier[1] === '+') this.#fail('possessive quantifiers are not supported');
      return quantifier[0].replace('{,', '{0,');
    }
    this.#at += c.length;
    if (c === '^') return this.#multiline ? `(?:${START}|(?<=\\n))` : START;
    if (c === '$') return this.#multiline ? `(?=\\n|${END})` : `(?=\\n?${END})`;
    if (c === '.') return this.#dotAll ? '[^]' : '[^\\n]';
    return '{}]/'.includes(c) ? `\\${c}` : c;
  }

  #group(): string {
    if (this.#take(/\(\?#[^)]*\)/y)) return '';
    const named = this.#take(/\(\?P<([A-Za-z_]\w*)>/y);
    if (named) return `(?<${named[1]}>`;
    const back = this.#take(/\(\?P=([A-Za-z_]\w*)\)/y);
    if (back) return `\\k<${back[1]}>`;
    const plain = this.#take(/\(\?(?::|=|!|<=|<!)/y);
    if (plain) return plain[0];
    return this.#fail('this kind of group is not supported');
  }

  #characterClass(): string {
    this.#at++;
    const negated = this.#take(/\^/y) !== null;
    let out = '';
    while (this.#source[this.#at] !== ']' || out === '') {
      if (this.#at >= this.#source.length) this.#fail('a set of characters has no end');
      const c = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0);
      if (c === '\\') out += this.#escape(true);
      else {
        this.#at += c.length;
        const range = c === '-' && out !== '' && this.#source[this.#at] !== ']';
        out += range ? '-' : /[-[\]^/]/.test(c) ? `\\${c}` : c;
      }
    }
    this.#at++;
    return `[${negated ? '^' : ''}${out}]`;
  }

  #escape(inClass: boolean): string {
    const hex = this.#take(/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8}))/y);
    if (hex) return `\\u{${hex[1] ?? hex[2] ?? hex[3]}}`;
    const octal = this.#take(inClass ? /\\([0-7]{1,3})/y : /\\(0[0-7]{0,2}|[1-3][0-7]{2})/y);
    if (octal) return `\\u{${Number.parseInt(octal[1] ?? '0', 8).toString(16)}}`;
    const back = this.#take(/\\([1-9]\d?)/y);
    if (back) return inClass ? this.#fail('a group in a set of characters') : `(?:\\${back[1]})`;
    const c = this.#take(/\\([^])/uy)?.[1] ?? this.#fail('a backslash stands at the end');
    const known = Object.hasOwn(this.#classes, c) ? this.#classes[c] : undefined;
    if (known) return known[inClass ? 1 : 0];
    if (Object.hasOwn(CONTROLS, c)) return CONTROLS[c] ?? '';
    if (c === 'b') return inClass ? '\\x08' : '\\b';
    if (c === 'B' && !inClass) return '\\B';
    if (c === 'A' && !inClass) return START;
    if (c === 'Z' && !inClass) return END;
    if (/[A-Za-z]/.test(c)) return this.#fail(`"\\${c}" means nothing`);
    return /[-\\^$.*+?()[\]{}|/]/.test(c) ? `\\${c}` : c;
  }
}

/** The replacement of a match: expands `\1`, `\g<1>`, `\g<name>` and escapes of characters. */
export function replacement(template: string, match: RegExpMatchArray | RegExpExecArray): string {
  const group = (name: string): string => {
    const found = /^\d+$/.test(name) ? Number(name) < match.length : Object.hasOwn(match.groups ?? {}, name);
    if (!found)
      throw new TemplateError(`The regular expression has no group "${name}", which the replacement uses`);
    return (/^\d+$/.test(name) ? match[Number(name)] : match.groups?.[name]) ?? '';
  };
  return template.replace(
    /\\(?:g<([^>]*)>|(0[0-7]{0,2}|[1-3][0-7]{2})|([1-9]\d?)|([^]|$))/g,
    (all: string, ...[name, octal, digits, c = '']: (string | undefined)[]) => {
      if (name !== undefined) return group(name);
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      if (digits !== undefined) return group(digits);
      if (c === '\\') return '\\';
      const control: Readonly<Record<string, string>> = {
        a: '\x07',
        b: '\b',
        f: '\f',
        n: '\n',
        r: '\r',
        t: '\t',
        v: '\v',
      };
      if (Object.hasOwn(control, c)) return control[c] ?? '';
      if (/^(?:[A-Za-z]|)$/.test(c))
        throw new TemplateError(`The replacement "${template}" has a bad escape "${all}"`);
      return all;
    },
  );
}
