import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { debianLayer, engineCases, shell } from '../../testing/engine-cases.js';
import { removeTree, sandboxEngine } from './sandbox.js';

const base = await debianLayer();
const folder = join(t.testdir(), 'sandbox');
t.teardown(() => removeTree(folder));

engineCases(t, sandboxEngine({ folder }), base);

t.test(
  'a command that ends when its time does, ends as itself or by the time, and the next one runs',
  async (t) => {
    const session = await sandboxEngine({ folder }).open([base], { platform: 'linux/amd64' });
    t.teardown(() => session.close());
    for (let round = 0; round < 25; round += 1) {
      const ended = await shell(session, `sleep 0.${12 + (round % 12)}; exit 3`, { timeoutSeconds: 0.2 });
      if (!ended.timedOut) t.equal(ended.exitCode, 3);
      t.match(await shell(session, 'echo next'), { exitCode: 0, stdout: 'next\n' });
    }
  },
);

t.test('a layer made ready is not asked for again', async (t) => {
  const own = join(t.testdir(), 'sandbox');
  t.teardown(() => removeTree(own));
  const engine = sandboxEngine({ folder: own });
  let opened = 0;
  const counted = {
    ...base,
    open: () => {
      opened += 1;
      return base.open();
    },
  };
  await engine.prepare?.([counted]);
  t.equal(opened, 1);
  t.strictSame(readdirSync(join(own, 'sessions')), []);
  const session = await engine.open([counted], { platform: 'linux/amd64' });
  t.teardown(() => session.close());
  t.match(await shell(session, 'ls /etc/debian_version'), { exitCode: 0 });
  t.equal(opened, 1);
});

t.test('of a copy of the folder, which may have lost modes and owners, nothing is taken', async (t) => {
  const place = t.testdir();
  const [own, copy] = [join(place, 'sandbox'), join(place, 'copy')];
  t.teardown(() => removeTree(own));
  t.teardown(() => removeTree(copy));
  await sandboxEngine({ folder: own }).prepare?.([base]);
  execFileSync('cp', ['-r', own, copy]);
  for (const folder of [copy, own]) {
    const session = await sandboxEngine({ folder }).open([base], { platform: 'linux/amd64' });
    t.teardown(() => session.close());
    t.match(await shell(session, 'stat --format %a /tmp'), { stdout: '1777\n' });
  }
});

t.test('sessions leave nothing behind', async (t) => {
  t.strictSame(readdirSync(join(folder, 'sessions')), []);
});
