import { execFileSync } from 'node:child_process';
import { createReadStream, rmSync, truncateSync } from 'node:fs';
import t from 'tap';
import { openStore } from '../store/content-store.js';
import type { Entry } from '../tar/entry.js';
import { mergeEntries } from './merge-entries.js';
import { readLayer } from './read-layer.js';
import { findLayer, layerKey, writeLayer } from './write-layer.js';
import { layerRecord } from './stored-layer.js';

const epoch = 1735689600;
const compression = { level: 6 };
const owner = { uid: 0, gid: 0, mtime: epoch };

function sample(store: ReturnType<typeof openStore>): Entry[] {
  const bytes = Buffer.from('hello\n');
  const blob = store.put(bytes);
  const content = { digest: blob, slice: { blob, offset: 0, size: bytes.length } };
  return mergeEntries([
    [
      { path: '/etc', type: 'directory', mode: 0o755, ...owner },
      { path: '/etc/hello', type: 'file', mode: 0o640, ...owner, uid: 33, content },
      { path: '/etc/link', type: 'symlink', mode: 0o777, ...owner, target: 'hello' },
      { path: '/etc/gone', type: 'whiteout', mode: 0, ...owner },
      { path: `/etc/${'long'.repeat(40)}-ü`, type: 'file', mode: 0o4755, ...owner, content },
    ],
  ]);
}

t.test('the same entries give the same layer, in any store', async (t) => {
  const folder = t.testdir();
  const layers = await Promise.all(
    ['one', 'two'].map((name) => {
      const store = openStore(`${folder}/${name}`);
      return writeLayer(sample(store), store, { key: layerKey([], compression), compression });
    }),
  );
  t.same(layers[0], layers[1]);
});

t.test('GNU tar reads a layer, and so do we', async (t) => {
  const store = openStore(t.testdir());
  const entries = sample(store);
  const {
    diffId,
    blob: { digest },
  } = await writeLayer(entries, store, {
    key: layerKey([], compression),
    compression,
  });
  const listing = execFileSync('tar', ['-tv', '--numeric-owner', '-f', store.path(diffId)], {
    encoding: 'utf8',
    env: { TZ: 'UTC', LANG: 'C.UTF-8', PATH: '/usr/bin:/bin' },
  });
  t.match(listing, /^drwxr-xr-x 0\/0 +0 2025-01-01 00:00 etc\/$/m);
  t.match(listing, /^-rw-r----- 33\/0 +6 2025-01-01 00:00 etc\/hello$/m);
  t.match(listing, /^lrwxrwxrwx 0\/0 .* etc\/link -> hello$/m);
  t.match(listing, /etc\/\.wh\.gone$/m);
  t.match(listing, /^-rwsr-xr-x .* etc\/(long){40}-/m);
  execFileSync('gzip', ['-t'], { input: store.read({ blob: digest, offset: 0, size: store.size(digest) }) });
  const read = await readLayer(createReadStream(store.path(diffId)), store);
  const plain = (all: readonly Entry[]) =>
    all.map(({ content, ...rest }) => ({ ...rest, digest: content?.digest }));
  t.same(plain(read.entries), plain(entries));
});

t.test('a layer that another zlib compressed is another layer', async (t) => {
  using store = openStore(t.testdir());
  const [debian, bundled] = ['1.3.1', '1.3.0.1-motley-788cb3c'].map((zlib) =>
    layerKey([], compression, zlib),
  );
  await writeLayer(sample(store), store, { key: debian!, compression });
  t.ok(findLayer(debian!, store));
  t.equal(findLayer(bundled!, store), undefined);
});

t.test('a layer that is gone or cut short is not found', async (t) => {
  using store = openStore(t.testdir());
  const key = layerKey([], compression);
  t.equal(findLayer(key, store), undefined);
  for (const blob of ['diffId', 'digest'] as const) {
    const layer = await writeLayer(sample(store), store, { key, compression });
    const record = layerRecord(layer);
    t.strictSame(layerRecord(findLayer(key, store)!), record);
    truncateSync(store.path(record[blob]), 100);
    t.equal(findLayer(key, store), undefined, `its ${blob} is cut short`);
    rmSync(store.path(record[blob]));
    t.equal(findLayer(key, store), undefined, `its ${blob} is gone`);
  }
  t.same(findLayer(key, store), undefined);
});

t.test('a damaged tar is refused and leaves nothing in the store', async (t) => {
  const folder = t.testdir({ 'bad.tar': 'x'.repeat(2000) });
  const store = openStore(`${folder}/store`);
  await t.rejects(readLayer(createReadStream(`${folder}/bad.tar`), store), { name: 'BuilderError' });
});
