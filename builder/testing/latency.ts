import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';

/** In milliseconds. */
export interface Latency {
  readonly median: number;
  readonly p99: number;
}

/**
 * Asks each address in turn at a fixed rate, whether or not earlier answers have come, and gives the latency of each, measured
 * in the same seconds. A first second does not count.
 * @param options `rate` in requests a second for each address; `ca` is the authority to trust, in PEM
 * @throws Error where an answer is not 200
 */
export async function measureLatency(
  addresses: readonly string[],
  { rate, seconds, ca }: { readonly rate: number; readonly seconds: number; readonly ca?: string },
): Promise<readonly Latency[]> {
  const agent = new Agent({
    connections: 32,
    pipelining: 1,
    ...(ca === undefined ? {} : { connect: { ca } }),
  });
  const times: number[][] = addresses.map(() => []);
  const ask = async (index: number): Promise<void> => {
    const begin = performance.now();
    const { statusCode, body } = await request(addresses[index] ?? '', { dispatcher: agent });
    await body.dump();
    if (statusCode !== 200) throw new Error(`${addresses[index]} answered with ${statusCode}`);
    times[index]?.push(performance.now() - begin);
  };
  const asked: Promise<void>[] = [];
  const begin = performance.now();
  const total = rate * (seconds + 1) * addresses.length;
  while (asked.length < total) {
    const due = Math.min(total, ((performance.now() - begin) / 1000) * rate * addresses.length);
    while (asked.length < due) asked.push(ask(asked.length % addresses.length));
    await sleep(1);
  }
  await Promise.all(asked);
  await agent.close();
  return times.map((all) => {
    const sorted = all.slice(rate).sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
    return { median: at(0.5), p99: at(0.99) };
  });
}
