/** Reads an option that may be given more than once: all of its values, in order. */
export function collectOption(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
