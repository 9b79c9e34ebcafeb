import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { Readable } from 'node:stream';
import t from 'tap';
import { openStore } from '../store/content-store.js';
import type { Store } from '../store/store.js';
import type { Entry } from '../tar/entry.js';
import { readLayer } from './read-layer.js';
import { tarChunks } from './tar-chunks.js';
import { encodeName } from '../tar/tar-name.js';

const python = '/usr/bin/python3';
const fixture = (name: string) => new URL(`fixtures/${name}`, import.meta.url).pathname;
const tree = `${t.testdir()}/tree`;
fs.mkdirSync(tree);
execFileSync(python, [fixture('make-tree.py'), tree]);

/** The archive as Python's tarfile reads it. */
function pythonSees(archive: string): unknown[] {
  const lines = execFileSync(python, [fixture('list-tar.py'), archive], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

/** The archive as we read it, in the same form. */
async function weSee(archive: Readable, store: Store): Promise<unknown[]> {
  const { entries } = await readLayer(archive, store);
  return entries.map((entry) => asPython(entry, store));
}

function asPython({ path, target, content, ...rest }: Entry, store: Store): unknown {
  const hex = (name: string) => encodeName(name).toString('hex');
  return {
    ...rest,
    path: hex(path),
    ...(target === undefined ? {} : { target: hex(target) }),
    ...(content === undefined
      ? {}
      : { sha256: createHash('sha256').update(store.read(content.slice)).digest('hex') }),
  };
}

function gnuTar(argv: readonly string[], folder: string): string {
  return execFileSync('tar', argv, {
    cwd: folder,
    encoding: 'latin1',
    env: { PATH: '/usr/bin:/bin', TZ: 'UTC', LC_ALL: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

const tooMuch = [
  'bbbb*',
  'cccc*',
  'dddd*',
  '*gggg*',
  '*hard-to-long',
  'long-target',
  'big-owner',
  'before-1970',
  'future',
];
const without = (names: readonly string[]) => names.map((name) => `--exclude=${name}`);

/** Formats, each with the cases that it can't hold. */
const formats: Readonly<Record<string, readonly string[]>> = {
  posix: ['--xattrs', '--xattrs-include=*'],
  gnu: [],
  oldgnu: [],
  ustar: without(tooMuch),
  v7: without([...tooMuch, 'aaaa*', 'fifo', 'character', 'disk']),
};

for (const [format, options] of Object.entries(formats))
  t.test(`what GNU tar writes as ${format}, we read as Python does`, async (t) => {
    const folder = t.testdir();
    const archive = `${folder}/archive.tar`;
    gnuTar([`--format=${format}`, ...options, '-cf', archive, '.'], tree);
    using store = openStore(`${folder}/store`);
    const seen = await weSee(fs.createReadStream(archive), store);
    t.strictSame(seen, pythonSees(archive));
    t.ok(seen.length > 15, `${seen.length} members`);
    const small = Readable.from(inPieces(fs.readFileSync(archive), 333));
    t.strictSame(await weSee(small, store), seen, 'in small pieces');
  });

function* inPieces(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

t.test('what we write is what came: for Python, for GNU tar, and on disk', async (t) => {
  const folder = t.testdir();
  const came = `${folder}/came.tar`;
  gnuTar(['--format=posix', '--xattrs', '--xattrs-include=*', '--exclude=fraction', '-cf', came, '.'], tree);
  using store = openStore(`${folder}/store`);
  const { entries } = await readLayer(fs.createReadStream(came), store);
  const written = `${folder}/written.tar`;
  fs.writeFileSync(written, Buffer.concat([...tarChunks(entries, store)]));
  t.strictSame(pythonSees(written), pythonSees(came));
  const list = (archive: string) =>
    gnuTar(['-tv', '--numeric-owner', '--quoting-style=escape', '-f', archive], folder);
  t.equal(list(written), list(came).replaceAll(/ \.\//g, ' ').replace(/ \n/, ' ./\n'));
  // Compare what is on disk after extraction, packed again by GNU tar.
  const onDisk = (archive: string) => {
    fs.mkdirSync(`${archive}.out`);
    gnuTar(['-x', '-p', '--same-owner', '--xattrs', '--xattrs-include=*', '-f', archive], `${archive}.out`);
    const again = `${archive}.again`;
    const options = ['--format=posix', '--xattrs', '--xattrs-include=*', '--sort=name'];
    gnuTar([...options, '-cf', again, '.'], `${archive}.out`);
    return pythonSees(again);
  };
  t.strictSame(onDisk(written), onDisk(came));
  t.ok(entries.length > 25, `${entries.length} entries`);
});

t.test('sparse files are refused by name', async (t) => {
  const folder = t.testdir();
  fs.writeFileSync(`${folder}/sparse`, 'x');
  fs.truncateSync(`${folder}/sparse`, 10_000_000);
  using store = openStore(`${folder}/store`);
  for (const format of ['gnu', 'posix']) {
    gnuTar(['-S', `--format=${format}`, '-cf', 'archive.tar', 'sparse'], folder);
    await t.rejects(
      readLayer(fs.createReadStream(`${folder}/archive.tar`), store),
      {
        code: 'failed',
        message: "The tar archive can't be read: sparse files are not supported",
      },
      format,
    );
  }
});
