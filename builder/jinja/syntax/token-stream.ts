import type { Use } from './ast.js';
import type { Token } from './lexer.js';
import { TemplateSyntaxError, placeAt } from '../template-error.js';

const MAX_DEPTH = 100;

/** The tokens of one template, read one by one. */
export class TokenStream {
  readonly uses: Use[] = [];
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  get now(): Token {
    return this.#tokens[this.#at] ?? { kind: 'eof', value: '', at: this.#text.length };
  }

  look(): Token | undefined {
    return this.#tokens[this.#at + 1];
  }

  next(): Token {
    const token = this.now;
    this.#at++;
    return token;
  }

  is(value: string, kind: Token['kind'] = 'op'): boolean {
    return this.now.kind === kind && this.now.value === value;
  }

  isWord(...words: string[]): boolean {
    return this.now.kind === 'name' && words.includes(this.now.value);
  }

  take(value: string, kind: Token['kind'] = 'op'): boolean {
    if (!this.is(value, kind)) return false;
    this.#at++;
    return true;
  }

  takeWord(word: string): boolean {
    return this.take(word, 'name');
  }

  need(kind: Token['kind'], value?: string): Token {
    const token = this.now;
    if (token.kind !== kind || (value !== undefined && token.value !== value))
      this.fail(`expected ${value === undefined ? NAMES[kind] : `"${value}"`}, but found ${this.shown()}`);
    return this.next();
  }

  shown(): string {
    const { kind, value } = this.now;
    return value === '' || kind === 'data' ? NAMES[kind] : `"${value}"`;
  }

  fail(message: string, at = this.now.at): never {
    throw new TemplateSyntaxError(
      `The template is not valid: ${message}`,
      undefined,
      placeAt(this.#text, at),
    );
  }

  /** Runs a recursive part of the parser. */
  nested<T>(parse: () => T): T {
    if (++this.#depth > MAX_DEPTH) this.fail('it is nested too deeply');
    const result = parse();
    this.#depth--;
    return result;
  }
}

const NAMES: Readonly<Record<Token['kind'], string>> = {
  data: 'text',
  open: 'an opening mark',
  close: 'the closing mark',
  begin: 'a block',
  end: 'the end of the block',
  name: 'a name',
  string: 'a string',
  number: 'a number',
  op: 'an operator',
  eof: 'the end of the template',
};
