import type { Program } from '../syntax/ast.js';
import { filters } from '../filters/filter-table.js';
import { type LexOptions, defaultLexOptions } from '../syntax/lex-options.js';
import { parseTemplate } from '../syntax/parse-template.js';
import { TemplateError, TemplateSyntaxError, placeAt } from '../template-error.js';
import { nearestName } from '../../nearest-name.js';
import { tests } from '../functions/test-table.js';

const MAX_TEMPLATES = 2000;
const MAX_CHARACTERS = 4 * 1024 * 1024;

const parsed = new Map<string, Program>();
let characters = 0;

/**
 * Parses a template; the most recently used results are cached.
 * @param keepBackslashes see lexTemplate
 * @throws TemplateSyntaxError, also for unknown filters and tests
 */
export function parsedTemplate(text: string, options: LexOptions, keepBackslashes: boolean): Program {
  const marks = options === defaultLexOptions ? '' : JSON.stringify(options);
  const key = `${keepBackslashes ? 'k' : 'p'}${marks}\0${text}`;
  const known = parsed.get(key);
  if (known) return known;
  const program = parseTemplate(text, options, keepBackslashes);
  checkNames(text, program);
  for (const oldest of parsed.keys()) {
    if (parsed.size < MAX_TEMPLATES && characters + key.length <= MAX_CHARACTERS) break;
    parsed.delete(oldest);
    characters -= oldest.length;
  }
  parsed.set(key, program);
  characters += key.length;
  return program;
}

function checkNames(text: string, { uses }: Program): void {
  for (const { kind, name, at } of uses)
    if (!Object.hasOwn(kind === 'filter' ? filters : tests, name)) {
      const { message, hint } = unknownName(kind, name);
      throw new TemplateSyntaxError(message, hint, placeAt(text, at));
    }
}

/** The error for a filter or test that does not exist. */
export function unknownName(kind: 'filter' | 'test', name: string): TemplateError {
  const near = nearestName(name, Object.keys(kind === 'filter' ? filters : tests));
  const other = Object.hasOwn(kind === 'filter' ? tests : filters, name);
  const hint = other
    ? `"${name}" is a ${kind === 'filter' ? 'test: write "is"' : 'filter: write "|"'} before it.`
    : near === undefined
      ? name.includes('.')
        ? 'Only those of Jinja and of ansible.builtin are there.'
        : undefined
      : `Did you mean "${near}"?`;
  return new TemplateError(`There is no ${kind} "${name}"`, hint);
}
