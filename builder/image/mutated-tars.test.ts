import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { Readable } from 'node:stream';
import t from 'tap';
import { BuilderError } from '../errors.js';
import type { Entry } from '../tar/entry.js';
import { readTar } from '../tar/tar-reader.js';
import { processorMs } from '../testing/processor-ms.js';

const count = 2400;
const block = 512;

/** mulberry32: repeatable, so that a failure can be reproduced. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
type Random = ReturnType<typeof randomOf>;

/** Offsets of headers, found by their magic, so that mutations hit relevant bytes. */
function headers(tar: Buffer): number[] {
  const found = [];
  for (let at = 0; at + block <= tar.length; at += block)
    if (tar.toString('latin1', at + 257, at + 262) === 'ustar') found.push(at);
  return found;
}

/** Corrects the checksums, so that mutated headers are not refused at once. */
function withSums(tar: Buffer): Buffer {
  for (const at of headers(tar)) {
    tar.fill(' ', at + 148, at + 156);
    const sum = tar.subarray(at, at + block).reduce((total, byte) => total + byte, 0);
    tar.write(`${(sum % 0o1000000).toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
  }
  return tar;
}

const fields: readonly (readonly [offset: number, width: number])[] = [
  [0, 100],
  [100, 8],
  [108, 8],
  [116, 8],
  [124, 12],
  [136, 12],
  [156, 1],
  [157, 100],
  [257, 8],
  [329, 8],
  [337, 8],
  [345, 155],
];
const values = [
  '',
  '\0',
  '77777777777',
  '\x80\0\0\0\0\0\0\0\0\0\x02\0',
  '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff',
  '\x80\x7f\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff',
  '-1',
  '9',
  ' 1 ',
  '../../..',
  '/',
  'x',
  'g',
  'L',
  'K',
  'S',
  '1',
  '2',
  '5',
  'ustar\0',
];
const paxValues = [
  '9999999 path=x\n',
  '0 path=x\n',
  '11 path=\0\0\n',
  '-5 a=b\n',
  '20 size=99999999999\n',
  '10 size=-1\n',
  '13 mtime=1e9\n',
  '30 mtime=99999999999999999999\n',
  'path',
  '12 uid=1.5e3\n',
  ' =\n',
  '18 __proto__=evil\n',
];

const mutations: readonly ((tar: Buffer, random: Random) => Buffer)[] = [
  (tar, random) => tar.subarray(0, random(tar.length)),
  function flipBytes(tar, random) {
    for (let flips = 1 + random(20); flips > 0; flips--) tar[random(tar.length)] = random(256);
    return tar;
  },
  function changeField(tar, random) {
    const all = headers(tar);
    for (let changes = 1 + random(3); changes > 0; changes--) {
      const [offset, width] = fields[random(fields.length)] as [number, number];
      const value = Buffer.from(values[random(values.length)] as string, 'latin1').subarray(0, width);
      const at = (all[random(all.length)] as number) + offset;
      tar.fill(0, at, at + width);
      value.copy(tar, at);
    }
    return withSums(tar);
  },
  function changePax(tar, random) {
    const extended = headers(tar).filter((at) => 'xgLK'.includes(tar.toString('latin1', at + 156, at + 157)));
    const at = extended[random(extended.length)];
    if (at !== undefined) tar.write(paxValues[random(paxValues.length)] as string, at + block, 'latin1');
    return tar;
  },
  function moveBlocks(tar, random) {
    const blocks = Math.floor(tar.length / block);
    const [from, to] = [random(blocks) * block, random(blocks) * block];
    const some = Buffer.from(tar.subarray(from, from + block * (1 + random(4))));
    return random(2) === 0
      ? Buffer.concat([tar.subarray(0, to), some, tar.subarray(to)])
      : Buffer.concat([tar.subarray(0, from), tar.subarray(Math.min(tar.length, from + some.length))]);
  },
  function noise(tar, random) {
    const at = random(tar.length);
    for (let end = Math.min(tar.length, at + random(2000)), here = at; here < end; here++)
      tar[here] = random(256);
    return withSums(tar);
  },
];

async function entriesOf(tar: Buffer, random: Random): Promise<Entry[]> {
  const entries: Entry[] = [];
  let bytes = 0;
  let promised = 0;
  const pieces = function* (): Generator<Buffer> {
    for (let at = 0, size; at < tar.length; at += size)
      yield tar.subarray(at, at + (size = 1 + random(5000)));
  };
  await readTar(Readable.from(pieces()), {
    raw: () => Promise.resolve(),
    entry: (entry, size, offset) => {
      if (bytes !== promised) throw new Error('a file got fewer or more bytes than were promised');
      if (offset % block !== 0 || size < 0) throw new Error('a member out of place');
      entries.push(entry);
      [bytes, promised] = [0, size];
    },
    data: (chunk) => void (bytes += chunk.length),
  });
  return entries;
}

/** Properties that all other code relies on. */
function isSound({ path, type, mode, uid, gid, mtime, target, device }: Entry): boolean {
  const counts = [mode, uid, gid, ...(device ?? [])];
  return (
    path.startsWith('/') &&
    !path.includes('\0') &&
    !`${path}/`.includes('/../') &&
    !path.includes('//') &&
    (path === '/' ? type === 'directory' : !path.endsWith('/')) &&
    counts.every((one) => Number.isSafeInteger(one) && one >= 0) &&
    mode <= 0o7777 &&
    Number.isSafeInteger(mtime) &&
    (type === 'symlink' || type === 'hardlink') === (target !== undefined) &&
    (type === 'character' || type === 'block') === (device !== undefined)
  );
}

t.test(`${count} mutated archives give entries or one of our errors`, async (t) => {
  const folder = t.testdir();
  fs.mkdirSync(`${folder}/tree`);
  for (const name of ['small', 'l'.repeat(130), 'ü', 'bytes'])
    fs.writeFileSync(`${folder}/tree/${name}`, name.repeat(300));
  fs.symlinkSync('s'.repeat(200), `${folder}/tree/soft`);
  fs.linkSync(`${folder}/tree/small`, `${folder}/tree/zhard`);
  execFileSync('mkfifo', [`${folder}/tree/fifo`]);
  const archives = ['gnu', 'posix', 'oldgnu'].map((format) =>
    execFileSync('tar', [`--format=${format}`, '-cC', folder, 'tree'], {
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
    }),
  );
  const outcomes = { read: 0, refused: 0 };
  const messages = new Set<string>();
  const bad: string[] = [];
  let slowest = 0;
  const memory = process.memoryUsage.rss();
  for (let seed = 0; seed < count; seed++) {
    const random = randomOf(seed);
    const mutation = mutations[seed % mutations.length] as (typeof mutations)[number];
    const archive = archives[random(archives.length)] as Buffer;
    const started = processorMs();
    try {
      const entries = await entriesOf(mutation(Buffer.from(archive), random), random);
      outcomes.read += 1;
      bad.push(
        ...entries.filter((entry) => !isSound(entry)).map((entry) => `${seed}: ${JSON.stringify(entry)}`),
      );
    } catch (error) {
      outcomes.refused += 1;
      if (error instanceof BuilderError) messages.add(error.message.replace(/".*"/, '…'));
      else bad.push(`${seed}: ${String(error)}`);
    }
    slowest = Math.max(slowest, processorMs() - started);
  }
  t.strictSame(bad, []);
  t.ok(outcomes.read > count / 10 && outcomes.refused > count / 10, JSON.stringify(outcomes));
  t.ok(messages.size > 8, [...messages].join('; '));
  t.ok(slowest < 2000, `the slowest took ${slowest.toFixed(0)} ms`);
  const grown = (process.memoryUsage.rss() - memory) / 1e6;
  t.ok(grown < 300, `${grown.toFixed(0)} MB more memory`);
});
