/** Where the blocks are from: private addresses that are seldom used, and none of the engine's own choice. */
const first = '10.213.';
const bits = 24;

/** Blocks of 256 private addresses that overlap none of these, like 10.213.0.0/24. */
export function* freeBlocks(used: readonly string[]): Generator<string> {
  const taken = used.map(rangeOf).filter((range) => range !== undefined);
  for (let number = 0; number < 256; number += 1) {
    const block = `${first}${number}.0/${bits}`;
    const own = rangeOf(block);
    if (own !== undefined && !taken.some(([from, to]) => own[0] <= to && from <= own[1])) yield block;
  }
}

/** First and last address of a block, as numbers; undefined of what is not IPv4. */
function rangeOf(block: string): [number, number] | undefined {
  const [, address = '', length = '32'] = /^(\d+\.\d+\.\d+\.\d+)(?:\/(\d+))?$/.exec(block) ?? [];
  if (address === '') return undefined;
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(length));
  const from = Math.floor(number / size) * size;
  return [from, from + size - 1];
}
