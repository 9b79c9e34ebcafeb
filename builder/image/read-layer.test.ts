import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { openStore } from '../store/content-store.js';
import { surveyCache } from '../store/survey-cache.js';
import type { Entry } from '../tar/entry.js';
import { readLayer } from './read-layer.js';
import { tarHeader, tarTrailer } from '../tar/tar-header.js';

const owner = { uid: 0, gid: 0, mtime: 7 };
const file = (path: string): Entry => ({ path, type: 'file', mode: 0o644, ...owner });
const directory = (path: string): Entry => ({ path, type: 'directory', mode: 0o700, ...owner });

const cases: readonly (readonly [what: string, members: Entry[], read: string[]])[] = [
  ['a whiteout', [file('/a/.wh.b')], ['whiteout /a/b']],
  ['a whiteout in the root', [file('/.wh.b')], ['whiteout /b']],
  ['an opaque folder', [directory('/a'), file('/a/.wh..wh..opq')], ['directory 700 opaque /a']],
  ['its mark first', [file('/a/.wh..wh..opq'), directory('/a')], ['directory 700 opaque /a']],
  ['its mark alone', [file('/a/.wh..wh..opq')], ['directory 755 opaque /a']],
  ['a folder and its whiteout', [directory('/a'), file('/.wh.a')], ['directory 700 opaque /a']],
  ['a whiteout and its folder', [file('/.wh.a'), directory('/a')], ['directory 700 opaque /a']],
  ['a file and its whiteout', [file('/a'), file('/.wh.a')], ['file 644 /a']],
  ['a whiteout and its file', [file('/.wh.a'), file('/a')], ['file 644 /a']],
  ["AUFS's own files", [directory('/.wh..wh.plnk'), file('/.wh..wh.aufs'), file('/a/.wh.')], []],
  ['a file that comes twice', [file('/a'), { ...file('/a'), mode: 0o600 }], ['file 600 /a']],
];

for (const [what, members, expected] of cases)
  t.test(what, async (t) => {
    using store = openStore(t.testdir());
    const tar = [...members.map((entry) => tarHeader(entry, entry.path.slice(1))), tarTrailer];
    const { entries } = await readLayer(Readable.from(tar), store);
    const read = entries.map(({ type, mode, opaque, path }) =>
      [type, type === 'whiteout' ? [] : mode.toString(8), opaque ? 'opaque' : [], path].flat().join(' '),
    );
    t.strictSame(read, expected);
  });

t.test('what is not a tar leaves nothing in the store', async (t) => {
  using store = openStore(t.testdir());
  for (const bytes of [Buffer.alloc(512, 'x'), tarHeader(file('/a'), 'a').subarray(0, 300)])
    await t.rejects(readLayer(Readable.from([bytes]), store), {
      code: 'failed',
      message: /^The tar archive can't be read: /,
    });
  const broken = async function* () {
    yield tarHeader(file('/a'), 'a');
    throw new Error('the connection broke');
  };
  await t.rejects(readLayer(Readable.from(broken()), store), { message: 'the connection broke' });
  t.equal(surveyCache(store.folder).blobs.size, 0);
});

t.test('what makes a stream has cleaned up when reading it fails', async (t) => {
  using store = openStore(t.testdir());
  let cleaned = false;
  const slow = async function* () {
    try {
      yield Buffer.alloc(512, 'x');
      yield Buffer.alloc(512, 'y');
    } finally {
      await sleep(50);
      cleaned = true;
    }
  };
  await t.rejects(readLayer(Readable.from(slow()), store), { code: 'failed' });
  t.ok(cleaned);
});
