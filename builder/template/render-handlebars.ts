import Handlebars from 'handlebars';
import { BuilderError } from '../errors.js';
import { nearestName } from '../nearest-name.js';

/** The variables of a template. */
export interface Variables {
  has(name: string): boolean;
  /** Undefined if there is none. */
  lookup(name: string): unknown;
  /** For hints. */
  names(): Iterable<string>;
}

export interface HandlebarsOptions {
  /** The template's name, for messages. */
  readonly name: string;
  /** Fully templated. */
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
 * Renders a Handlebars template without HTML escaping; looks up only the variables that it uses.
 * @throws BuilderError `invalid` for a syntax error or an unknown variable
 */
export function renderHandlebars(text: string, options: HandlebarsOptions): string {
  try {
    return templateOf(text)(contextOf(options), {
      helpers: helpers as Record<string, Handlebars.HelperDelegate>,
      // Explicit, to avoid Handlebars' warning on the console.
      allowProtoPropertiesByDefault: false,
      allowProtoMethodsByDefault: false,
    });
  } catch (error) {
    if (error instanceof BuilderError) throw error;
    throw translate(error as Error, text, options);
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
      // Handlebars prints the context in its message about an unknown name.
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

/** The parser's names for unexpected tokens, in words. */
const unexpected: Readonly<Record<string, string>> = {
  EOF: 'it ends before all blocks and braces are closed',
  OPEN_ENDBLOCK: 'a block is closed that is not open',
  CLOSE: 'the braces close too early',
  INVALID: 'this character is not expected, or a brace is missing',
};

/** Parses the parser's message: `Parse error on line 2:`, the end of the text read, a line with a caret, the expected tokens. */
function syntaxProblem(message: string, text: string): { why: string; line: number; column: number } {
  const [first = '', read = '', caret = ''] = message.split('\n');
  const line = Number(/^Parse error on line (\d+)/.exec(first)?.[1] ?? 1);
  const got = /, got '(\w+)'$/.exec(message)?.[1];
  const source = text.split('\n')[line - 1] ?? '';
  // The message joins lines: find as much of its end as fits in the line.
  const before = read.slice(0, Math.max(0, caret.indexOf('^')));
  let tail = before;
  while (tail !== '' && !source.includes(tail)) tail = tail.slice(1);
  const column = tail === '' ? 1 : source.indexOf(tail) + tail.length + 1;
  return {
    why: unexpected[got ?? ''] ?? (got === undefined ? first : 'something is missing here'),
    line,
    column,
  };
}

function translate(error: Error, text: string, { name, variables }: HandlebarsOptions): BuilderError {
  const place = error as { lineNumber?: number; column?: number };
  const syntax = syntaxProblem(error.message, text);
  const line = place.lineNumber ?? syntax.line;
  const column = place.lineNumber === undefined ? syntax.column : (place.column ?? 0) + 1;
  const origin = { file: name, line, column };
  const missing = /"([^"]+)" not defined/.exec(error.message)?.[1];
  if (missing === undefined)
    return new BuilderError(`This template is not valid: ${syntax.why}`, {
      code: 'invalid',
      origin,
      cause: error,
    });
  const near = nearestName(missing, variables.names());
  return new BuilderError(`There is no variable "${missing}"`, {
    code: 'invalid',
    origin,
    cause: error,
    hint: near === undefined ? 'Define it, or use the helper "default".' : `Did you mean "${near}"?`,
  });
}
