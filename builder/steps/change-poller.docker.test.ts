import { join } from 'node:path';
import t from 'tap';
import { chooseEngine } from '../engine/choose-engine.js';
import { removeTree } from '../engine/sandbox/sandbox.js';
import { flattenLayers } from '../image/flatten-layers.js';
import { fragmentDigest } from '../image/merge-entries.js';
import { readOciLayout } from '../image/read-oci-layout.js';
import { storedTar } from '../image/stored-layer.js';
import { fragmentOf } from '../plan/fragment.js';
import { RootState } from '../plan/root-state.js';
import { churn } from '../run/fixtures/churn.js';
import { SmallProject } from '../run/fixtures/small-project.js';
import { openStore } from '../store/content-store.js';
import { type Timer, systemTimer } from '../system/timer.js';
import { BuildSession } from './build-session.js';

/** Never fires. */
const stoppedTimer: Timer = { after: () => () => {} };
/** Runs ten times as fast. */
const hastyTimer: Timer = { after: (ms, action) => systemTimer.after(ms / 10, action) };

const small = await SmallProject.create(t.testdir(), {});
const store = openStore(small.cache);
const image = readOciLayout(join(small.folder, 'base'), { platform: 'linux/amd64' });
const base = fragmentOf(await flattenLayers(image.layers, store));
const folder = join(small.cache, 'sandbox');
t.teardown(() => removeTree(folder));
const engine = await chooseEngine('auto', { host: process.env.DOCKER_HOST, folder });

/** Runs a script that changes files in two folders, with a rest after each; returns the number of paths in each poll and the changes. */
async function changesOf(rest: string, timer: Timer) {
  const told: number[] = [];
  const common = { store, platform: 'linux/amd64', epoch: 1_735_689_600 };
  const session = new BuildSession({
    ...common,
    timer,
    environment: {},
    signal: new AbortController().signal,
    state: new RootState(base, common),
    engine: () => Promise.resolve(engine),
    base: () => image.layers.map(({ diffId }) => storedTar(diffId, store)),
    onOutput: () => {},
    onChanges: (entries) => told.push(entries.length),
  });
  try {
    const script = ['/one', '/two'].map((place) => `(${churn(place, '0')})\nsleep ${rest}\n`).join('');
    const argv = ['sh', '-ec', script];
    const { result, changes } = await session.exec({ argv, reads: [] }, []);
    t.equal(result.exitCode, 0, result.stderr);
    return { told, digest: fragmentDigest(changes) };
  } finally {
    await session.close();
  }
}

t.test('what a long command leaves is the same, read while it ran or at its end', async (t) => {
  const quick = await changesOf('0', stoppedTimer);
  t.strictSame(quick.told, [], 'read at its end');
  const slow = await changesOf('2.5', hastyTimer);
  t.ok((slow.told.at(-1) ?? 0) > 100, `${slow.told.join(', ')} paths told`);
  t.equal(slow.digest, quick.digest);
});
