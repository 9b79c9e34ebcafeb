import { Float } from './float.js';
import { type Names, evaluate } from './evaluate.js';
import { type Statement, parseExpression, parseTemplate } from './parser.js';
import { pythonLiteral } from './python-literal.js';
import { Undefined, isMapping, isTrue, list, str } from './python-value.js';
import { TemplateError, placeAt } from './template-error.js';

export interface Scope {
  lookup(name: string): unknown;
  names(): Iterable<string>;
}
export interface LookupHost {
  readFile(path: string): string;
  env(name: string): string | undefined;
  find(kind: 'files' | 'templates' | 'vars', name: string): string | undefined;
}
export interface RenderOptions {
  readonly name?: string;
  readonly trimBlocks?: boolean;
  readonly lstripBlocks?: boolean;
}
export const OMIT = '__omit_place_holder__platen';
const parsed = new Map<string, Statement[]>();

export class Templar {
  #depth = 0;
  constructor(
    readonly scope: Scope,
    readonly host: LookupHost,
  ) {}
  template(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.template(item));
    if (isMapping(value))
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.template(item)]));
    if (typeof value !== 'string' || !/\{[{%#]/.test(value)) return value;
    if (this.#depth > 50) throw new TemplateError(`recursive loop detected in template string: ${value}`);
    this.#depth++;
    try {
      const body = this.#parse(value, {});
      const [only] = body;
      if (body.length !== 1 || only?.t !== 'print') return asData(this.#run(body, new Map(), value));
      const result = evaluate(only.value, this.#names(new Map()));
      if (result instanceof Undefined) return result.fail();
      if (only.value.t === 'name') return result;
      // Only a lone variable keeps its number; what is computed becomes text.
      const scalar = typeof result === 'number' || result instanceof Float;
      return typeof result === 'string' || scalar ? asData(str(result)) : result;
    } finally {
      this.#depth--;
    }
  }
  condition(value: unknown): boolean {
    if (Array.isArray(value)) return value.every((one) => this.condition(one));
    return typeof value === 'string' ? (value === '' ? true : isTrue(this.expression(value))) : isTrue(value);
  }
  expression(text: string): unknown {
    const result = evaluate(parseExpression(text), this.#names(new Map()));
    return result instanceof Undefined ? result.fail() : result;
  }
  render(text: string, options: RenderOptions = {}): string {
    const result = this.#run(this.#parse(text, options), new Map(), text);
    return text.endsWith('\n') && !result.endsWith('\n') ? `${result}\n` : result;
  }
  with(variables: Record<string, unknown>): Templar {
    const { scope } = this;
    return new Templar(
      {
        lookup: (name) => (Object.hasOwn(variables, name) ? variables[name] : scope.lookup(name)),
        names: () => new Set([...Object.keys(variables), ...scope.names()]),
      },
      this.host,
    );
  }
  #parse(text: string, { trimBlocks = true, lstripBlocks = false }: RenderOptions): Statement[] {
    const key = `${trimBlocks}${lstripBlocks}${text}`;
    const body = parsed.get(key) ?? parseTemplate(text, { trimBlocks, lstripBlocks });
    parsed.set(key, body);
    return body;
  }
  #names(local: Map<string, unknown>): Names {
    return {
      get: (name) => {
        if (local.has(name)) return local.get(name);
        const value = this.scope.lookup(name);
        if (value !== undefined) return this.template(value);
        if (name === 'omit') return OMIT;
        if (name === 'range')
          return (a: number, b?: number) =>
            Array.from(
              { length: Math.max(0, b === undefined ? a : b - a) },
              (_, i) => i + (b === undefined ? 0 : a),
            );
        if (name === 'lookup') return (kind: unknown, term: unknown) => this.#lookup(str(kind), str(term));
        return new Undefined(`'${name}' is undefined`);
      },
    };
  }
  #lookup(kind: string, term: string): unknown {
    if (kind === 'env') return this.host.env(term) ?? '';
    const path =
      kind === 'file' || kind === 'template'
        ? this.host.find(kind === 'file' ? 'files' : 'templates', term)
        : undefined;
    if (path === undefined)
      throw new TemplateError(`The lookup "${kind}" found nothing for "${term}", or is not supported`);
    const text = this.host.readFile(path);
    return kind === 'file' ? text.trimEnd() : this.render(text);
  }
  #run(body: Statement[], local: Map<string, unknown>, text: string): string {
    let out = '';
    for (const one of body) {
      try {
        out += this.#step(one, local, text);
      } catch (error) {
        if (error instanceof TemplateError && error.line === undefined && 'at' in one)
          Object.assign(error, placeAt(text, one.at));
        throw error;
      }
    }
    return out;
  }
  #step(one: Statement, local: Map<string, unknown>, text: string): string {
    const names = this.#names(local);
    if (one.t === 'data') return one.text;
    if (one.t === 'print') return str(evaluate(one.value, names) ?? '');
    if (one.t === 'when')
      return this.#run(
        one.cases.find(([test]) => isTrue(evaluate(test, names)))?.[1] ?? one.otherwise,
        local,
        text,
      );
    const bind = (into: Map<string, unknown>, value: unknown): void => {
      const parts = one.targets.length > 1 ? list(value) : [value];
      one.targets.forEach((name, index) => into.set(name, parts[index]));
    };
    if (one.t === 'set') {
      bind(local, Array.isArray(one.value) ? this.#run(one.value, local, text) : evaluate(one.value, names));
      return '';
    }
    const scopes = list(evaluate(one.of, names))
      .map((item) => {
        const inner = new Map(local);
        bind(inner, item);
        return inner;
      })
      .filter((inner) => one.filter === undefined || isTrue(evaluate(one.filter, this.#names(inner))));
    const size = scopes.length;
    scopes.forEach((inner, index) =>
      inner.set('loop', {
        index: index + 1,
        index0: index,
        first: index === 0,
        last: index === size - 1,
        length: size,
        revindex: size - index,
        revindex0: size - index - 1,
      }),
    );
    return size === 0
      ? this.#run(one.otherwise, local, text)
      : scopes.map((inner) => this.#run(one.body, inner, text)).join('');
  }
}

/** As ansible_concat of ansible-core 2.14: what looks like a list, a mapping or a boolean becomes one. */
function asData(text: string): unknown {
  const looks = (/^[[{]/.test(text) && !text.startsWith('{{')) || text === 'True' || text === 'False';
  return looks ? (pythonLiteral(text) ?? text) : text;
}
