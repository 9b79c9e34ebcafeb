import { BuilderError } from '../../errors.js';

/** Names of stacks and what each needs first. */
export type Dependencies = ReadonlyMap<string, readonly string[]>;

/**
 * Stacks in waves: each needs only those of waves before it, so all of a wave can be deployed at once. The reverse is
 * the order in which they are deleted. What is needed and not among them counts as there.
 * @throws BuilderError where stacks need each other in a circle, with the circle
 */
export function stackWaves(dependencies: Dependencies): string[][] {
  const waves: string[][] = [];
  const placed = new Set<string>();
  while (placed.size < dependencies.size) {
    const ready = [...dependencies]
      .filter(
        ([name, needs]) =>
          !placed.has(name) && needs.every((one) => placed.has(one) || !dependencies.has(one)),
      )
      .map(([name]) => name);
    if (ready.length === 0) throw inCircle(circleAmong(dependencies, placed));
    for (const name of ready) placed.add(name);
    waves.push(ready);
  }
  return waves;
}

/** Those of the stacks that need one of the names, directly or by others. */
export function dependentsOf(dependencies: Dependencies, names: readonly string[]): string[] {
  const found = new Set(names);
  for (let before = -1; before < found.size;) {
    before = found.size;
    for (const [name, needs] of dependencies) if (needs.some((one) => found.has(one))) found.add(name);
  }
  return [...found].filter((name) => !names.includes(name));
}

function circleAmong(dependencies: Dependencies, placed: ReadonlySet<string>): string[] {
  const next = (name: string): string =>
    dependencies.get(name)?.find((one) => dependencies.has(one) && !placed.has(one)) ?? '';
  const path = [[...dependencies.keys()].find((name) => !placed.has(name)) ?? ''];
  for (;;) {
    const name = next(path.at(-1) ?? '');
    const start = path.indexOf(name);
    if (start >= 0) return [...path.slice(start), name];
    path.push(name);
  }
}

function inCircle(names: readonly string[]): BuilderError {
  return new BuilderError(`Stacks need each other in a circle: ${names.join(' → ')}`, {
    code: 'invalid',
    hint: 'Move what both need into a stack of its own.',
  });
}
