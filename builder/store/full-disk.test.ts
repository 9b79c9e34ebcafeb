import * as fs from 'node:fs';
import t from 'tap';
import { openStore } from './content-store.js';
import { mountDisk } from './fixtures/mount-disk.js';
import { surveyCache } from './survey-cache.js';
import { anyRecord } from './fixtures/any-record.js';

const megabyte = Buffer.alloc(1 << 20, 'x');

t.test('on a full disk there is one message, nothing half-made, and a way on', async (t) => {
  const folder = `${mountDisk(t, 'size=2m')}/platen`;
  using store = openStore(folder);
  const noSpace = {
    code: 'failed',
    message: `No space is left for the cache ${folder}`,
    hint: /platen cache prune.*XDG_CACHE_HOME/,
  };
  store.setRecord(anyRecord('layer'), 'key', { first: true });
  const big = store.writer();
  await t.rejects(
    (async () => {
      for (let count = 0; count < 4; count++) await big.write(megabyte);
    })(),
    noSpace,
  );
  await big.abort();
  t.strictSame(temporaries(folder), []);
  const blob = store.put(megabyte);
  t.throws(() => store.put(Buffer.alloc(1 << 20, 'y')), noSpace);
  fs.writeFileSync(`${folder}/filler`, Buffer.alloc(900_000));
  t.throws(() => store.setRecord(anyRecord('layer'), 'key', { filler: 'x'.repeat(500_000) }), noSpace);
  t.strictSame(store.record(anyRecord('layer'), 'key'), { first: true }, 'the record of before stays');
  t.strictSame(temporaries(folder), []);
  t.strictSame([...surveyCache(folder).blobs.keys()], [blob.slice(7)]);
  fs.rmSync(`${folder}/filler`);
  store.setRecord(anyRecord('layer'), 'key', { second: true });
  const small = store.writer();
  await small.write(Buffer.alloc(500_000));
  t.ok(store.has((await small.finish()).digest));
});

function temporaries(folder: string): string[] {
  const all = fs.readdirSync(`${folder}/tmp`, { recursive: true, withFileTypes: true });
  return all.filter((entry) => entry.isFile()).map(({ name }) => name);
}

t.test('no room for the cache itself', (t) => {
  const folder = `${mountDisk(t, 'size=2m,nr_inodes=4')}/platen`;
  t.throws(() => openStore(folder), { code: 'failed', message: `No space is left for the cache ${folder}` });
  t.end();
});

t.test('where nothing can be written', (t) => {
  const folder = `${mountDisk(t, 'size=1m,ro')}/platen`;
  t.throws(() => openStore(folder), {
    code: 'failed',
    message: `The cache ${folder} can't be written: its file system is read-only`,
    hint: 'set XDG_CACHE_HOME to a writable folder',
  });
  const file = `${t.testdir({ cache: 'a file' })}/cache`;
  t.throws(() => openStore(file), { message: `The cache ${file} can't be written: a file is in the way` });
  t.throws(() => openStore(`${file}/platen`), /can't be written: a file is in the way$/);
  t.end();
});
