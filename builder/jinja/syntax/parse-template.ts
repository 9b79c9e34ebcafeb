import type { MacroBody, Node, Parameter, Program, Statement, Target } from './ast.js';
import type { LexOptions } from './lex-options.js';
import { lexTemplate } from './lexer.js';
import { ExpressionParser } from './parse-expression.js';
import { TokenStream } from './token-stream.js';

type StatementOf<T extends Statement['t']> = Omit<Statement & { t: T }, 'at'>;
type Parse = (parser: TemplateParser) => StatementOf<Statement['t']>;

/** @param keepBackslashes see lexTemplate @throws TemplateSyntaxError */
export function parseTemplate(source: string, options: LexOptions, keepBackslashes = false): Program {
  const tokens = new TokenStream(source, lexTemplate(source, options, keepBackslashes));
  const body = new TemplateParser(tokens).body([]);
  tokens.need('eof');
  return { body, uses: tokens.uses };
}

const NEVER_NAMED = ['true', 'false', 'none', 'True', 'False', 'None'];

class TemplateParser {
  readonly expressions: ExpressionParser;

  constructor(readonly tokens: TokenStream) {
    this.expressions = new ExpressionParser(tokens);
  }

  /** Parses statements up to one of the words; consumes its `{%`, but not the word. */
  body(ends: readonly string[]): Statement[] {
    const { tokens } = this;
    const body: Statement[] = [];
    for (;;) {
      const { kind, at, value } = tokens.now;
      if (kind === 'eof') {
        if (ends.length > 0) tokens.fail(`"${ends.at(-1)}" is missing`);
        return body;
      }
      tokens.next();
      if (kind === 'data') body.push({ t: 'data', text: value, at });
      else if (kind === 'open') {
        body.push({ t: 'print', value: this.expressions.tuple(), at });
        tokens.need('close');
      } else {
        if (tokens.isWord(...ends)) return body;
        body.push({ ...tokens.nested(() => this.statement()), at } as Statement);
        tokens.need('end');
      }
    }
  }

  /** Parses the body of a tag: `%} … {% end`; consumes the word that ends it. */
  inner(...ends: string[]): { body: Statement[]; end: string } {
    this.tokens.need('end');
    const body = this.body(ends);
    return { body, end: this.tokens.next().value };
  }

  statement(): StatementOf<Statement['t']> {
    const token = this.tokens.need('name');
    const parse = Object.hasOwn(statements, token.value) ? statements[token.value] : undefined;
    if (parse) return parse(this);
    const misplaced = /^(?:end|el)/.test(token.value) ? ': nothing is open that it could end' : '';
    return this.tokens.fail(`unknown statement "${token.value}"${misplaced}`, token.at);
  }

  name(): string {
    const token = this.tokens.need('name');
    if (NEVER_NAMED.includes(token.value))
      this.tokens.fail(`"${token.value}" can not be assigned to`, token.at);
    return token.value;
  }

  target(ends: string[], namespaces = false): Target {
    const items: Target[] = [];
    let several = false;
    do {
      if (this.tokens.isWord(...ends) || this.tokens.is('=') || this.tokens.is(')')) break;
      items.push(this.singleTarget(namespaces));
      several ||= this.tokens.is(',');
    } while (this.tokens.take(','));
    const [only] = items;
    if (only === undefined) return this.tokens.fail('a name is missing');
    return several ? items : only;
  }

  singleTarget(namespaces: boolean): Target {
    if (this.tokens.take('(')) {
      const inner = this.tokens.nested(() => this.target([], false));
      this.tokens.need('op', ')');
      return inner;
    }
    const name = this.name();
    return namespaces && this.tokens.take('.') ? { of: name, name: this.tokens.need('name').value } : name;
  }

  parameters(): Parameter[] {
    this.tokens.need('op', '(');
    const parameters: Parameter[] = [];
    this.expressions.separated(')', () => {
      const name = this.name();
      const otherwise = this.tokens.take('=') ? this.expressions.expression() : undefined;
      if (otherwise === undefined && parameters.at(-1)?.otherwise !== undefined)
        this.tokens.fail(`parameter "${name}" without a default comes after one with a default`);
      parameters.push({ name, otherwise });
    });
    return parameters;
  }

  macro(name: string, parameters: Parameter[], end: string): MacroBody {
    const { body } = this.inner(end);
    const takes = { caller: false, varargs: false, kwargs: false };
    const seen = new Set<string>();
    collectNames(body, seen);
    for (const word of ['caller', 'varargs', 'kwargs'] as const) takes[word] = seen.has(word);
    return { name, parameters, body, takes };
  }

  /** `with context` or `without context`. */
  context(otherwise: boolean): boolean {
    if (!this.tokens.isWord('with', 'without')) return otherwise;
    const look = this.tokens.look();
    if (look?.kind !== 'name' || look.value !== 'context') return otherwise;
    const wanted = this.tokens.next().value === 'with';
    this.tokens.next();
    return wanted;
  }
}

function collectNames(value: unknown, seen: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collectNames(item, seen);
  else if (typeof value === 'object' && value !== null) {
    const node = value as { t?: string; name?: unknown };
    if (node.t === 'name' && typeof node.name === 'string') seen.add(node.name);
    for (const item of Object.values(value)) if (typeof item === 'object') collectNames(item, seen);
  }
}

const statements: Readonly<Record<string, Parse>> = {
  if: (parser) => {
    const cases: [Node, Statement[]][] = [];
    let end = 'elif';
    while (end === 'elif') {
      const when = parser.expressions.tuple({ conditional: false });
      const inner = parser.inner('elif', 'else', 'endif');
      cases.push([when, inner.body]);
      end = inner.end;
    }
    return { t: 'if', cases, otherwise: end === 'else' ? parser.inner('endif').body : [] };
  },
  for: (parser) => {
    const { tokens, expressions } = parser;
    const target = parser.target(['in']);
    tokens.need('name', 'in');
    const of = expressions.tuple({ conditional: false, ends: ['recursive'] });
    const filter = tokens.takeWord('if') ? expressions.expression() : undefined;
    const recursive = tokens.takeWord('recursive');
    const { body, end } = parser.inner('else', 'endfor');
    const otherwise = end === 'else' ? parser.inner('endfor').body : [];
    return { t: 'for', target, of, filter, recursive, body, otherwise };
  },
  set: (parser) => {
    const { tokens, expressions } = parser;
    const target = parser.target([], true);
    if (tokens.take('=')) return { t: 'set', target, value: expressions.tuple() };
    let filter: Node | undefined;
    while (tokens.take('|')) filter = expressions.filter(filter);
    return { t: 'capture', target, filter, body: parser.inner('endset').body };
  },
  with: (parser) => {
    const { tokens, expressions } = parser;
    const targets: [Target, Node][] = [];
    while (tokens.now.kind !== 'end') {
      if (targets.length > 0) tokens.need('op', ',');
      const target = parser.singleTarget(false);
      tokens.need('op', '=');
      targets.push([target, expressions.expression()]);
    }
    return { t: 'with', targets, body: parser.inner('endwith').body };
  },
  autoescape: (parser) => {
    const value = parser.expressions.expression();
    if (value.t !== 'const' || value.value === true)
      parser.tokens.fail('"autoescape" is only supported with "false": nothing is escaped here');
    return { t: 'with', targets: [], body: parser.inner('endautoescape').body };
  },
  macro: (parser) => {
    const name = parser.name();
    return { t: 'macro', macro: parser.macro(name, parser.parameters(), 'endmacro') };
  },
  call: (parser) => {
    const parameters = parser.tokens.is('(') ? parser.parameters() : [];
    const call = parser.expressions.expression();
    if (call.t !== 'call') return parser.tokens.fail('a call is expected');
    return { t: 'call', call, macro: parser.macro('caller', parameters, 'endcall') };
  },
  filter: (parser) => {
    let filter = parser.expressions.filter(undefined);
    while (parser.tokens.take('|')) filter = parser.expressions.filter(filter);
    return { t: 'filter', filter, body: parser.inner('endfilter').body };
  },
  block: (parser) => {
    const name = parser.name();
    const scoped = parser.tokens.takeWord('scoped');
    const required = parser.tokens.takeWord('required');
    const { body } = parser.inner('endblock');
    parser.tokens.takeWord(name);
    return { t: 'block', name, scoped, required, body };
  },
  extends: (parser) => ({ t: 'extends', template: parser.expressions.expression() }),
  print: (parser) => ({ t: 'print', value: parser.expressions.tuple() }),
  include: (parser) => {
    const template = parser.expressions.expression();
    const look = parser.tokens.look();
    const ignoreMissing = parser.tokens.isWord('ignore') && look?.kind === 'name' && look.value === 'missing';
    if (ignoreMissing) {
      parser.tokens.next();
      parser.tokens.next();
    }
    return { t: 'include', template, ignoreMissing, context: parser.context(true) };
  },
  import: (parser) => {
    const template = parser.expressions.expression();
    parser.tokens.need('name', 'as');
    const target = parser.name();
    return { t: 'import', template, target, context: parser.context(false) };
  },
  from: (parser) => {
    const { tokens } = parser;
    const template = parser.expressions.expression();
    tokens.need('name', 'import');
    const names: [string, string][] = [];
    let context = false;
    do {
      if (tokens.now.kind === 'end') break;
      if (names.length > 0 || !tokens.isWord('with', 'without')) {
        const name = parser.name();
        names.push([name, tokens.takeWord('as') ? parser.name() : name]);
      }
      context = parser.context(context);
    } while (tokens.take(','));
    return { t: 'from', template, names, context };
  },
};
