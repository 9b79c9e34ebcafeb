const tokens = [
  '{',
  '}',
  '[',
  ']',
  ':',
  ' ',
  '\n',
  '- ',
  '&a ',
  '*a',
  '<<: ',
  '!!int ',
  "'",
  '"',
  '~',
  '0',
  '1e9',
  '\t',
];

/** Returns a generator of pseudo-random numbers below a limit, the same in every run (mulberry32). */
export function numbersBelow(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Deletes, inserts or doubles one to four parts of a text. */
export function mutateYaml(text: string, random: (below: number) => number): string {
  let mutated = text;
  for (let count = 1 + random(4); count > 0; count--) {
    const at = random(mutated.length);
    const end = at + random(12);
    const other = random(mutated.length);
    const put =
      random(2) === 0 ? (tokens[random(tokens.length)] ?? '') : mutated.slice(other, other + random(20));
    mutated = mutated.slice(0, at) + put + mutated.slice(random(3) === 0 ? at : end);
  }
  return mutated;
}
