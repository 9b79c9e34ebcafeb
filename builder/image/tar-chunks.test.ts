import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { openStore } from '../store/content-store.js';
import { digestOf } from '../store/digest.js';
import type { Entry } from '../tar/entry.js';
import { tarChunks } from './tar-chunks.js';

t.test('what is damaged in the cache does not get into a layer', async (t) => {
  using store = openStore(t.testdir());
  const blob = store.put(Buffer.from('one two three'));
  const slice = { blob, offset: 4, size: 3 };
  const content = { digest: digestOf('two'), slice };
  const entry: Entry = { path: '/a', type: 'file', mode: 0o644, uid: 0, gid: 0, mtime: 0, content };
  t.match(Buffer.concat([...tarChunks([entry], store)]).toString('latin1'), /two\0/);
  const bytes = readFileSync(store.path(blob));
  bytes[5] = (bytes[5] ?? 0) ^ 1;
  writeFileSync(store.path(blob), bytes);
  t.throws(() => [...tarChunks([entry], store)], {
    code: 'not-found',
    message: /was damaged, and is removed/,
  });
  t.notOk(store.has(blob), 'the next build makes it again');
});
