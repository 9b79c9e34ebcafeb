import { type LexOptions, type Token, lexExpression, lexTemplate } from './lexer.js';
import { TemplateSyntaxError, placeAt } from './template-error.js';

export interface Argument {
  readonly name: string | undefined;
  readonly value: Node;
}

export type Node =
  | { t: 'const'; value: unknown }
  | { t: 'text'; number: string }
  | { t: 'name'; name: string }
  | { t: 'list'; items: Node[] }
  | { t: 'dict'; items: [Node, Node][] }
  | { t: 'get'; of: Node; key: Node; dotted: boolean }
  | { t: 'slice'; of: Node; parts: (Node | undefined)[] }
  | { t: 'call'; of: Node; args: Argument[] }
  | { t: 'filter'; of: Node; name: string; args: Argument[] }
  | { t: 'test'; of: Node; name: string; args: Argument[] }
  | { t: 'unary'; op: string; of: Node }
  | { t: 'binary'; op: string; a: Node; b: Node }
  | { t: 'compare'; first: Node; rest: [string, Node][] }
  | { t: 'if'; when: Node; then: Node; otherwise: Node | undefined };

export type Statement =
  | { t: 'data'; text: string }
  | { t: 'print'; value: Node; at: number }
  | { t: 'when'; cases: [Node, Statement[]][]; otherwise: Statement[]; at: number }
  | {
      t: 'for';
      targets: string[];
      of: Node;
      filter: Node | undefined;
      body: Statement[];
      otherwise: Statement[];
      at: number;
    }
  | { t: 'set'; targets: string[]; value: Node | Statement[]; at: number };

const MAX_DEPTH = 100;
const BINARY: readonly (readonly string[])[] = [['~'], ['+', '-'], ['*', '/', '//', '%']];
const WORDS = new Map<string, unknown>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
]);

export function parseExpression(text: string): Node {
  const parser = new Parser(text, lexExpression(text));
  const node = parser.expression();
  parser.need('eof');
  return node;
}

export function parseTemplate(text: string, options: LexOptions): Statement[] {
  const parser = new Parser(text, lexTemplate(text, options));
  const body = parser.body([]);
  parser.need('eof');
  return body;
}

class Parser {
  #at = 0;
  #depth = 0;
  constructor(
    readonly text: string,
    readonly tokens: Token[],
  ) {}

  get now(): Token {
    return this.tokens[this.#at] ?? { kind: 'eof', value: '', at: this.text.length };
  }
  is(value: string, kind: Token['kind'] = 'op'): boolean {
    return this.now.kind === kind && this.now.value === value;
  }
  take(value: string, kind: Token['kind'] = 'op'): boolean {
    if (!this.is(value, kind)) return false;
    this.#at++;
    return true;
  }
  need(kind: Token['kind'], value?: string): Token {
    const token = this.now;
    if (token.kind !== kind || (value !== undefined && token.value !== value))
      this.fail(
        `expected ${value ?? kind}, but found ${token.value === '' ? token.kind : `"${token.value}"`}`,
      );
    this.#at++;
    return token;
  }
  fail(message: string): never {
    throw new TemplateSyntaxError(
      `The template is not valid: ${message}`,
      undefined,
      placeAt(this.text, this.now.at),
    );
  }
  nested<T>(parse: () => T): T {
    if (++this.#depth > MAX_DEPTH) this.fail('it is nested too deeply');
    const result = parse();
    this.#depth--;
    return result;
  }

  body(ends: readonly string[]): Statement[] {
    const body: Statement[] = [];
    for (;;) {
      const token = this.now;
      if (token.kind === 'text') body.push({ t: 'data', text: token.value });
      else if (token.kind === 'open') {
        this.#at++;
        const value = this.tuple();
        if (this.now.kind !== 'close') this.fail(`unexpected "${this.now.value}"`);
        body.push({ t: 'print', value, at: token.at });
      } else if (token.kind === 'begin') {
        if (ends.includes(this.tokens[this.#at + 1]?.value ?? '')) return body;
        this.#at++;
        body.push(this.nested(() => this.statement(token.at)));
        continue;
      } else return body;
      this.#at++;
    }
  }
  statement(at: number): Statement {
    const name = this.need('name').value;
    if (name === 'if') return this.when(at);
    if (name === 'for') return this.loop(at);
    if (name === 'set') return this.set(at);
    return this.fail(`the statement "${name}" is not supported`);
  }
  ending(word: string): void {
    this.need('begin');
    this.need('name', word);
    this.need('end');
  }
  when(at: number): Statement {
    const cases: [Node, Statement[]][] = [];
    let otherwise: Statement[] = [];
    do {
      const test = this.tuple();
      this.need('end');
      cases.push([test, this.body(['elif', 'else', 'endif'])]);
      this.need('begin');
    } while (this.take('elif', 'name'));
    if (this.take('else', 'name')) {
      this.need('end');
      otherwise = this.body(['endif']);
      this.need('begin');
    }
    this.need('name', 'endif');
    this.need('end');
    return { t: 'when', cases, otherwise, at };
  }
  targets(): string[] {
    const names = [this.need('name').value];
    while (this.take(',')) names.push(this.need('name').value);
    return names;
  }
  loop(at: number): Statement {
    const targets = this.targets();
    this.need('name', 'in');
    const of = this.or();
    const filter = this.take('if', 'name') ? this.expression() : undefined;
    this.need('end');
    const body = this.body(['else', 'endfor']);
    let otherwise: Statement[] = [];
    if (this.tokens[this.#at + 1]?.value === 'else') {
      this.ending('else');
      otherwise = this.body(['endfor']);
    }
    this.ending('endfor');
    return { t: 'for', targets, of, filter, body, otherwise, at };
  }
  set(at: number): Statement {
    const targets = this.targets();
    if (this.take('.')) targets[0] += `.${this.need('name').value}`;
    if (this.take('=')) {
      const value = this.tuple();
      this.need('end');
      return { t: 'set', targets, value, at };
    }
    this.need('end');
    const value = this.body(['endset']);
    this.ending('endset');
    return { t: 'set', targets, value, at };
  }

  tuple(): Node {
    const first = this.expression();
    if (!this.is(',')) return first;
    const items = [first];
    while (this.take(',') && !['close', 'end'].includes(this.now.kind)) items.push(this.expression());
    return { t: 'list', items };
  }
  expression(): Node {
    return this.nested(() => {
      let node = this.or();
      while (this.take('if', 'name')) {
        const when = this.or();
        node = {
          t: 'if',
          when,
          then: node,
          otherwise: this.take('else', 'name') ? this.expression() : undefined,
        };
      }
      return node;
    });
  }
  or(): Node {
    let node = this.and();
    while (this.take('or', 'name')) node = { t: 'binary', op: 'or', a: node, b: this.and() };
    return node;
  }
  and(): Node {
    let node = this.not();
    while (this.take('and', 'name')) node = { t: 'binary', op: 'and', a: node, b: this.not() };
    return node;
  }
  not(): Node {
    return this.take('not', 'name')
      ? this.nested(() => ({ t: 'unary', op: 'not', of: this.not() }))
      : this.comparison();
  }
  comparison(): Node {
    const first = this.binary(1);
    const rest: [string, Node][] = [];
    for (;;) {
      const { kind, value } = this.now;
      if (kind === 'op' && ['==', '!=', '<', '>', '<=', '>='].includes(value)) this.#at++;
      else if (kind === 'name' && value === 'in') this.#at++;
      else if (kind === 'name' && value === 'not' && this.tokens[this.#at + 1]?.value === 'in') this.#at += 2;
      else return rest.length === 0 ? first : { t: 'compare', first, rest };
      rest.push([value, this.binary(1)]);
    }
  }
  /** In Jinja, `~` binds tighter than `+`. */
  binary(level: number): Node {
    const order = [BINARY[1], BINARY[0], BINARY[2]] as const;
    const operators = order[level - 1];
    if (operators === undefined) return this.unary(true);
    let node = this.binary(level + 1);
    while (this.now.kind === 'op' && operators.includes(this.now.value)) {
      const op = this.need('op').value;
      node = { t: 'binary', op, a: node, b: this.binary(level + 1) };
    }
    return node;
  }
  unary(filters: boolean): Node {
    let node: Node;
    if (this.is('-') || this.is('+')) {
      const op = this.need('op').value;
      node = this.nested(() => ({ t: 'unary', op, of: this.unary(false) }));
    } else node = this.postfix(this.primary());
    if (this.take('**')) node = { t: 'binary', op: '**', a: node, b: this.unary(false) };
    return filters ? this.filters(node) : node;
  }
  primary(): Node {
    const token = this.now;
    this.#at++;
    if (token.kind === 'string') {
      let value = token.value;
      while (this.now.kind === 'string') value += this.need('string').value;
      return { t: 'const', value };
    }
    if (token.kind === 'number') return { t: 'text', number: token.value };
    if (token.kind === 'name')
      return WORDS.has(token.value)
        ? { t: 'const', value: WORDS.get(token.value) }
        : { t: 'name', name: token.value };
    if (token.value === '(') return this.group();
    if (token.value === '[') return { t: 'list', items: this.items(']') };
    if (token.value === '{' && token.kind === 'op') return this.dict();
    this.#at--;
    return this.fail(token.kind === 'op' ? `unexpected "${token.value}"` : 'an expression is missing');
  }
  group(): Node {
    if (this.take(')')) return { t: 'list', items: [] };
    const first = this.expression();
    if (this.take(')')) return first;
    this.need('op', ',');
    return { t: 'list', items: [first, ...this.items(')')] };
  }
  items(close: string): Node[] {
    const items: Node[] = [];
    while (!this.take(close)) {
      items.push(this.expression());
      if (!this.is(close)) this.need('op', ',');
    }
    return items;
  }
  dict(): Node {
    const items: [Node, Node][] = [];
    while (!this.take('}')) {
      const key = this.expression();
      this.need('op', ':');
      items.push([key, this.expression()]);
      if (!this.is('}')) this.need('op', ',');
    }
    return { t: 'dict', items };
  }
  args(): Argument[] {
    const args: Argument[] = [];
    while (!this.take(')')) {
      const named =
        this.now.kind === 'name' &&
        this.tokens[this.#at + 1]?.value === '=' &&
        this.tokens[this.#at + 1]?.kind === 'op';
      const name = named ? this.need('name').value : undefined;
      if (named) this.need('op', '=');
      args.push({ name, value: this.expression() });
      if (!this.is(')')) this.need('op', ',');
    }
    return args;
  }
  postfix(start: Node): Node {
    let node = start;
    for (;;) {
      if (this.take('.')) {
        const token = this.now;
        if (token.kind !== 'name' && token.kind !== 'number') this.fail('a name is missing after "."');
        this.#at++;
        for (const part of token.value.split('.'))
          node = {
            t: 'get',
            of: node,
            dotted: true,
            key: { t: 'const', value: token.kind === 'number' ? Number(part) : part },
          };
      } else if (this.take('[')) node = this.subscript(node);
      else if (this.take('(')) node = { t: 'call', of: node, args: this.args() };
      else return node;
    }
  }
  subscript(of: Node): Node {
    const parts: (Node | undefined)[] = [];
    let colons = 0;
    while (!this.take(']')) {
      if (this.take(':')) colons++;
      else parts[colons] = this.expression();
    }
    if (colons > 0) return { t: 'slice', of, parts };
    return parts[0] === undefined
      ? this.fail('the index is missing')
      : { t: 'get', of, key: parts[0], dotted: false };
  }
  filters(start: Node): Node {
    let node = start;
    for (;;) {
      if (this.take('|'))
        node = { t: 'filter', of: node, name: this.dotted(), args: this.take('(') ? this.args() : [] };
      else if (this.take('is', 'name')) {
        const negated = this.take('not', 'name');
        const name = this.dotted();
        const bare =
          ['string', 'number'].includes(this.now.kind) ||
          (this.now.kind === 'name' &&
            !['and', 'or', 'not', 'is', 'if', 'else', 'in'].includes(this.now.value));
        const args = this.take('(')
          ? this.args()
          : bare
            ? [{ name: undefined, value: this.postfix(this.primary()) }]
            : [];
        node = { t: 'test', of: node, name, args };
        if (negated) node = { t: 'unary', op: 'not', of: node };
      } else return node;
    }
  }
  dotted(): string {
    let name = this.need('name').value;
    while (this.take('.')) name += `.${this.need('name').value}`;
    return name.replace(/^ansible\.builtin\./, '');
  }
}
