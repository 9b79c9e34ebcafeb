import type { Json } from '../json.js';

export type VariableType = 'string' | 'integer' | 'number' | 'boolean' | 'list' | 'mapping';

interface VariableKind {
  /** The type with its article, for messages. */
  readonly words: string;
  holds(value: unknown): boolean;
  /** Parses a text of the command line; undefined if it is not of this type. */
  parse(text: string): Json | undefined;
}

/** Validation and command-line syntax of each type of variable. */
export const variableTypes: Record<VariableType, VariableKind> = {
  string: { words: 'a text', holds: (value) => typeof value === 'string', parse: (text) => text },
  integer: { words: 'a whole number', holds: Number.isSafeInteger, parse: parseNumber(/^[-+]?\d{1,15}$/) },
  number: {
    words: 'a number',
    holds: Number.isFinite,
    parse: parseNumber(/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i),
  },
  boolean: {
    words: 'true or false',
    holds: (value) => typeof value === 'boolean',
    parse: (text) => booleans[text.toLowerCase()],
  },
  list: { words: 'a list', holds: Array.isArray, parse: parseList },
  mapping: { words: 'a mapping', holds: isMapping, parse: (text) => parseJson(text, isMapping) },
};

const booleans: Readonly<Record<string, boolean>> = Object.assign(Object.create(null) as object, {
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
});

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseNumber(pattern: RegExp): (text: string) => number | undefined {
  return (text) => (pattern.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined);
}

/** Parses JSON in brackets, or words separated by commas. */
function parseList(text: string): Json | undefined {
  if (text.trimStart().startsWith('[')) return parseJson(text, Array.isArray);
  return text === '' ? [] : text.split(',').map((word) => word.trim());
}

function parseJson(text: string, fits: (value: unknown) => boolean): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return fits(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
