import { posix } from 'node:path';
import { z } from 'zod';
import { nearestName } from '../nearest-name.js';

/** Marks problems with names of arguments, whose messages contain no values. */
export const namesOnly = { namesOnly: true };

/** Rules for names of arguments. */
export interface ArgumentRules {
  /** Alias to name. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Arguments of Ansible's module that this one refuses, each with an alternative. */
  readonly refused?: Readonly<Record<string, string>>;
}

/**
 * The schema of a module's arguments, like Ansible's argument_spec: resolves aliases, takes null as not given, and
 * reports missing, unknown and refused arguments all at once.
 */
export function moduleArgs<Shape extends z.ZodRawShape>(
  shape: Shape,
  rules: ArgumentRules = {},
): z.ZodType<z.output<z.ZodObject<Shape>>> {
  return z.preprocess((raw, context) => {
    const problem = (name: string, message: string): void =>
      context.addIssue({ code: 'custom', message, path: [name], params: namesOnly });
    const named = byOwnName(raw, rules, problem);
    for (const name of Object.keys(named)) checkName(name, Object.keys(shape), rules, problem);
    for (const [name, type] of Object.entries(shape)) {
      if (named[name] === undefined && !z.safeParse(type, undefined).success)
        problem(name, `missing required argument '${name}'`);
    }
    return named;
  }, z.object(shape)) as unknown as z.ZodType<z.output<z.ZodObject<Shape>>>;
}

type Complain = (name: string, message: string) => void;

function byOwnName(raw: unknown, rules: ArgumentRules, problem: Complain): Record<string, unknown> {
  const named: Record<string, unknown> = {};
  for (const [given, value] of Object.entries(raw ?? {})) {
    if (value === null || value === undefined) continue;
    const name = rules.aliases?.[given] ?? given;
    if (named[name] !== undefined) problem(given, `'${given}' and '${name}' are the same argument: give one`);
    named[name] = value;
  }
  return named;
}

function checkName(name: string, known: readonly string[], rules: ArgumentRules, problem: Complain): void {
  if (known.includes(name) || (inert.has(name) && known.includes('mode'))) return;
  const refusal = rules.refused?.[name] ?? refusedEverywhere[name];
  if (refusal !== undefined) return problem(name, `argument '${name}' is not supported: ${refusal}`);
  const near = nearestName(name, [...known, ...Object.keys(rules.aliases ?? {})]);
  const advice = near === undefined ? `known: ${known.join(', ')}` : `did you mean '${near}'?`;
  problem(name, `unknown argument '${name}'; ${advice}`);
}

/** Without SELinux, as in an image, Ansible accepts and ignores these. */
const inert: ReadonlySet<string> = new Set(['selevel', 'serole', 'setype', 'seuser']);

const refusedEverywhere: Readonly<Record<string, string>> = {
  attributes: 'an image layer carries no chattr flags',
  attr: 'an image layer carries no chattr flags',
};

function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}

const yes = new Set(['yes', 'on', '1', 'true', 't', 'y']);
const no = new Set(['no', 'off', '0', 'false', 'f', 'n']);

/** Converts a value to a boolean as Ansible does; undefined if it is none. */
export function toFlag(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const word = String(value).toLowerCase().trim();
  return yes.has(word) ? true : no.has(word) ? false : undefined;
}

/** yes, no, on, off, true, false, 1, 0 … */
export const flag = z.preprocess(
  (value) => toFlag(value) ?? value,
  z.boolean({ error: ({ input }) => `expected yes or no, got ${shown(input)}` }),
);

function asText(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'number' ? String(value) : value;
}

/** A string; converts numbers and booleans as Python does. */
export const text = z.preprocess(
  asText,
  z.string({ error: ({ input }) => `expected a string, got ${shown(input)}` }),
);

/** A string; converts lists and mappings to JSON, as `copy` does. */
export const textOrJson = z.preprocess(
  (value) => (typeof value === 'object' && value !== null ? pythonJson(value) : asText(value)),
  z.string(),
);

function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return asciiJson(value);
  const pairs = Object.entries(value).map(([key, inner]) => `${asciiJson(key)}: ${pythonJson(inner)}`);
  return `{${pairs.join(', ')}}`;
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Expands `~` to root's home. */
export function atHome(path: string): string {
  return path.replace(/^~(?=\/|$)/, '/root');
}

/** An absolute path in the image; expands `~` to root's home. Keeps a slash at the end. */
export const path = text.transform((value, context) => {
  const expanded = atHome(value);
  if (!expanded.startsWith('/')) {
    context.addIssue({ code: 'custom', message: `expected an absolute path, got ${shown(value)}` });
  }
  const clean = posix.normalize(expanded);
  return clean.startsWith('//') ? clean.slice(1) : clean;
});

/** A whole number, also as a string. */
export const integer = z.preprocess(
  (value) => (typeof value === 'string' && /^[+-]?\d+$/.test(value.trim()) ? Number(value) : value),
  z.int({ error: ({ input }) => `expected a whole number, got ${shown(input)}` }),
);

/** One of these words. */
export function choice<const Words extends readonly string[]>(
  ...words: Words
): z.ZodPreprocess<z.ZodType<Words[number]>> {
  const type = z.enum(words as unknown as [string, ...string[]], {
    error: ({ input }) => `expected one of ${words.join(', ')}, got ${shown(input)}`,
  });
  return z.preprocess(asText, type as unknown as z.ZodType<Words[number]>);
}

/** A list of strings; splits a single string at commas, as Ansible does. */
export const list = z.preprocess(
  (value) => {
    if (Array.isArray(value)) return value;
    const single = asText(value);
    return typeof single === 'string' ? single.split(',').map((item) => item.trim()) : value;
  },
  z.array(text, { error: ({ input }) => `expected a list, got ${shown(input)}` }),
);

const symbolic = /^([ugo]*|a)([-+=]([rwxXst]*|[ugo]))+$/;

/**
 * A file mode: a number (YAML 1.1 reads `0755` as octal), or an octal or symbolic string. Returns an octal string of at
 * least four digits, or the symbolic text.
 */
export const mode = z.unknown().transform((value, context) => {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0o7777)
    return octal(value);
  if (typeof value === 'string') {
    const word = value.trim();
    if (/^(0o)?[0-7]+$/.test(word) && parseInt(word.replace('0o', ''), 8) <= 0o7777)
      return octal(parseInt(word.replace('0o', ''), 8));
    if (word.split(',').every((part) => symbolic.test(part))) return word;
  }
  const message = `mode must be in octal or symbolic form ("0644", "u=rw,g=r"), got ${shown(value)}`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/** As `mode`, or `preserve`: the mode of the source. */
export const modeOrPreserve = z.union([z.literal('preserve'), mode]);

/** Permission bits as Ansible shows them: "0644". */
export function octal(bits: number): string {
  return bits.toString(8).padStart(4, '0');
}
