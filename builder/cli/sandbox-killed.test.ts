import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { SmallProject } from '../run/fixtures/small-project.js';
import { mountDisk } from '../store/fixtures/mount-disk.js';
import { NormalUser } from '../testing/normal-user.js';

t.setTimeout(900_000);

/** A user of its own: all that runs as the user, or as one of its subordinate ids, is of this test. */
const user = new NormalUser();
t.teardown(() => user.remove());

const playbook = `- hosts: all
  tasks:
    - copy: { content: x, dest: /etc/before, owner: '33', group: '44' }
    - shell: mkdir /opt; (sleep 7008 >/dev/null 2>&1 &); echo made > /opt/made
    - shell: rm -r /opt; mkdir /opt; cat /bin/* > /opt/new; sleep 0.3; ln /opt/new /opt/hard
    - shell: sleep 0.2; mv /etc/before /etc/after
`;
const made = await SmallProject.create(t.testdir(), { 'playbooks/small.yml': playbook });
const folder = user.adopt(made.folder, 'project');
const cache = user.makeFolder('cache');
const environment = { XDG_CACHE_HOME: cache };
const start = (...more: string[]) =>
  user.start(['build', 'small', '--engine', 'sandbox', '--no-load', '--quiet', ...more], {
    folder,
    environment,
  });

/** Waits until nothing of the user runs; gives what still does after a minute. */
async function lastProcesses(): Promise<readonly string[]> {
  for (let tries = 0; tries < 600 && user.processes().length > 0; tries += 1) await sleep(100);
  return user.processes().map(({ line }) => line);
}

/** What is half-made in the cache. */
function halves(place: string): string[] {
  const store = join(place, 'platen');
  const names = (path: string) => (existsSync(join(store, path)) ? readdirSync(join(store, path)) : []);
  const layers = names('sandbox/layers').filter((name) => name.endsWith('.new'));
  return [...names('tmp'), ...names('sandbox/sessions'), ...layers, ...names('sandbox/trash')];
}

const whole = await start().outcome;
// From the second build on the base is unpacked.
const first = performance.now();
const again = await start('--no-cache').outcome;
const duration = performance.now() - first;
const digest = whole.stdout;

t.test('a build with nothing in its way', async (t) => {
  t.match(digest, /^sha256:[0-9a-f]{64}\n$/, whole.stderr);
  t.equal(again.stdout, digest, again.stderr);
  t.strictSame(await lastProcesses(), [], 'what a step started ended with it');
  t.strictSame(halves(cache), []);
});

const victims: Record<string, (name: string, line: string) => boolean> = {
  builder: (name, line) => name === 'node' && line.includes('platen.cjs'),
  unshare: (name) => name === 'unshare',
  step: (name, line) => name === 'sleep' || (name === 'cat' && line.includes('/bin/')),
  tool: (name) => ['nsenter', 'tar', 'find', 'cat'].includes(name),
  // Not what becomes the builder.
  any: (name, line) => name !== 'node' && !line.includes('platen.cjs'),
};

t.test('whatever is killed at any moment, nothing is left and the next build succeeds', async (t) => {
  const kinds = Object.keys(victims);
  const hits = new Map<string, number>();
  const missed = () => kinds.some((kind) => !hits.has(kind));
  for (let round = 0; round < 20 || (round < 60 && missed()); round += 1) {
    const kind = kinds[round % kinds.length] ?? '';
    const { outcome } = start('--no-cache');
    const victim = await killOne(kind, Math.random() * duration);
    const ended = await outcome;
    if (victim !== undefined) hits.set(kind, (hits.get(kind) ?? 0) + 1);
    const about = `round ${round}: ${kind} ${victim?.name}: ${ended.exitCode} ${ended.stderr.slice(-300)}`;
    t.strictSame(await lastProcesses(), [], about);
    if (kind === 'builder')
      t.equal(ended.exitCode === 0 ? ended.stdout : '', ended.exitCode === 0 ? digest : '');
    else t.ok(ended.exitCode === 1 || ended.stdout === digest, about);
    t.notMatch(readFileSync('/proc/mounts', 'utf8'), user.home);
  }
  for (const kind of kinds) t.ok((hits.get(kind) ?? 0) > 0, `${kind}: ${hits.get(kind)} times`);
  const next = await start('--no-cache').outcome;
  t.equal(next.stdout, digest, next.stderr);
  t.strictSame(halves(cache), []);
});

/** Kills a process of that kind after a while, or as soon as there is one; undefined where the build was done before. */
async function killOne(kind: string, after: number): Promise<{ pid: number; name: string } | undefined> {
  await sleep(after);
  for (;;) {
    const all = user.processes();
    const found = all.filter(({ name, line }) => victims[kind]?.(name, line));
    const victim = found[Math.floor(Math.random() * found.length)];
    if (victim !== undefined && kill(victim.pid)) return victim;
    if (all.length === 0) return undefined;
    await sleep(5);
  }
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

const buildIn = (place: string) =>
  user.run(['build', 'small', '--engine', 'sandbox', '--no-load', '--quiet'], {
    folder,
    environment: { XDG_CACHE_HOME: place },
  });

t.test('builds at once, from an empty cache, are one build', async (t) => {
  const empty = user.makeFolder('empty');
  for (const { stdout, stderr } of await Promise.all([1, 2, 3].map(() => buildIn(empty))))
    t.equal(stdout, digest, stderr);
  t.strictSame(halves(empty), []);
});

t.test('a full disk is told of, and nothing is left of what did not fit', async (t) => {
  const disk = mountDisk(t, 'mode=777,size=1m');
  const ends: number[] = [];
  for (let size = 4; ends.at(-1) !== 0 && size < 1000; size *= 1.7) {
    execFileSync('mount', ['-o', `remount,size=${Math.round(size)}m`, disk]);
    const { exitCode, stdout, stderr } = await buildIn(disk);
    ends.push(exitCode ?? -1);
    t.equal(stdout, exitCode === 0 ? digest : '', stderr);
    if (exitCode !== 0)
      t.match(stderr, `No space is left for the cache ${disk}/platen`, `${Math.round(size)} MB`);
    t.strictSame(await lastProcesses(), []);
    t.strictSame(halves(disk), [], `${Math.round(size)} MB`);
  }
  t.ok(ends.length > 3, `${ends.length - 1} disks were too small`);
  t.equal(ends.at(-1), 0);
});

t.test('the user can remove what a killed build left, of subordinate ids too', async (t) => {
  const { outcome } = start('--no-cache');
  const inStep = () => user.processes().some(({ name, line }) => victims.step?.(name, line));
  for (let tries = 0; tries < 3000 && !inStep(); tries += 1) await sleep(20);
  await killOne('builder', 0);
  await outcome;
  t.strictSame(await lastProcesses(), []);
  t.not(user.foreignFiles(cache), '');
  const pruned = await user.run(['cache', 'prune', '--all'], { folder, environment });
  t.equal(pruned.exitCode, 0, pruned.stderr);
  t.equal(user.foreignFiles(cache), '');
  t.strictSame(halves(cache), []);
});
