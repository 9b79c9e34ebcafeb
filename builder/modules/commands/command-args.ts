import { z } from 'zod';
import { text, list, path, flag, moduleArgs } from '../args.js';

export const shape = {
  /** The plain string after `command:`, including `creates=` and the like. */
  _raw_params: text.optional(),
  cmd: text.optional(),
  argv: list.optional(),
  chdir: path.optional(),
  creates: text.optional(),
  removes: text.optional(),
  executable: text.optional(),
  stdin: text.optional(),
  stdin_add_newline: flag.default(true),
  strip_empty_ends: flag.default(true),
  // Removed from Ansible in 2.14, but still in roles.
  warn: flag.optional(),
};

export const args = withoutKeyValues(moduleArgs(shape));

export type CommandArgs = z.output<typeof args>;

export const extracted =
  /^(creates|removes|chdir|executable|stdin|stdin_add_newline|strip_empty_ends|warn)=(.*)$/s;

export function splitKeyValues(raw: unknown): unknown {
  const given = { ...(raw as Record<string, unknown>) };
  if (typeof given['_raw_params'] !== 'string') return given;
  const tokens = given['_raw_params'].match(/(?:\\.|"(?:\\.|[^"\\])*"|'[^']*'|[^\s])+\s*/gs) ?? [];
  const kept: string[] = [];
  for (const token of tokens) {
    const [, name, value = ''] = extracted.exec(token.trim()) ?? [];
    if (name === undefined) kept.push(token);
    else given[name] ??= value.replace(/^(["'])(.*)\1$/s, '$2');
  }
  if (kept.length < tokens.length) given['_raw_params'] = kept.join('').trim();
  return given;
}

/** Extracts `creates=/x` and the like from a plain command string before validation (ansible/parsing/splitter.py, parse_kv). */
export function withoutKeyValues<Args>(type: z.ZodType<Args>): z.ZodType<Args> {
  return z.preprocess(splitKeyValues, type) as unknown as z.ZodType<Args>;
}
