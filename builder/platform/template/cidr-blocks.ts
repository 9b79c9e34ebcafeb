/**
 * What `Fn::Cidr` gives: the first `count` blocks of `hostBits` bits of addresses inside an IPv4 block.
 * @throws RangeError where they do not fit
 */
export function cidrBlocks(block: string, count: number, hostBits: number): string[] {
  const [address = '', length = ''] = block.split('/');
  const bytes = address.split('.').map(Number);
  const prefix = Number(length);
  if (
    bytes.length !== 4 ||
    bytes.some((byte) => !(byte >= 0 && byte <= 255)) ||
    !(prefix >= 0 && prefix <= 32)
  )
    throw new RangeError(`${block} is no IPv4 block`);
  if (count * 2 ** hostBits > 2 ** (32 - prefix))
    throw new RangeError(`${count} blocks of ${hostBits} bits do not fit into ${block}`);
  const first = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  return Array.from({ length: count }, (_, index) => {
    const start = first + index * 2 ** hostBits;
    const shown = [24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256).join('.');
    return `${shown}/${32 - hostBits}`;
  });
}
