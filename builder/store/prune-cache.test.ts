import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { cacheStats } from './cache-stats.js';
import { openStore } from './content-store.js';
import { type Digest, digestOf } from './digest.js';
import { workerProgram } from './fixtures/start-worker.js';
import { takeLease } from './lease.js';
import { pruneCache } from './prune-cache.js';
import { anyRecord } from './fixtures/any-record.js';

const start = workerProgram(`${t.testdir()}/worker.mjs`);
const day = 86_400_000;

function age(path: string, days: number): void {
  const then = (Date.now() - days * day) / 1000;
  fs.utimesSync(path, then, then);
}

/** A cache with a base, two steps (one not used for 40 days) that share a blob, and a blob that nothing names. */
function filled(folder: string): Record<'base' | 'shared' | 'old' | 'new' | 'stray', Digest> {
  using store = openStore(folder);
  const put = (text: string) => store.put(Buffer.from(text));
  const blobs = {
    base: put('base'),
    shared: put('shared'),
    old: put('old'),
    new: put('new'),
    stray: put('stray'),
  };
  for (const name of fs.readdirSync(`${folder}/blobs/sha256`)) age(`${folder}/blobs/sha256/${name}`, 50);
  store.setRecord(anyRecord('base'), 'debian', { fragment: { contents: [blobs.base] } });
  store.setRecord(anyRecord('step'), 'one/root', {
    fragment: { entriesBlob: blobs.shared, contents: [blobs.old] },
  });
  age(`${folder}/records/step/one/root.json`, 40);
  store.setRecord(anyRecord('step'), 'two/root', { fragment: { contents: [blobs.new, blobs.shared] } });
  return blobs;
}

t.test('what was not used of late goes, and what the rest names stays', (t) => {
  const folder = `${t.testdir()}/cache`;
  const blobs = filled(folder);
  const dry = pruneCache(folder, { olderThan: 30 * day, dryRun: true });
  t.match(dry, { records: 1, blobs: 2, left: { records: 2, blobs: 3 }, running: 0, dryRun: true });
  const before = cacheStats(folder);
  t.match(before, { records: 3, blobs: 5, unnamed: { blobs: 1, bytes: 5 } });
  const done = pruneCache(folder, { olderThan: 30 * day, dryRun: false });
  t.strictSame(done, { ...dry, dryRun: false });
  t.equal(cacheStats(folder).bytes, before.bytes - done.bytes);
  using store = openStore(folder);
  t.strictSame(
    Object.entries(blobs)
      .filter(([, blob]) => store.has(blob))
      .map(([name]) => name),
    ['base', 'shared', 'new'],
  );
  t.equal(store.record(anyRecord('step'), 'one/root'), undefined);
  t.notOk(fs.existsSync(`${folder}/records/step/one`), 'an empty folder goes too');
  t.ok(store.record(anyRecord('step'), 'two/root'));
  t.end();
});

t.test('what was used again stays', (t) => {
  const folder = `${t.testdir()}/cache`;
  filled(folder);
  const store = openStore(folder);
  store.record(anyRecord('step'), 'one/root');
  store[Symbol.dispose]();
  t.match(pruneCache(folder, { olderThan: 30 * day, dryRun: false }), { records: 0, blobs: 1 });
  t.end();
});

t.test('a damaged record goes', (t) => {
  const folder = `${t.testdir()}/cache`;
  filled(folder);
  fs.truncateSync(`${folder}/records/step/two/root.json`, 30);
  t.match(cacheStats(folder).kinds, { step: { oldestUse: '1970-01-01T00:00:00.000Z' } });
  t.match(pruneCache(folder, { olderThan: 365 * day, dryRun: false }), { records: 1 });
  t.end();
});

t.test('everything, and nothing', (t) => {
  const folder = `${t.testdir()}/cache`;
  filled(folder);
  t.match(pruneCache(folder, { olderThan: 0, dryRun: false }), { records: 3, blobs: 5, left: { bytes: 0 } });
  t.match(cacheStats(folder), { records: 0, blobs: 0, bytes: 0, kinds: {} });
  const none = `${t.testdir()}/none`;
  t.match(pruneCache(none, { olderThan: 0, dryRun: false }), { records: 0, blobs: 0, bytes: 0 });
  t.match(cacheStats(none), { records: 0, blobs: 0 });
  t.notOk(fs.existsSync(none));
  t.end();
});

t.test('a blob that was just written and is not named yet stays', (t) => {
  const folder = `${t.testdir()}/cache`;
  const store = openStore(folder);
  const blob = store.put(Buffer.from('new'));
  store[Symbol.dispose]();
  t.match(pruneCache(folder, { olderThan: day, dryRun: false }), { blobs: 0 });
  age(store.path(blob), 0.1);
  t.match(pruneCache(folder, { olderThan: day, dryRun: false }), { blobs: 1 });
  t.end();
});

t.test('while a build runs, no blob goes', async (t) => {
  const folder = `${t.testdir()}/cache`;
  filled(folder);
  const worker = start('hold', folder);
  await worker.next();
  t.match(pruneCache(folder, { olderThan: 0, dryRun: false }), { records: 3, blobs: 0, running: 1 });
  worker.process.send('go on');
  t.strictSame(await worker.next(), { digest: digestOf('begun and done') });
  t.match(cacheStats(folder), { records: 1, blobs: 6 });
  await worker.kill();
  t.match(pruneCache(folder, { olderThan: 0, dryRun: false }), { records: 1, blobs: 6, running: 0 });
});

t.test('a build that starts meanwhile waits; another prune is told', async (t) => {
  const folder = `${t.testdir()}/cache`;
  filled(folder);
  const lease = takeLease(folder, 'prune');
  const worker = start('hold', folder);
  const opened = worker.next();
  t.equal(await Promise.race([opened, sleep(600, 'it waits')]), 'it waits');
  t.throws(() => pruneCache(folder, { olderThan: 0, dryRun: false }), {
    code: 'failed',
    message: new RegExp(`is being pruned by process ${process.pid}$`),
  });
  lease.release();
  t.strictSame(await opened, { opened: true });
  await worker.kill();
});

t.test('builds and prunes in turn, many times: nothing breaks', async (t) => {
  const folder = `${t.testdir()}/cache`;
  filled(folder);
  const prune = start('prune', folder);
  const builds = [start('rebuild', folder), start('rebuild', folder)];
  const [one, two] = await Promise.all(builds.map((worker) => worker.next()));
  prune.process.send('enough');
  const prunes = await prune.next();
  t.comment(JSON.stringify({ one, two, prunes }));
  for (const { made } of [one, two] as { made: number }[]) t.ok(made > 10, 'parts were made again');
  t.ok((prunes as { blobs: number }).blobs > 0);
});
