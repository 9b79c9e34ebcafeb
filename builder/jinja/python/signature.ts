import type { Callable, Mapping } from './python-value.js';
import { TemplateError } from '../template-error.js';

/** A function's parameters: "width first? *rest **more"; "?" marks optional ones. */
interface Signature {
  readonly names: readonly string[];
  readonly needed: number;
  readonly rest: boolean;
  readonly more: boolean;
}

const known = new Map<string, Signature>();

function parse(source: string): Signature {
  let signature = known.get(source);
  if (signature === undefined) {
    const words = source.split(' ').filter((word) => word !== '');
    const plain = words.filter((word) => !word.startsWith('*'));
    signature = {
      names: plain.map((word) => word.replace('?', '')),
      needed: plain.filter((word) => !word.endsWith('?')).length,
      rest: words.some((word) => /^\*[^*]/.test(word)),
      more: words.some((word) => word.startsWith('**')),
    };
    known.set(source, signature);
  }
  return signature;
}

/**
 * Arguments by parameter, bound like Python's; undefined for omitted ones. The arguments of `*rest` follow as one array, and
 * then those of `**more` as one mapping.
 * @throws TemplateError naming an argument that is missing, unknown or given twice
 */
export function bind(name: string, source: string, args: readonly unknown[], named: Mapping): unknown[] {
  const { names, needed, rest, more } = parse(source);
  const hint = `The parameters are: ${source === '' ? 'none' : source}.`;
  if (args.length > names.length && !rest)
    throw new TemplateError(
      `"${name}" takes ${names.length} arguments at most, but got ${args.length}`,
      hint,
    );
  const bound: unknown[] = names.map((_, index) => args[index]);
  const extra: [string, unknown][] = [];
  for (const [key, value] of Object.entries(named)) {
    const index = names.indexOf(key);
    if (index < 0 && !more) throw new TemplateError(`"${name}" has no parameter "${key}"`, hint);
    if (index < 0) extra.push([key, value]);
    else if (index < args.length) throw new TemplateError(`"${name}" got two values for "${key}"`, hint);
    else bound[index] = value;
  }
  const missing = names.findIndex((_, index) => index < needed && bound[index] === undefined);
  if (missing >= 0) throw new TemplateError(`"${name}" needs the argument "${names[missing]}"`, hint);
  if (rest) bound.push(args.slice(names.length));
  if (more) bound.push(Object.fromEntries(extra));
  return bound;
}

/** Makes a function for templates that binds arguments like Python. */
export function callable(name: string, source: string, run: (bound: unknown[]) => unknown): Callable {
  return (args, named) => run(bind(name, source, args, named));
}
