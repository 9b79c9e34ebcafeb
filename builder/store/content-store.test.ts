import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { openStore } from './content-store.js';
import { type Digest, digestOf } from './digest.js';
import { anyRecord } from './fixtures/any-record.js';

const hourMs = 3_600_000;

function age(path: string, hours: number): void {
  const then = (Date.now() - hours * hourMs) / 1000;
  fs.utimesSync(path, then, then);
}

t.test('a blob is there under its digest once it is finished, and not before', async (t) => {
  using store = openStore(t.testdir());
  const digest = digestOf('hello world');
  const writer = store.writer();
  await writer.write(Buffer.from('hello '));
  t.notOk(store.has(digest));
  await writer.write(Buffer.from('world'));
  t.strictSame(await writer.finish(), { digest, size: 11 });
  t.ok(store.has(digest));
  t.equal(store.size(digest), 11);
  t.equal(store.read({ blob: digest, offset: 6, size: 5 }).toString(), 'world');
  t.equal(await text(store.open(digest)), 'hello world');
  t.equal(store.put(Buffer.from('hello world')), digest);
  t.equal(
    store.path(digest),
    `${store.folder}/blobs/sha256/${createHash('sha256').update('hello world').digest('hex')}`,
  );
});

t.test('what is given up leaves nothing', async (t) => {
  const folder = t.testdir();
  const store = openStore(folder);
  const writer = store.writer();
  await writer.write(Buffer.from('half'));
  await writer.abort();
  await writer.abort();
  t.strictSame(fs.readdirSync(`${folder}/blobs/sha256`), []);
  const [lease = ''] = fs.readdirSync(`${folder}/tmp`);
  t.strictSame(fs.readdirSync(`${folder}/tmp/${lease}`), []);
  store[Symbol.dispose]();
  t.strictSame(fs.readdirSync(`${folder}/tmp`), []);
});

t.test('records come back, newest first', async (t) => {
  using store = openStore(t.testdir());
  for (const [index, parent] of ['b', 'c', 'a'].entries()) {
    store.setRecord(anyRecord('step'), `key/${parent}`, { parent });
    age(`${store.folder}/records/step/key/${parent}.json`, 3 - index);
  }
  t.strictSame(store.records(anyRecord('step'), 'key'), ['a', 'c', 'b']);
  t.strictSame(store.record(anyRecord('step'), 'key/c'), { parent: 'c' });
  t.strictSame(store.records(anyRecord('step'), 'none'), []);
  t.equal(store.record(anyRecord('base'), 'none'), undefined);
});

t.test('a damaged record is as good as none', async (t) => {
  using store = openStore(t.testdir());
  for (const damage of ['', '{"result":', '\0\0\0\0', '{} {}']) {
    store.setRecord(anyRecord('layer'), 'key', { size: 1 });
    fs.writeFileSync(`${store.folder}/records/layer/key.json`, damage);
    t.equal(store.record(anyRecord('layer'), 'key'), undefined, JSON.stringify(damage));
  }
  store.setRecord(anyRecord('layer'), 'key', { size: 2 });
  t.strictSame(store.record(anyRecord('layer'), 'key'), { size: 2 });
});

t.test('a blob that is read or copied from end to end is compared with its digest', async (t) => {
  const folder = t.testdir({ elsewhere: 'same bytes' });
  using store = openStore(folder);
  const bytes = Buffer.from('some bytes');
  const damages: readonly [string, (path: string) => void][] = [
    ['cut short', (path) => fs.truncateSync(path, 4)],
    ['changed', (path) => fs.writeFileSync(path, 'same bytes')],
    ['longer', (path) => fs.appendFileSync(path, '!')],
    ['a link to other bytes', (path) => (fs.rmSync(path), fs.symlinkSync(`${folder}/elsewhere`, path))],
  ];
  const uses: readonly [string, (blob: Digest) => unknown][] = [
    ['open', (blob) => text(store.open(blob))],
    ['copy', (blob) => store.copy(blob, `${folder}/copy`)],
  ];
  for (const [how, damage] of damages)
    for (const [name, use] of uses) {
      const blob = store.put(bytes);
      damage(store.path(blob));
      const refused = (async () => use(blob))();
      await t.rejects(
        refused,
        { code: 'not-found', message: / was damaged, and is removed$/ },
        `${name}: ${how}`,
      );
      t.notOk(store.has(blob), 'so that the next build makes it again');
      t.equal(store.put(bytes), blob);
      t.equal(await text(store.open(blob)), 'some bytes');
      t.equal(fs.readFileSync(`${folder}/elsewhere`, 'utf8'), 'same bytes', 'nothing else is touched');
    }
  const blob = store.put(bytes);
  store.copy(blob, `${folder}/copy`);
  t.equal(fs.readFileSync(`${folder}/copy`, 'utf8'), 'some bytes');
});

t.test('a folder in the place of a blob is none, and makes way for it', async (t) => {
  using store = openStore(t.testdir());
  const bytes = Buffer.from('some bytes');
  const blob = digestOf(bytes);
  fs.mkdirSync(`${store.path(blob)}/sub`, { recursive: true });
  t.notOk(store.has(blob));
  store.put(bytes);
  t.ok(store.has(blob));
  fs.rmSync(store.path(blob));
  fs.mkdirSync(store.path(blob));
  const writer = store.writer();
  await writer.write(bytes);
  await writer.finish();
  t.equal(store.read({ blob, offset: 0, size: bytes.length }).toString(), 'some bytes');
});

t.test('a damaged blob is told, removed, and put again', async (t) => {
  using store = openStore(t.testdir());
  const bytes = Buffer.from('some bytes');
  const damages: readonly [string, (path: string) => void][] = [
    ['cut short', (path) => fs.truncateSync(path, 4)],
    ['changed', (path) => fs.writeFileSync(path, 'same bytes')],
  ];
  for (const [how, damage] of damages) {
    const blob = store.put(bytes);
    damage(store.path(blob));
    t.throws(() => store.read({ blob, offset: 0, size: 10 }), { code: 'not-found', message: /damaged/ }, how);
    t.notOk(store.has(blob), 'so that what depends on it is not found');
  }
  const blob = store.put(bytes);
  fs.truncateSync(store.path(blob));
  t.notOk(store.has(blob), 'lost its bytes when the power failed');
  fs.writeFileSync(store.path(blob), 'some');
  store.put(bytes);
  t.equal(store.read({ blob, offset: 0, size: 10 }).toString(), 'some bytes');
});

t.test('the blob of nothing is always there', async (t) => {
  using store = openStore(t.testdir());
  const nothing = digestOf('');
  t.ok(store.has(nothing));
  t.equal(store.size(nothing), 0);
  t.same(await store.open(nothing).toArray(), []);
  t.equal(store.put(Buffer.alloc(0)), nothing);
});

t.test('a blob that is not there', async (t) => {
  using store = openStore(t.testdir());
  const blob = digestOf('never put');
  for (const use of [
    () => store.size(blob),
    () => store.open(blob),
    () => store.read({ blob, offset: 0, size: 1 }),
  ])
    t.throws(use, { code: 'not-found', message: `${blob} is not in the cache ${store.folder}` });
});

t.test('use is noted in the time of a record, at most once an hour', async (t) => {
  using store = openStore(t.testdir());
  store.setRecord(anyRecord('step'), 'key/parent', {});
  const path = `${store.folder}/records/step/key/parent.json`;
  const time = () => fs.statSync(path).mtimeMs;
  age(path, 0.9);
  const before = time();
  store.record(anyRecord('step'), 'key/parent');
  t.equal(time(), before);
  age(path, 1.1);
  store.record(anyRecord('step'), 'key/parent');
  t.ok(Date.now() - time() < 60_000);
});
