import { intrinsicOf, isPending } from './pending.js';

/** The names between `${` and `}` in the text of an `Fn::Sub`; `${!Literal}` is none. */
export function substitutedNames(text: string): string[] {
  return [...text.matchAll(/\$\{([^!{}][^{}]*)\}/g)].map(([, name]) => (name ?? '').trim());
}

/**
 * The text of an `Fn::Sub` with its names replaced by `values`. Where one of them can't be computed yet the function
 * stays, with all that can be.
 */
export function substitute(text: string, values: ReadonlyMap<string, unknown>): unknown {
  const stays = [...values.values()].some(isPending);
  const own = new Map<string, unknown>();
  const replaced = text.replace(/\$\{([^{}]*)\}/g, (whole, inner: string) => {
    if (inner.startsWith('!')) return stays ? whole : `\${${inner.slice(1)}}`;
    const name = inner.trim();
    const value = values.get(name);
    // What was computed must not be taken for a name when the rest is.
    if (!isPending(value)) return stays ? String(value).replaceAll('${', '${!') : String(value);
    if (!meansItself(name, value)) own.set(name, value);
    return whole;
  });
  if (!stays) return replaced;
  return { 'Fn::Sub': own.size === 0 ? replaced : [replaced, Object.fromEntries(own)] };
}

/** Whether `${name}` says the same as the value. */
function meansItself(name: string, value: unknown): boolean {
  const { name: called, argument } = intrinsicOf(value) ?? {};
  if (called === 'Ref') return argument === name;
  return called === 'Fn::GetAtt' && Array.isArray(argument) && argument.join('.') === name;
}
