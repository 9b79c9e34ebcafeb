import type { Arguments, Node } from './ast.js';
import { toFloat } from '../python/float.js';
import { narrowed } from '../python/limits.js';
import type { TokenStream } from './token-stream.js';

const WORDS = new Map<string, unknown>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
]);
const COMPARISONS = ['==', '!=', '<', '>', '<=', '>='];
const NO_ARGUMENTS: Arguments = { args: [], named: [], rest: undefined, more: undefined };

/** Parses expressions with the precedence of jinja2/parser.py; functions have the names used there. */
export class ExpressionParser {
  constructor(readonly tokens: TokenStream) {}

  tuple(options: { conditional?: boolean; ends?: string[]; parentheses?: boolean } = {}): Node {
    const { conditional = true, ends = [], parentheses = false } = options;
    const { tokens } = this;
    const items: Node[] = [];
    let isTuple = false;
    for (;;) {
      if (items.length > 0) tokens.need('op', ',');
      if (['close', 'end'].includes(tokens.now.kind) || tokens.is(')') || tokens.isWord(...ends)) break;
      items.push(conditional ? this.expression() : tokens.nested(() => this.or()));
      if (!tokens.is(',')) break;
      isTuple = true;
    }
    if (isTuple) return { t: 'tuple', items };
    const [only] = items;
    if (only) return only;
    return parentheses
      ? { t: 'tuple', items }
      : tokens.fail(`expected an expression, but found ${tokens.shown()}`);
  }

  expression(): Node {
    return this.tokens.nested(() => {
      let node = this.or();
      while (this.tokens.takeWord('if')) {
        const when = this.or();
        const otherwise = this.tokens.takeWord('else') ? this.expression() : undefined;
        node = { t: 'if', when, then: node, otherwise };
      }
      return node;
    });
  }

  or(): Node {
    let node = this.and();
    while (this.tokens.takeWord('or')) node = { t: 'or', a: node, b: this.and() };
    return node;
  }

  and(): Node {
    let node = this.not();
    while (this.tokens.takeWord('and')) node = { t: 'and', a: node, b: this.not() };
    return node;
  }

  not(): Node {
    return this.tokens.takeWord('not')
      ? this.tokens.nested(() => ({ t: 'not', of: this.not() }))
      : this.comparison();
  }

  comparison(): Node {
    const { tokens } = this;
    const first = this.binary(0);
    const rest: [string, Node][] = [];
    for (;;) {
      const { kind, value } = tokens.now;
      if (kind === 'op' && COMPARISONS.includes(value)) tokens.next();
      else if (tokens.isWord('in')) tokens.next();
      else if (tokens.isWord('not') && tokens.look()?.kind === 'name' && tokens.look()?.value === 'in') {
        tokens.next();
        tokens.next();
      } else return rest.length === 0 ? first : { t: 'compare', first, rest };
      rest.push([value, this.binary(0)]);
    }
  }

  /** In Jinja, `~` binds tighter than `+`, and `**` is left-associative. */
  binary(level: number): Node {
    const operators = [['+', '-'], ['~'], ['*', '/', '//', '%'], ['**']][level];
    if (operators === undefined) return this.unary(true);
    let node = this.binary(level + 1);
    while (this.tokens.now.kind === 'op' && operators.includes(this.tokens.now.value)) {
      const op = this.tokens.next().value;
      node = { t: 'binary', op, a: node, b: this.binary(level + 1) };
    }
    return node;
  }

  unary(filters: boolean): Node {
    const { tokens } = this;
    let node: Node;
    if (tokens.is('-') || tokens.is('+')) {
      const op = tokens.next().value;
      node = tokens.nested(() => ({ t: 'sign', op, of: this.unary(false) }));
    } else node = this.primary();
    node = this.postfix(node);
    return filters ? this.filters(node) : node;
  }

  primary(): Node {
    const { tokens } = this;
    const token = tokens.now;
    if (token.kind === 'name') {
      tokens.next();
      return WORDS.has(token.value)
        ? { t: 'const', value: WORDS.get(token.value) }
        : { t: 'name', name: token.value };
    }
    if (token.kind === 'string') {
      let value = '';
      while (tokens.now.kind === 'string') value += tokens.next().value;
      return { t: 'const', value };
    }
    if (token.kind === 'number') return { t: 'const', value: numberOf(tokens.next().value) };
    if (tokens.take('(')) {
      const node = this.tuple({ parentheses: true });
      tokens.need('op', ')');
      return node;
    }
    if (tokens.take('[')) return { t: 'list', items: this.separated(']', () => this.expression()) };
    if (tokens.take('{')) return { t: 'dict', items: this.separated('}', () => this.pair()) };
    return tokens.fail(`${tokens.shown()} is not expected here`);
  }

  separated<T>(close: string, one: () => T): T[] {
    const { tokens } = this;
    const items: T[] = [];
    while (!tokens.is(close)) {
      if (items.length > 0) tokens.need('op', ',');
      if (tokens.is(close)) break;
      items.push(one());
    }
    tokens.need('op', close);
    return items;
  }

  pair(): [Node, Node] {
    const key = this.expression();
    this.tokens.need('op', ':');
    return [key, this.expression()];
  }

  postfix(start: Node): Node {
    let node = start;
    for (;;) {
      if (this.tokens.take('.')) node = this.dotted(node);
      else if (this.tokens.take('[')) node = this.subscript(node);
      else if (this.tokens.is('(')) node = { t: 'call', of: node, args: this.arguments() };
      else return node;
    }
  }

  dotted(of: Node): Node {
    const token = this.tokens.now;
    if (token.kind === 'number' && /^\d+$/.test(token.value)) {
      this.tokens.next();
      return { t: 'item', of, key: { t: 'const', value: Number(token.value) } };
    }
    return { t: 'attribute', of, name: this.tokens.need('name').value };
  }

  subscript(of: Node): Node {
    const { tokens } = this;
    const keys: Node[] = [];
    while (!tokens.is(']')) {
      if (keys.length > 0) tokens.need('op', ',');
      keys.push(this.subscribed());
    }
    const [only] = keys;
    if (only === undefined) return tokens.fail('the index is missing');
    tokens.next();
    return { t: 'item', of, key: keys.length === 1 ? only : { t: 'tuple', items: keys } };
  }

  subscribed(): Node {
    const { tokens } = this;
    const part = (): Node | undefined =>
      tokens.is(':') || tokens.is(']') || tokens.is(',') ? undefined : this.expression();
    const first = part();
    if (!tokens.take(':')) return first ?? tokens.fail('the index is missing');
    const second = part();
    return { t: 'slice', parts: [first, second, tokens.take(':') ? part() : undefined] };
  }

  arguments(): Arguments {
    const { tokens } = this;
    const args: Node[] = [];
    const named: [string, Node][] = [];
    let rest: Node | undefined;
    let more: Node | undefined;
    const ensure = (holds: boolean): void => {
      if (!holds) tokens.fail('these arguments are in the wrong order');
    };
    tokens.need('op', '(');
    this.separated(')', () => {
      ensure(more === undefined);
      if (tokens.take('*')) {
        ensure(rest === undefined);
        rest = this.expression();
      } else if (tokens.take('**')) more = this.expression();
      else if (tokens.now.kind === 'name' && tokens.look()?.kind === 'op' && tokens.look()?.value === '=') {
        const name = tokens.next().value;
        tokens.next();
        named.push([name, this.expression()]);
      } else {
        ensure(rest === undefined && named.length === 0);
        args.push(this.expression());
      }
    });
    return { args, named, rest, more };
  }

  filters(start: Node): Node {
    let node = start;
    for (;;) {
      if (this.tokens.take('|')) node = this.filter(node);
      else if (this.tokens.takeWord('is')) node = this.test(node);
      else if (this.tokens.is('(')) node = { t: 'call', of: node, args: this.arguments() };
      else return node;
    }
  }

  filter(of: Node | undefined): Node {
    const name = this.dottedName('filter');
    return { t: 'filter', of, name, args: this.tokens.is('(') ? this.arguments() : NO_ARGUMENTS };
  }

  test(of: Node): Node {
    const { tokens } = this;
    const negated = tokens.takeWord('not');
    const name = this.dottedName('test');
    const { kind } = tokens.now;
    let args = NO_ARGUMENTS;
    if (tokens.is('(')) args = this.arguments();
    else if (
      (kind === 'name' && !tokens.isWord('else', 'or', 'and')) ||
      kind === 'string' ||
      kind === 'number' ||
      tokens.is('[') ||
      tokens.is('{')
    ) {
      if (tokens.isWord('is')) tokens.fail('tests can not be chained with "is"');
      args = { ...NO_ARGUMENTS, args: [this.postfix(this.primary())] };
    }
    const node: Node = { t: 'test', of, name, args };
    return negated ? { t: 'not', of: node } : node;
  }

  dottedName(kind: 'filter' | 'test'): string {
    const first = this.tokens.need('name');
    let name = first.value;
    while (this.tokens.take('.')) name += `.${this.tokens.need('name').value}`;
    name = name.replace(/^ansible\.(?:builtin|legacy)\./, '');
    this.tokens.uses.push({ kind, name, at: first.at });
    return name;
  }
}

function numberOf(text: string): unknown {
  if (/^0[xob]/i.test(text) || /^\d+$/.test(text)) return narrowed(BigInt(text));
  return toFloat(Number(text));
}
