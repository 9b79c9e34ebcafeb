import Handlebars from 'handlebars';
import { BuilderError } from '../errors.js';
import { nearest } from './nearest.js';

/** What templates ask for. */
export interface Variables {
  has(name: string): boolean;
  /** Undefined where there is none. */
  lookup(name: string): unknown;
  /** For hints. */
  names(): Iterable<string>;
}

export interface HandlebarsOptions {
  /** Of the template, for messages. */
  readonly name: string;
  /** Fully templated values. */
  readonly variables: Variables;
}

type Helper = (...values: unknown[]) => unknown;
const engine = Handlebars.create();
const MAX_COMPILED = 500;
const compiled = new Map<string, HandlebarsTemplateDelegate>();
const given = (values: unknown[]): unknown[] => values.slice(0, -1);

const helpers: Readonly<Record<string, Helper>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => Number(a) < Number(b),
  gt: (a, b) => Number(a) > Number(b),
  and: (...values) => given(values).every(isTrue),
  or: (...values) => given(values).find(isTrue) ?? false,
  not: (value) => !isTrue(value),
  default: (value, otherwise) => value ?? otherwise,
  join: (list, separator) =>
    (Array.isArray(list) ? list : [list]).join(typeof separator === 'string' ? separator : ', '),
  json: (value) => JSON.stringify(value),
  quote: (value) => `'${String(value).replaceAll("'", `'"'"'`)}'`,
  indent: (value, width) => String(value).replaceAll('\n', `\n${' '.repeat(Number(width))}`),
};

function isTrue(value: unknown): boolean {
  return !Handlebars.Utils.isEmpty(value) || value === 0 ? Boolean(value) : false;
}

/**
 * Renders a Handlebars template without HTML escaping; only variables that are used are looked up.
 * @throws BuilderError `invalid` for a syntax error or an unknown variable
 */
export function renderHandlebars(text: string, options: HandlebarsOptions): string {
  try {
    return templateOf(text)(contextOf(options), {
      helpers: helpers as Record<string, Handlebars.HelperDelegate>,
      // Said, for otherwise it is refused with a warning on the console.
      allowProtoPropertiesByDefault: false,
      allowProtoMethodsByDefault: false,
    });
  } catch (error) {
    if (error instanceof BuilderError) throw error;
    throw translate(error as Error, options);
  }
}

function templateOf(text: string): HandlebarsTemplateDelegate {
  let template = compiled.get(text);
  if (template === undefined) {
    template = engine.compile(text, { noEscape: true, strict: true });
    if (compiled.size >= MAX_COMPILED) compiled.clear();
    compiled.set(text, template);
  }
  return template;
}

function contextOf({ variables }: HandlebarsOptions): object {
  return new Proxy(Object.create(null) as object, {
    get: (_, name) => {
      // Handlebars puts the context into the message about an unknown name.
      if (name === Symbol.toPrimitive) return () => 'the variables';
      return typeof name === 'string' && variables.has(name) ? variables.lookup(name) : undefined;
    },
    has: (_, name) => typeof name === 'string' && variables.has(name),
    getOwnPropertyDescriptor: (_, name) =>
      typeof name === 'string' && variables.has(name)
        ? { configurable: true, enumerable: true, value: undefined }
        : undefined,
  });
}

function translate(error: Error, { name, variables }: HandlebarsOptions): BuilderError {
  const place = error as { lineNumber?: number; column?: number };
  const line = place.lineNumber ?? Number(/line (\d+)/i.exec(error.message)?.[1] ?? 1);
  const origin = { file: name, line, column: (place.column ?? 0) + 1 };
  const missing = /"([^"]+)" not defined/.exec(error.message)?.[1];
  if (missing === undefined)
    return new BuilderError(`This template is not valid: ${error.message.split('\n')[0]}`, {
      code: 'invalid',
      origin,
      cause: error,
    });
  const near = nearest(missing, variables.names());
  return new BuilderError(`There is no variable "${missing}"`, {
    code: 'invalid',
    origin,
    cause: error,
    hint: near === undefined ? 'Define it, or use the helper "default".' : `Did you mean "${near}"?`,
  });
}
