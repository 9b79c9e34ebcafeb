import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { BuilderError } from '../../errors.js';
import { bootstrapDebian } from './debian-base.js';
import type { DebianBase } from './debian-wanted.js';

const base = {
  suite: 'trixie',
  platform: 'linux/amd64',
  packages: [],
  epoch: 1735689600,
  environment: process.env,
} satisfies DebianBase;

async function failure(options: DebianBase): Promise<BuilderError> {
  try {
    for await (const _chunk of await bootstrapDebian(options));
  } catch (error) {
    if (error instanceof BuilderError) return error;
    throw error;
  }
  throw new Error('it succeeded');
}

/** Number of processes with the folder in their environment. */
function processesOf(folder: string): number {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((id) => {
      try {
        return readFileSync(`/proc/${id}/environ`, 'latin1').includes(folder);
      } catch {
        return false;
      }
    }).length;
}

t.test('a package that Debian has not', async (t) => {
  const workFolder = t.testdir();
  const { message, code } = await failure({ ...base, packages: ['no-such-package'], workFolder });
  t.equal(code, 'invalid');
  t.match(message, /^Debian trixie has no package "no-such-package"$/m);
  t.same(readdirSync(workFolder), []);
});

t.test('no network', async (t) => {
  const environment = { ...process.env, http_proxy: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' };
  const { message, code, hint } = await failure({ ...base, environment, workFolder: t.testdir() });
  t.equal(code, 'unavailable');
  t.match(message, /^Cannot reach the packages of Debian trixie: no network$/m);
  t.match(hint, 'http_proxy');
});

t.test('no mmdebstrap', async (t) => {
  const folder = t.testdir({ work: {} });
  for (const name of ['cat', 'rm', 'sleep']) symlinkSync(`/bin/${name}`, join(folder, name));
  const workFolder = join(folder, 'work');
  const { message, hint } = await failure({ ...base, environment: { PATH: folder }, workFolder });
  t.match(message, 'mmdebstrap, which is not installed');
  t.equal(hint, 'apt-get install mmdebstrap');
  t.same(readdirSync(workFolder), []);
});

t.test('no room on the disk', async (t) => {
  const workFolder = join(t.testdir(), 'small');
  mkdirSync(workFolder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', workFolder]);
  try {
    const { message, code } = await failure({ ...base, workFolder });
    t.equal(code, 'failed');
    t.match(message, `No space left for the base in ${workFolder}`);
    t.same(readdirSync(workFolder), []);
  } finally {
    execFileSync('umount', [workFolder]);
  }
});

t.test('an interrupted one leaves nothing behind', async (t) => {
  const workFolder = t.testdir();
  const controller = new AbortController();
  const failing = failure({ ...base, workFolder, signal: controller.signal });
  for (let tries = 0; tries < 600 && processesOf(workFolder) === 0; tries += 1) await sleep(100);
  t.ok(processesOf(workFolder) > 0, 'it is at work');
  await sleep(2000);
  controller.abort();
  t.equal((await failing).code, 'interrupted');
  t.same(readdirSync(workFolder), []);
  t.equal(processesOf(workFolder), 0, 'no process is left');
  t.notMatch(readFileSync('/proc/mounts', 'utf8'), workFolder);
});
