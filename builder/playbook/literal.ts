/**
 * A value in a form that templating gives back as it is: what a command printed, or a file's name, is data and never
 * a template (Ansible marks such strings "unsafe"). Only strings with an opening bracket of Jinja's change.
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
