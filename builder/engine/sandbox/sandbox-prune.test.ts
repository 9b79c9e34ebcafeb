import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import t from 'tap';
import { makeRoot } from '../../image/fixtures/make-root.js';
import { countUnpacked, pruneSandbox } from './sandbox-prune.js';
import { sandboxEngine } from './sandbox.js';

t.test('a prune removes layers that no build used, when none is at work', async (t) => {
  const place = t.testdir({ root: {} });
  makeRoot(join(place, 'root'), ['env', 'chmod']);
  const tar = execFileSync('tar', ['-cC', join(place, 'root'), '.'], { maxBuffer: 1e8 });
  const folder = join(place, 'sandbox');
  const layer = (name: string) => ({
    diffId: name.repeat(32),
    size: tar.length,
    open: () => Readable.from([tar]),
  });
  const open = (name: string) => sandboxEngine({ folder }).open([layer(name)], { platform: 'linux/amd64' });
  await (await open('aa')).close();
  const session = await open('bb');
  t.strictSame(countUnpacked(folder), { layers: 2, bytes: 2 * tar.length });
  t.match(await pruneSandbox(folder, { olderThan: 0, dryRun: true }), { layers: 2, bytes: 2 * tar.length });
  t.match(await pruneSandbox(folder, { olderThan: 0, dryRun: false }), { layers: 0, left: 2 }, 'one is open');
  await session.close();
  const month = Date.now() / 1000 - 31 * 86_400;
  utimesSync(join(folder, 'layers', `${'aa'.repeat(32)}.json`), month, month);
  mkdirSync(join(folder, 'sessions/killed/upper'), { recursive: true });
  writeFileSync(join(folder, 'sessions/killed/upper/file'), 'x');
  const report = await pruneSandbox(folder, { olderThan: 30 * 86_400_000, dryRun: false });
  t.strictSame(report, { layers: 1, bytes: tar.length, left: 1 });
  t.strictSame(readdirSync(join(folder, 'sessions')), []);
  t.strictSame(
    readdirSync(join(folder, 'layers')),
    ['', '.json', '.list'].map((ending) => 'bb'.repeat(32) + ending),
  );
  t.notOk(existsSync(join(folder, 'trash')));
  await (await open('aa')).close();
  t.match(await pruneSandbox(folder, { olderThan: 0, dryRun: false }), { layers: 2, left: 0 });
  t.strictSame(countUnpacked(folder), { layers: 0, bytes: 0 });
  t.match(await pruneSandbox(join(place, 'none'), { olderThan: 0, dryRun: false }), { layers: 0 });
});
