/**
 * Escapes a value so that templating returns it unchanged: output of commands and names of files are data, never templates
 * (Ansible marks such strings "unsafe"). Changes only strings with an opening bracket of Jinja.
 */
export function literal<T>(value: T): T {
  return convert(value) as T;
}

function convert(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('{') ? escapeText(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items: unknown[] = value.map(convert);
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => [key, convert(item)]);
  return entries.every(([key, item]) => item === (value as Record<string, unknown>)[key])
    ? value
    : Object.fromEntries(entries);
}

function escapeText(text: string): string {
  return text.replace(/\{[{%#]/g, (bracket) => `{{ '${bracket}' }}`);
}
