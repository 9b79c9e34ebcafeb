/** An intrinsic function that can't be computed yet, as CloudFormation writes it: `{ Ref: "Vpc" }`. */
export type Pending = Readonly<Record<string, unknown>>;

/** What a property is set to that is not set: `AWS::NoValue`. */
export const noValue = Symbol('AWS::NoValue');

/** The name and the argument of an intrinsic function; undefined of anything else. */
export function intrinsicOf(value: unknown): { name: string; argument: unknown } | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const [name, ...more] = Object.keys(value);
  if (name === undefined || more.length > 0) return undefined;
  if (name !== 'Ref' && name !== 'Condition' && !name.startsWith('Fn::')) return undefined;
  return { name, argument: (value as Record<string, unknown>)[name] };
}

/** Whether a value is, or holds, what can't be computed yet. */
export function isPending(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isPending);
  return intrinsicOf(value) !== undefined;
}
