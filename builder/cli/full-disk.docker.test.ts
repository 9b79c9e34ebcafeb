import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { text } from 'node:stream/consumers';
import { buildSync } from 'esbuild';
import t from 'tap';
import { makeLayout } from '../image/fixtures/make-layout.js';
import { makeRoot } from '../image/fixtures/make-root.js';
import { mountDisk } from '../store/fixtures/mount-disk.js';
import { withoutCoverage } from '../testing/platen-program.js';

/** The program, made once: Node starts it faster than from its sources. */
const program = `${t.testdir()}/platen.mjs`;
buildSync({
  entryPoints: [new URL('main.ts', import.meta.url).pathname],
  outfile: program,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
});
const reference = `platen-test/full-disk:${process.pid}`;

/** A project whose image is a shell and one large file. */
const project = {
  root: {},
  images: {
    tiny: {
      'image.yaml': 'name: tiny\nplatform: linux/amd64\nbase: {oci: ../../base}\nplaybook: tiny.yml\n',
    },
  },
  playbooks: {
    'tiny.yml': '- hosts: all\n  tasks:\n    - command: dd if=/dev/zero of=/large bs=1M count=20\n',
  },
};

interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly pid: number;
}

async function platen(argv: readonly string[], folder: string, cache: string): Promise<Outcome> {
  const line = `${withoutCoverage} exec "$0" "$@"`;
  const child = spawn('/bin/sh', ['-c', line, process.execPath, program, ...argv], {
    cwd: folder,
    env: { ...process.env, XDG_CACHE_HOME: cache },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [[exitCode], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { exitCode, stdout, stderr, pid: child.pid as number };
}

const docker = (...argv: string[]) => execFileSync('docker', argv, { encoding: 'utf8' });

/** Containers that a process made; the label is of the engine's. */
function containersOf(pid: number): string[] {
  return docker('ps', '-a', '--format', '{{.Labels}}')
    .split('\n')
    .filter((labels) => labels.includes(` ${pid} `));
}

function unfinished(cache: string): string[] {
  return fs.readdirSync(`${cache}/platen/tmp`);
}

t.test('a build on a full disk says so, leaves nothing, and goes on when there is room', async (t) => {
  const folder = t.testdir(project);
  makeRoot(`${folder}/root`, ['cat', 'dd', 'env', 'find', 'rm', 'tar', 'xargs']);
  await makeLayout(`${folder}/root`, `${folder}/base`, folder);
  const cache = mountDisk(t, 'size=2m');
  const build = () => platen(['build', 'tiny', '--tag', reference], folder, cache);
  t.teardown(() => execFileSync('docker', ['image', 'rm', '-f', reference], { stdio: 'ignore' }));
  for (const [size, where] of [
    ['2m', 'while the base is read'],
    ['8m', "while a command's changes are read"],
  ] as const) {
    execFileSync('mount', ['-o', `remount,size=${size}`, cache]);
    const { exitCode, stdout, stderr, pid } = await build();
    t.equal(exitCode, 1, where);
    t.equal(stdout, '');
    t.match(stderr, `No space is left for the cache ${cache}/platen`);
    t.match(stderr, 'platen cache prune');
    t.equal(stderr.match(/platen: /g)?.length, 1);
    t.notMatch(stderr, / {4}at /);
    t.strictSame(unfinished(cache), []);
    t.strictSame(containersOf(pid), []);
    t.equal(docker('images', '-q', reference), '');
  }
  execFileSync('mount', ['-o', 'remount,size=200m', cache]);
  const done = await build();
  t.match(done, { exitCode: 0, stdout: /^sha256:[0-9a-f]{64}\n$/ }, done.stderr);
  t.match(done.stderr, /cached .* base /, 'what was finished is used');
  t.not(docker('images', '-q', reference), '');
  const pruned = await platen(['cache', 'prune', '--all', '--json'], folder, cache);
  t.match(JSON.parse(pruned.stdout), { left: { records: 0, blobs: 0, bytes: 0 }, running: 0 });
});
