import { replacement } from '../../jinja/python/python-regex.js';

/** Replaces every match of a `pythonRegex`, like re.subn: returns text and count. @throws TemplateError for a bad template */
export function substitute(pattern: RegExp, template: string, text: string): [string, number] {
  let count = 0;
  const result = text.replace(pattern, (...parts: unknown[]) => {
    count += 1;
    const groups = typeof parts.at(-1) === 'object' ? (parts.pop() as Record<string, string>) : undefined;
    const captured = parts.slice(0, -2);
    return replacement(template, Object.assign(captured, { groups }) as unknown as RegExpExecArray);
  });
  return [result, count];
}

/** The first match, or null; keeps no state between calls. */
export function firstMatch(pattern: RegExp, text: string): RegExpExecArray | null {
  pattern.lastIndex = 0;
  return pattern.exec(text);
}
