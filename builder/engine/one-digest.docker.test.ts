import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { fragmentDigest, mergeEntries } from '../image/merge-entries.js';
import { normaliseEntries } from '../image/normalise/normalise-entries.js';
import { readLayer } from '../image/read-layer.js';
import type { Entry } from '../tar/entry.js';
import { openStore } from '../store/content-store.js';
import { awkwardChanges as awkward } from '../testing/awkward-changes.js';
import { debianLayer, shell } from '../testing/engine-cases.js';
import { dockerEngine } from './docker/docker.js';
import type { Engine } from './engine.js';
import { removeTree, sandboxEngine } from './sandbox/sandbox.js';
import { lookAtSandbox } from './sandbox/sandbox-problem.js';

const base = await debianLayer();
const place = t.testdir();
const folder = join(place, 'sandbox');
t.teardown(() => removeTree(folder));

/** On an overlay the kernel refuses another one. */
function overlayFolder(): string {
  const around = mkdtempSync(join(tmpdir(), 'platen-test-'));
  const merged = join(around, 'merged');
  for (const name of ['lower', 'upper', 'work', 'merged']) mkdirSync(join(around, name));
  const places = `lowerdir=${around}/lower,upperdir=${around}/upper,workdir=${around}/work`;
  execFileSync('mount', ['-t', 'overlay', '-o', places, 'platen-test', merged]);
  t.teardown(() => {
    execFileSync('umount', ['--lazy', merged]);
    rmSync(around, { recursive: true });
  });
  return merged;
}

const overlay = overlayFolder();
const engines = {
  docker: dockerEngine(),
  sandbox: sandboxEngine({ folder }),
  'fuse-overlayfs': sandboxEngine({ folder: join(overlay, 'sandbox') }),
};

/** The normalised changes of scripts that run one after the other in one session. */
async function changesOf(engine: Engine, scripts: readonly string[]): Promise<Entry[][]> {
  using store = openStore(join(place, engine.name));
  const session = await engine.open([base], { platform: 'linux/amd64' });
  try {
    const told: Entry[][] = [];
    for (const script of scripts) {
      const { exitCode, stderr } = await shell(session, script);
      if (exitCode !== 0) throw new Error(`${script} failed: ${stderr}`);
      const { entries } = await readLayer(await session.changes(), store);
      told.push(mergeEntries([normaliseEntries(entries, 1735689600, store).entries]));
    }
    return told;
  } finally {
    await session.close();
  }
}

/** One line for each path, which shows differences better than a digest. */
function plain(entries: readonly Entry[] = []): string[] {
  return entries.map(({ path, type, mode, uid, gid, mtime, target, opaque }) =>
    [path, type, mode.toString(8), uid, gid, mtime, target, opaque].join(' '),
  );
}

/** Compares the changes of scripts in each engine; returns those in Docker. */
async function compareEngines(t: Test, scripts: readonly string[], place = ''): Promise<Entry[][]> {
  const [docker = [], ...others] = await Promise.all(
    Object.values(engines).map((engine) => changesOf(engine, scripts)),
  );
  for (const [index, script] of scripts.entries())
    for (const [which, other] of others.entries()) {
      const about = `${Object.keys(engines)[which + 1]}: ${place} ${script}`;
      t.strictSame(plain(other[index]), plain(docker[index]), about);
      t.equal(fragmentDigest(other[index] ?? []), fragmentDigest(docker[index] ?? []), about);
    }
  return docker;
}

t.test('where the kernel refuses an overlay, fuse-overlayfs gives it', async (t) => {
  t.strictSame(await lookAtSandbox(join(overlay, 'sandbox')), { problems: [], byFuse: true });
  t.strictSame(await lookAtSandbox(folder), { problems: [], byFuse: false });
});

t.test('awkward changes are the same by all engines', async (t) => {
  for (const changes of await compareEngines(t, awkward)) t.ok(changes.length > 0);
});

/** A script of random changes below a few directories of the base. */
function randomScript(next: () => number): string {
  const folders = ['/etc/apt', '/etc', '/usr/share/bug', '/srv', '/etc/default', '/usr/lib/tmpfiles.d'];
  // Docker mounts files in /etc, and looks up users there.
  const replaceable = folders.filter((folder) => folder !== '/etc');
  const pick = (list: readonly string[]) => list[Math.floor(next() * list.length)] ?? '';
  const name = () => `${pick(folders)}/${pick(['a', 'b', 'apt.conf.d', 'default', 'skel', 'c/d'])}`;
  const acts: readonly (() => string)[] = [
    () => `rm -rf ${name()}`,
    () => `mkdir -p ${name()}`,
    () => `echo ${Math.floor(next() * 1e6)} >${name()}`,
    () => `ln -f ${name()} ${name()}`,
    () => `ln -sfn ${name()} ${name()}`,
    () => `mv -T ${name()} ${name()}`,
    // Never copy a directory into itself: what cp then copies depends on the file system's order.
    () =>
      `x=$(realpath -m ${name()}); y=$(realpath -m ${name()}); case $y/ in $x/*) ;; *) cp -aT $x $y ;; esac`,
    () => `chmod ${pick(['700', '755', '1777'])} ${name()}`,
    () => `x=${pick(replaceable)}; rm -rf $x && mkdir -p $x && echo 1 >$x/new`,
  ];
  const lines = Array.from({ length: 12 }, () => acts[Math.floor(next() * acts.length)]?.() ?? '');
  return `${lines.map((line) => `( ${line} ) 2>/dev/null`).join('\n')}\ntrue`;
}

t.test('random changes are the same by all engines', async (t) => {
  let seed = 20261121;
  const next = () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
  for (let round = 0; round < 4; round += 1) {
    const scripts = Array.from({ length: 6 }, () => randomScript(next));
    await compareEngines(t, scripts, `round ${round}`);
  }
});
