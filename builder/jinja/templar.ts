import { dirname, join } from 'node:path';
import { nearestName } from '../nearest-name.js';
import { applyFilter, applyTest } from './render/apply.js';
import { item } from './python/attributes.js';
import { expectedUndefined } from './render/expected-undefined.js';
import type { JinjaEnvironment, LookupHost } from './python/jinja-environment.js';
import { Frame } from './render/frame.js';
import { globalFunction } from './functions/global-functions.js';
import { type LexOptions, defaultLexOptions, readHeader } from './syntax/lex-options.js';
import { normalizeSource } from './syntax/lexer.js';
import { asData, plainData, printedData } from './python/printing.js';
import { Float } from './python/float.js';
import {
  type Mapping,
  Undefined,
  dictOf,
  entriesOf,
  isDict,
  isMapping,
  isTrue,
} from './python/python-value.js';
import type { LoadedTemplate, RenderState, Source } from './render/render-state.js';
import { Renderer } from './render/renderer.js';
import { SealedText } from './python/sealed-text.js';
import { TEXT_FILTERS } from './render/text-results.js';
import { parsedTemplate } from './render/template-cache.js';
import { TemplateError, TemplateSyntaxError, UndefinedVariableError } from './template-error.js';

export type { LookupHost } from './python/jinja-environment.js';

export interface Scope {
  lookup(name: string): unknown;
  names(): Iterable<string>;
}

export interface RenderOptions {
  /** The template's name, for messages. */
  readonly name?: string;
  /** Its file on this machine: includes are searched next to it, too. */
  readonly path?: string;
  readonly trimBlocks?: boolean;
  readonly lstripBlocks?: boolean;
}

export const OMIT = '__omit_place_holder__platen';
const MAX_DEPTH = 60;
const SINGLE = /^\{\{\s*(\w*)\s*\}\}\n?$/;
const NO_FILE: Omit<Source, 'text'> = { name: undefined, path: undefined };

/** Renders values of playbooks and whole templates, like the Templar of ansible-core 2.14. */
export class Templar {
  #depth = 0;

  constructor(
    readonly scope: Scope,
    readonly host: LookupHost,
  ) {}

  /** Renders the templates in a value, at any depth. @throws TemplateError */
  template(value: unknown): unknown {
    return plainData(guarded(() => this.#value(value, new Set())));
  }

  /** Evaluates a condition as in `when`. @throws TemplateError */
  condition(value: unknown): boolean {
    if (Array.isArray(value)) return value.every((one) => this.condition(one));
    if (value === null || value === undefined || value === '') return true;
    return guarded(() => {
      const condition = this.#value(value, new Set());
      return typeof condition === 'string' && condition !== '' ? this.#holds(condition) : isTrue(condition);
    });
  }

  /** Evaluates an expression as in `{{ }}`. @throws TemplateError */
  expression(text: string): unknown {
    return this.template(`{{${text}}}`);
  }

  /** Renders a whole template (the text of a `.j2` file) with Ansible's settings. @throws TemplateError */
  render(text: string, options: RenderOptions = {}): string {
    const base: LexOptions =
      options.trimBlocks === undefined && options.lstripBlocks === undefined
        ? defaultLexOptions
        : {
            ...defaultLexOptions,
            trim_blocks: options.trimBlocks ?? true,
            lstrip_blocks: options.lstripBlocks ?? false,
          };
    return guarded(() => this.#render(text, base, options));
  }

  /** A templar with additional variables, which win. */
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

  #render(text: string, base: LexOptions, { name, path }: RenderOptions): string {
    const header = readHeader(text, base);
    const source: Source = {
      text: normalizeSource(header.text, header.options.keep_trailing_newline),
      name,
      path,
    };
    const state = this.#state(new Set(), (part) => part, header.options);
    const out = this.#run(source, state, false).join('');
    const missing = newlines(text) - newlines(out);
    return missing > 0 ? out + header.options.newline_sequence.repeat(missing) : out;
  }

  #run(source: Source, state: RenderState, keepBackslashes: boolean): string[] {
    const program = placed(source, () => parsedTemplate(source.text, state.options, keepBackslashes));
    return new Renderer(state, source, new Frame()).template(program.body);
  }

  /** @param texts collects results that must stay text */
  #value(value: unknown, texts: Set<string>): unknown {
    if (typeof value === 'string') return /\{[{%#]/.test(value) ? this.#text(value, texts) : value;
    if (value instanceof SealedText) return value.open();
    if (Array.isArray(value)) return value.map((one) => this.#value(one, texts));
    if (!isDict(value)) return value;
    const entries = entriesOf(value).map(([key, one]): [unknown, unknown] => [key, this.#value(one, texts)]);
    return value instanceof Map ? dictOf(entries) : Object.fromEntries(entries);
  }

  #text(text: string, texts: Set<string>): unknown {
    const single = SINGLE.exec(text)?.[1];
    const raw = single === undefined ? undefined : this.scope.lookup(single);
    // Only a lone variable keeps its number; computed numbers become text.
    if (raw instanceof SealedText) return raw.open();
    if (raw === null || typeof raw === 'boolean' || typeof raw === 'number' || raw instanceof Float)
      return raw;
    if (this.#depth >= MAX_DEPTH) throw new TemplateError(`A recursive loop was detected in: ${text}`);
    this.#depth++;
    try {
      const given = readHeader(text, defaultLexOptions);
      return this.#rendered(given, text, texts);
    } finally {
      this.#depth--;
    }
  }

  #rendered(given: { text: string; options: LexOptions }, text: string, texts: Set<string>): unknown {
    const source: Source = { text: normalizeSource(given.text), ...NO_FILE };
    const own = new Set<string>();
    const state = this.#state(own, asData, given.options);
    const program = parsedTemplate(source.text, given.options, text.includes('{{'));
    const renderer = new Renderer(state, source, new Frame());
    const [only] = program.body;
    // The usual case, without the conversion to text.
    if (program.body.length === 1 && only?.t === 'print' && !text.endsWith('\n')) {
      const value = renderer.value(only.value, new Frame());
      renderer.note(value, only.value);
      if (!renderer.stayedText) return printedData(value);
      texts.add(value as string);
      return value;
    }
    const out = renderer.template(program.body);
    const joined = out.join('');
    const stays = out.length === 1 && renderer.stayedText;
    if (stays) texts.add(joined);
    const result = stays ? joined : asData(joined);
    if (typeof result !== 'string') return result;
    return result + '\n'.repeat(Math.max(0, newlines(text) - newlines(result)));
  }

  #holds(condition: string): boolean {
    try {
      const made = this.#value(`{% if ${condition} %} True {% else %} False {% endif %}`, new Set());
      const word = String(made).trim();
      if (word !== 'True' && word !== 'False')
        throw new TemplateError(`The condition can't be evaluated: ${condition}`);
      return word === 'True';
    } catch (error) {
      const expected =
        error instanceof UndefinedVariableError ? expectedUndefined(condition, error.message) : undefined;
      if (expected === undefined) throw error;
      return expected;
    }
  }

  #state(texts: Set<string>, concat: (text: string) => unknown, options: LexOptions): RenderState {
    const known = new Map<string, unknown>();
    const environment = this.#environment(texts);
    const state: RenderState = {
      environment,
      options,
      concat,
      blocks: new Map(),
      texts,
      resolve: (name) => {
        if (!known.has(name)) known.set(name, this.#resolve(name, environment, texts));
        return known.get(name);
      },
      load: (name, from) => this.#load(name, from, options),
      isolated: () => ({
        ...state,
        resolve: (name) => globalFunction(name, environment) ?? new Undefined(`'${name}' is undefined`),
      }),
    };
    return state;
  }

  #resolve(name: string, environment: JinjaEnvironment, texts: Set<string>): unknown {
    const raw = this.scope.lookup(name);
    if (raw === undefined)
      return (
        globalFunction(name, environment) ??
        (name === 'omit' ? OMIT : new Undefined(`'${name}' is undefined`, false, () => this.#hintFor(name)))
      );
    if (name === 'vars') return raw;
    if (name === 'hostvars' && isMapping(raw))
      return Object.fromEntries(Object.entries(raw).map(([host, all]) => [host, this.#lazily(all)]));
    try {
      return this.#value(raw, texts);
    } catch (error) {
      if (!(error instanceof UndefinedVariableError)) throw error;
      return new Undefined(typeof raw === 'string' ? `${raw}: ${error.message}` : error.message);
    }
  }

  #hintFor(name: string): string {
    const near = nearestName(name, this.scope.names());
    return near === undefined ? 'Define it, or use the filter "default".' : `Did you mean "${near}"?`;
  }

  /** Variables that are rendered on access. */
  #lazily(variables: unknown): unknown {
    if (!isMapping(variables)) return variables;
    return new Proxy(variables, {
      get: (target, name) =>
        typeof name === 'string' && Object.hasOwn(target, name)
          ? this.#value(target[name], new Set())
          : undefined,
    });
  }

  #load(name: string, from: Source, options: LexOptions): LoadedTemplate | undefined {
    if (name.split('/').includes('..')) return undefined;
    const plain = name.replace(/^\/+/, '');
    const beside =
      from.path === undefined
        ? []
        : [join(dirname(from.path), 'templates', plain), join(dirname(from.path), plain)];
    const path = [plain, ...beside]
      .map((one) => this.host.find('templates', one))
      .find((one) => one !== undefined);
    if (path === undefined) return undefined;
    const source: Source = {
      text: normalizeSource(this.host.readFile(path)),
      name: from.name === undefined ? undefined : plain,
      path,
    };
    return { source, program: placed(source, () => parsedTemplate(source.text, options, false)) };
  }

  #environment(texts: Set<string>): JinjaEnvironment {
    const environment: JinjaEnvironment = {
      host: this.host,
      filter: (name, value, args, named) => {
        const result = applyFilter({ name, value, args, named }, environment);
        if (typeof result === 'string' && TEXT_FILTERS.includes(name)) texts.add(result);
        return result;
      },
      test: (name, value, args, named) => applyTest({ name, value, args, named }, environment),
      item,
      template: (value) => this.#value(value, texts),
      renderFile: (path, variables, options) => this.#renderFile(path, variables, options, texts),
      variable: (name) =>
        this.scope.lookup(name) === undefined ? undefined : this.#resolve(name, environment, texts),
      variableNames: () => this.scope.names(),
    };
    return environment;
  }

  /** For lookup('template'), whose result becomes data unless an option says otherwise. */
  #renderFile(path: string, variables: Mapping, options: Mapping, texts: Set<string>): unknown {
    const { convert_data: convert = true, ...marks } = options;
    const changed: Record<string, unknown> = { ...defaultLexOptions };
    for (const [name, value] of Object.entries(marks)) {
      if (!Object.hasOwn(defaultLexOptions, name) && name !== 'jinja2_native')
        throw new TemplateError(`The lookup "template" has no option "${name}"`);
      if (Object.hasOwn(defaultLexOptions, name)) changed[name] = value;
    }
    const lexing = Object.keys(marks).length === 0 ? defaultLexOptions : (changed as unknown as LexOptions);
    const templar = Object.keys(variables).length === 0 ? this : this.with(variables);
    const text = templar.#render(this.host.readFile(path), lexing, { path });
    if (isTrue(convert)) return asData(text);
    texts.add(text);
    return text;
  }
}

function newlines(text: string): number {
  return text.length - text.replace(/\n+$/, '').length;
}

function placed<T>({ name }: Source, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError) || error.line === undefined) throw error;
    throw error.at({ line: error.line, column: error.column ?? 1, file: name });
  }
}

/** Turns exhausted stack or memory into an error of the template. */
function guarded<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof RangeError)
      throw new TemplateError(`This template is nested too deeply, or makes too much (${error.message})`);
    throw error;
  }
}
