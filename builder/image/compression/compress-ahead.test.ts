import t from 'tap';
import { gunzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { openStore } from '../../store/content-store.js';
import type { Store } from '../../store/store.js';
import { CompressAhead } from './compress-ahead.js';
import type { Entry } from '../../tar/entry.js';
import { layerRecord } from '../stored-layer.js';
import { layerPieces } from './layer-pieces.js';
import { layerKey, writeLayer } from '../write-layer.js';

const owner = { mode: 0o644, uid: 0, gid: 0, mtime: 0 };
const compression = { level: 6 };

/** Files of half a megabyte each, enough for several pieces. */
function files(store: Store, count: number, changed?: number): Entry[] {
  return Array.from({ length: count }, (_, number) => {
    const bytes = Buffer.alloc(500_000, number === changed ? 'changed' : `file ${number} `);
    const blob = store.put(bytes);
    const content = { digest: blob, slice: { blob, offset: 0, size: bytes.length } };
    return { path: `/srv/${String(number).padStart(3, '0')}`, type: 'file', ...owner, content };
  });
}

t.test('a change leaves all pieces of a layer but one or two as they were', async (t) => {
  const store = openStore(t.testdir());
  const keys = (entries: Entry[]) => [...layerPieces(entries)].map(({ key }) => key);
  const before = keys(files(store, 100));
  t.ok(before.length > 5, `${before.length} pieces`);
  const after = new Set(keys(files(store, 100, 50)));
  t.equal(before.filter((key) => !after.has(key)).length, 1);
  const fewer = new Set(keys(files(store, 100).filter((_, index) => index !== 20)));
  t.ok(before.filter((key) => !fewer.has(key)).length <= 2);
  t.same(
    [...layerPieces(files(store, 100))].flatMap(({ entries }) => entries),
    files(store, 100),
  );
});

t.test('a layer compressed ahead is the layer compressed at once', async (t) => {
  const folder = t.testdir();
  const [one, two] = [openStore(`${folder}/one`), openStore(`${folder}/two`)];
  const ahead = new CompressAhead(one, compression.level);
  await ahead.look(files(one, 40, 3));
  t.equal(piecesDone(ahead, files(one, 40)), 0, 'what was seen once may change');
  await ahead.look(files(one, 40));
  const done = piecesDone(ahead, files(one, 40));
  t.ok(done > 0, `${done} pieces`);
  const key = layerKey([], compression);
  let taken = 0;
  const find = ahead.find.bind(ahead);
  ahead.find = (piece) => {
    const found = find(piece);
    if (found !== undefined) taken += 1;
    return found;
  };
  const layer = await writeLayer(files(one, 40), one, { key, compression, ahead });
  t.equal(taken, done, 'what was compressed ahead is taken');
  const plain = await writeLayer(files(two, 40), two, { key, compression });
  t.strictSame(layerRecord(layer), layerRecord(plain));
  t.ok(gunzipSync(readFileSync(one.path(layer.blob.digest))).equals(readFileSync(one.path(layer.diffId))));
});

function piecesDone(ahead: CompressAhead, entries: Entry[]): number {
  return [...layerPieces(entries)].filter(({ key }) => ahead.find(key) !== undefined).length;
}

t.test('what still grows is left alone until it was the same for long', async (t) => {
  const store = openStore(t.testdir());
  const ahead = new CompressAhead(store, compression.level);
  const done: number[] = [];
  for (const count of [10, 50, 90, 130, 131]) {
    const entries = files(store, count);
    await ahead.look(entries);
    done.push(piecesDone(ahead, entries));
  }
  t.same(done.slice(0, 3), [0, 0, 0]);
  const [long = 0, whole = 0] = done.slice(3);
  t.ok(long > 0 && long < whole, `${long} pieces were seen four times, ${whole} twice`);
});

t.test('a later look ends an earlier one', async (t) => {
  const store = openStore(t.testdir());
  const ahead = new CompressAhead(store, compression.level);
  const entries = files(store, 60);
  await ahead.look(entries);
  const going = ahead.look(entries);
  ahead.stop();
  await going;
  t.equal(piecesDone(ahead, entries), 1);
});
