const DEFINED = /(hostvars\[.+\]|[\w_]+)\s+(not\s+is|is\s+not|is)\s+(defined|undefined)/g;

/** The result of `x is defined` in a condition that failed because `x` is undefined elsewhere in it (conditional.py). */
export function expectedUndefined(condition: string, message: string): boolean | undefined {
  const name = /'(hostvars\[.+\]|[\w_]+)' is undefined/.exec(message)?.[1];
  if (name === undefined) return undefined;
  for (const [, variable, logic = '', state] of condition.matchAll(DEFINED))
    if (variable?.replaceAll("'", '"') === name.replaceAll("'", '"'))
      return logic.includes('not') === (state === 'defined');
  return undefined;
}
