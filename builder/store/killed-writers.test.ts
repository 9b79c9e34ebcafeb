import { randomInt } from 'node:crypto';
import * as fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { openStore } from './content-store.js';
import { digestOf } from './digest.js';
import { workerProgram } from './fixtures/start-worker.js';
import { surveyCache } from './survey-cache.js';
import { processorMs } from '../testing/processor-ms.js';

const start = workerProgram(`${t.testdir()}/worker.mjs`);

/** Checks that every blob matches its digest, and that every record can be read and its blobs exist. */
function checkAll(t: Test, folder: string): { blobs: number; records: number } {
  const { blobs, records } = surveyCache(folder);
  const bad = [...blobs].filter(([name, { path }]) => digestOf(fs.readFileSync(path)) !== `sha256:${name}`);
  t.strictSame(bad, []);
  t.strictSame(
    records.filter(({ used, names }) => used === 0 || !names.every((name) => blobs.has(name))),
    [],
  );
  return { blobs: blobs.size, records: records.length };
}

t.test('writers that are killed at any moment leave a cache that is whole', async (t) => {
  const folder = `${t.testdir()}/cache`;
  let leftovers = 0;
  const enough = () => {
    const { blobs, records } = surveyCache(folder);
    return leftovers > 0 && blobs.size > 27 && records.length > 10;
  };
  for (let round = 0; round < 9 || (round < 60 && !enough()); round++) {
    const workers = Array.from({ length: 3 }, () => start('write', folder));
    for (const worker of workers) await worker.next();
    for (const worker of workers) {
      await sleep(randomInt(40));
      // Fails if it ended by itself, as when another process removed its files.
      await worker.kill();
    }
    const files = fs.readdirSync(`${folder}/tmp`, { recursive: true, withFileTypes: true });
    leftovers += files.filter((entry) => entry.isFile()).length;
    using store = openStore(folder);
    t.equal(fs.readdirSync(`${store.folder}/tmp`).length, 1, 'the leftovers are swept');
  }
  t.ok(leftovers > 0, `${leftovers} files were begun and not finished`);
  const { blobs, records } = checkAll(t, folder);
  t.ok(blobs > 27 && records > 10, `${blobs} blobs, ${records} records`);
});

t.test('what one build has begun, another leaves alone', async (t) => {
  const folder = `${t.testdir()}/cache`;
  const [one, two] = [start('hold', folder), start('hold', folder)];
  await Promise.all([one.next(), two.next()]);
  using store = openStore(folder);
  t.equal(fs.readdirSync(`${folder}/tmp`).length, 3);
  await two.kill();
  using _third = openStore(folder);
  t.equal(fs.readdirSync(`${folder}/tmp`).length, 3, "the dead one's folder is gone, the third's is there");
  one.process.send('go on');
  t.strictSame(await one.next(), { digest: digestOf('begun and done') });
  t.ok(store.has(digestOf('begun and done')));
  await one.kill();
});

t.test('of another machine or container nobody knows who lives: a day is waited', (t) => {
  const folder = `${t.testdir()}/cache`;
  const tmp = `${folder}/tmp`;
  fs.mkdirSync(`${tmp}/0123456789ab.1.1.abc.build`, { recursive: true });
  fs.writeFileSync(`${tmp}/0123456789ab.1.1.abc.build/blob`, 'half');
  fs.mkdirSync(`${tmp}/0123456789ab.1.1.def.build`);
  fs.writeFileSync(`${tmp}/of-an-earlier-version`, 'half');
  const then = Date.now() / 1000 - 25 * 3600;
  for (const name of ['0123456789ab.1.1.abc.build', 'of-an-earlier-version'])
    fs.utimesSync(`${tmp}/${name}`, then, then);
  const store = openStore(folder);
  store[Symbol.dispose]();
  t.strictSame(fs.readdirSync(tmp), ['0123456789ab.1.1.def.build']);
  t.end();
});

t.test('opening costs next to nothing', (t) => {
  const folder = `${t.testdir()}/cache`;
  openStore(folder)[Symbol.dispose]();
  const times = Array.from({ length: 20 }, () => {
    const started = processorMs();
    openStore(folder)[Symbol.dispose]();
    return processorMs() - started;
  });
  const best = Math.min(...times);
  t.ok(best < 5, `${best.toFixed(2)} ms of processor time`);
  t.end();
});
