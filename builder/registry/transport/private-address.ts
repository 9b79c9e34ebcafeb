import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** `own`: this machine or link (including metadata services of clouds); `private`: the network of an organisation. */
export type AddressKind = 'own' | 'private' | 'public';

type Range = readonly [address: string, prefix: number];

/** IANA's special-purpose address registries. */
const ranges: Readonly<
  Record<Exclude<AddressKind, 'public'>, { v4: readonly Range[]; v6: readonly Range[] }>
> = {
  own: {
    v4: [
      ['0.0.0.0', 8],
      ['127.0.0.0', 8],
      ['169.254.0.0', 16],
      ['224.0.0.0', 3],
    ],
    v6: [
      ['::', 127],
      ['fe80::', 10],
      ['ff00::', 8],
      ['fd00:ec2::', 32],
    ],
  },
  private: {
    v4: [
      ['10.0.0.0', 8],
      ['100.64.0.0', 10],
      ['172.16.0.0', 12],
      ['192.168.0.0', 16],
      ['198.18.0.0', 15],
    ],
    v6: [['fc00::', 7]],
  },
};

/** The kind of an IP address; undefined if the text is none. IPv4 within IPv6 counts as IPv4. */
export function kindOfAddress(text: string): AddressKind | undefined {
  const address = text.replace(/^\[|\]$/g, '');
  const family = isIPv4(address) ? 'v4' : isIPv6(address) ? 'v6' : undefined;
  if (family === undefined) return undefined;
  for (const kind of ['own', 'private'] as const) if (listOf(kind).check(address, `ip${family}`)) return kind;
  return 'public';
}

/** BlockList matches mapped addresses (::ffff:10.0.0.1) against the ranges of IPv4. */
function listOf(kind: keyof typeof ranges): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of ranges[kind].v4) list.addSubnet(address, prefix, 'ipv4');
  for (const [address, prefix] of ranges[kind].v6) list.addSubnet(address, prefix, 'ipv6');
  return list;
}

/** Whether a host name means this machine. */
export function isLoopbackHost(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/^\[|\]$/g, '');
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    (isIPv4(name) && name.startsWith('127.'))
  );
}
