import type { LexOptions } from './lex-options.js';
import { TemplateSyntaxError, placeAt } from '../template-error.js';
import { unescapeString } from '../python/python-literal.js';

export interface Token {
  readonly kind: 'data' | 'open' | 'close' | 'begin' | 'end' | 'name' | 'string' | 'number' | 'op' | 'eof';
  readonly value: string;
  readonly at: number;
}

const SPACE = /\s+/y;
const FLOAT = /(?<!\.)(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?e[+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/iy;
const INTEGER = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy;
const NAME = /[\p{L}\p{N}\p{M}_]+/uy;
const STRING = /'(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*"/y;
const OPERATOR = /\/\/|\*\*|[=!<>]=|[-+*/%~<>=()[\]{}.,:;|]/y;

const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

interface Grammar {
  readonly tag: RegExp;
  readonly ends: Readonly<Record<'variable' | 'block' | 'comment', RegExp>>;
  readonly rawEnd: RegExp;
}

const grammars = new WeakMap<LexOptions, Grammar>();
const quoted = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** The regular expressions of jinja2/lexer.py for these marks. */
function grammarOf(options: LexOptions): Grammar {
  const known = grammars.get(options);
  if (known) return known;
  const block = [quoted(options.block_start_string), quoted(options.block_end_string)] as const;
  const trim = options.trim_blocks ? '\\n?' : '';
  const starts = (['comment', 'block', 'variable'] as const)
    .map((kind) => ({ kind, mark: options[`${kind}_start_string`] }))
    .sort((a, b) => b.mark.length - a.mark.length)
    .map(({ kind, mark }) => `(?<${kind}>${quoted(mark)})`);
  const end = (mark: string): RegExp => new RegExp(`\\+${mark}|-${mark}\\s*|${mark}${trim}`, 'y');
  const variable = quoted(options.variable_end_string);
  const comment = quoted(options.comment_end_string);
  const grammar: Grammar = {
    tag: new RegExp(
      `(?<raw>${block[0]}([-+]?)\\s*raw\\s*(?:-${block[1]}\\s*|${block[1]}))|(?:${starts.join('|')})([-+]?)`,
      'g',
    ),
    ends: {
      variable: new RegExp(`-${variable}\\s*|${variable}`, 'y'),
      block: end(block[1]),
      comment: new RegExp(`\\+${comment}|-${comment}\\s*|${comment}${trim}`, 'g'),
    },
    rawEnd: new RegExp(
      `${block[0]}([-+]?)\\s*endraw\\s*(?:\\+${block[1]}|-${block[1]}\\s*|${block[1]}${trim})`,
      'g',
    ),
  };
  grammars.set(options, grammar);
  return grammar;
}

/** Normalises newlines to `\n`, and removes the last one (jinja2/lexer.py, tokeniter). */
export function normalizeSource(text: string, keepTrailingNewline = false): string {
  const lines = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  return !keepTrailingNewline && lines.endsWith('\n') ? lines.slice(0, -1) : lines;
}

/**
 * Splits a template into tokens: data, `{{ }}` as open/close, `{% %}` as begin/end.
 * @param keepBackslashes don't resolve escapes in strings of `{{ }}`, like Ansible in YAML files
 * @throws TemplateSyntaxError
 */
export function lexTemplate(source: string, options: LexOptions, keepBackslashes = false): Token[] {
  return new Lexer(source, options, keepBackslashes).tokens();
}

class Lexer {
  readonly #tokens: Token[] = [];
  readonly #grammar: Grammar;
  #at = 0;
  #lineStarting = true;

  constructor(
    readonly text: string,
    readonly options: LexOptions,
    readonly keepBackslashes: boolean,
  ) {
    this.#grammar = grammarOf(options);
  }

  tokens(): Token[] {
    const { tag } = this.#grammar;
    for (;;) {
      tag.lastIndex = this.#at;
      const match = tag.exec(this.text);
      if (!match) break;
      const groups = match.groups ?? {};
      const raw = groups['raw'] !== undefined;
      const sign = (raw ? match[2] : match[6]) ?? '';
      this.#data(this.text.slice(this.#at, match.index), sign, groups['variable'] === undefined, this.#at);
      this.#at = match.index + match[0].length;
      this.#lineStarting = match[0].endsWith('\n');
      if (raw) this.#raw(match.index);
      else if (groups['comment'] !== undefined) this.#comment(match.index);
      else this.#inside(groups['variable'] === undefined ? 'block' : 'variable', match.index);
    }
    this.#push('data', this.text.slice(this.#at), this.#at);
    this.#tokens.push({ kind: 'eof', value: '', at: this.text.length });
    return this.#tokens;
  }

  #push(kind: Token['kind'], value: string, at: number): void {
    if (kind === 'data' && value === '') return;
    const { newline_sequence: newline } = this.options;
    const text = kind === 'data' && newline !== '\n' ? value.replaceAll('\n', newline) : value;
    this.#tokens.push({ kind, value: text, at });
  }

  /** Data before a tag, stripped according to the tag's sign and the options. */
  #data(text: string, sign: string, strippable: boolean, at: number): void {
    let data = text;
    if (sign === '-') data = text.trimEnd();
    else if (sign !== '+' && this.options.lstrip_blocks && strippable) {
      const start = text.lastIndexOf('\n') + 1;
      if ((start > 0 || this.#lineStarting) && /^\s+$/.test(text.slice(start))) data = text.slice(0, start);
    }
    this.#push('data', data, at);
  }

  #raw(tagAt: number): void {
    const { rawEnd } = this.#grammar;
    rawEnd.lastIndex = this.#at;
    const match = rawEnd.exec(this.text) ?? this.#fail('"endraw" is missing', tagAt);
    this.#data(this.text.slice(this.#at, match.index), match[1] ?? '', true, this.#at);
    this.#move(match.index + match[0].length);
  }

  #comment(tagAt: number): void {
    const end = this.#grammar.ends.comment;
    end.lastIndex = this.#at;
    const match = end.exec(this.text) ?? this.#fail('The comment has no end', tagAt);
    this.#move(match.index + match[0].length);
  }

  #move(to: number): void {
    this.#at = to;
    this.#lineStarting = this.text[to - 1] === '\n';
  }

  /** The tokens between the opening mark and the end of the closing one. */
  #inside(kind: 'variable' | 'block', tagAt: number): void {
    const open: string[] = [];
    const end = this.#grammar.ends[kind];
    this.#tokens.push({ kind: kind === 'variable' ? 'open' : 'begin', value: '', at: tagAt });
    while (this.#at < this.text.length) {
      end.lastIndex = this.#at;
      const close = open.length === 0 ? end.exec(this.text)?.[0] : undefined;
      if (close !== undefined) {
        this.#tokens.push({ kind: kind === 'variable' ? 'close' : 'end', value: '', at: this.#at });
        this.#move(this.#at + close.length);
        return;
      }
      this.#token(kind, open);
    }
    this.#fail(`"${this.options[`${kind}_end_string`]}" is missing`, tagAt);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.text)?.[0];
  }

  #token(kind: 'variable' | 'block', open: string[]): void {
    const at = this.#at;
    const space = this.#match(SPACE);
    if (space !== undefined) {
      this.#at += space.length;
      return;
    }
    const number = this.#match(FLOAT) ?? this.#match(INTEGER);
    const name = number === undefined ? this.#match(NAME) : undefined;
    const string = (number ?? name) === undefined ? this.#match(STRING) : undefined;
    const op = (number ?? name ?? string) === undefined ? this.#match(OPERATOR) : undefined;
    const found = number ?? name ?? string ?? op;
    if (found === undefined) this.#fail(`unexpected ${JSON.stringify(this.text[at])}`, at);
    this.#at += found.length;
    if (number !== undefined) this.#push('number', number.replaceAll('_', ''), at);
    else if (name !== undefined)
      this.#push('name', /^\d/.test(name) ? this.#fail(`unexpected ${name}`, at) : name, at);
    else if (string !== undefined) this.#push('string', this.#string(string, kind, at), at);
    else {
      this.#balance(found, open, at);
      this.#push('op', found, at);
    }
  }

  #string(source: string, kind: 'variable' | 'block', at: number): string {
    const inner = source.slice(1, -1);
    if (!inner.includes('\\')) return inner;
    if (kind === 'variable' && this.keepBackslashes) {
      // Ansible doubles the backslashes, so that this quote would end the string.
      if (/^(?:[^\\]|\\[^'"]|\\(?!['"]))*\\['"]/.test(inner) && new RegExp(`\\\\${source[0]}`).test(inner))
        this.#fail('a quote can not be escaped by a backslash here; use the other kind of quotes', at);
      return inner;
    }
    try {
      return unescapeString(inner);
    } catch (error) {
      return this.#fail((error as Error).message, at);
    }
  }

  #balance(op: string, open: string[], at: number): void {
    const closer = CLOSERS[op];
    if (closer !== undefined) open.push(closer);
    else if (')]}'.includes(op) && open.pop() !== op) this.#fail(`unexpected "${op}"`, at);
  }

  #fail(message: string, at: number): never {
    throw new TemplateSyntaxError(`The template is not valid: ${message}`, undefined, placeAt(this.text, at));
  }
}
