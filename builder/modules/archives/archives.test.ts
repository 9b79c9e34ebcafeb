import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import type { ArchiveMember } from './archive-member.js';
import { selectMembers } from './select-members.js';
import { tarMembers } from './tar-members.js';
import { unarchive } from './unarchive.js';
import type { UnarchiveArgs } from './unarchive-args.js';
import { unpackMembers } from './unpack-members.js';
import { RootTree } from '../../plan/root-tree.js';
import { MemoryStore } from '../fixtures/memory-store.js';
import { zipMembers } from './zip-members.js';

const folder = join(import.meta.dirname, '..', 'fixtures', 'files', 'archives');
const read = (name: string): Buffer => readFileSync(join(folder, name));

function argsOf(more: object = {}): UnarchiveArgs {
  return unarchive.args.parse({ src: 'x', dest: '/srv', ...more });
}

function unpack(members: readonly ArchiveMember[]): RootTree {
  const root = new RootTree(new MemoryStore(), 0);
  root.put('/srv', { type: 'directory', mode: 0o755, uid: 0, gid: 0 });
  const exec = (): never => {
    throw new Error('nothing is to run');
  };
  const readHost = exec;
  unpackMembers(members, argsOf(), { root, epoch: 0, exec, readHost, user: 'root', environment: {} });
  return root;
}

t.test('a tar that leaves the destination by ..', async (t) => {
  const members = tarMembers(gunzipSync(read('dotdot.tar.gz')));
  t.throws(() => selectMembers(members, argsOf(), 'tar'), /unsafe: \.\.\/escaped leaves the destination/);
});

t.test('a tar that leaves the destination behind its own link', async (t) => {
  const members = selectMembers(tarMembers(gunzipSync(read('linkout.tar.gz'))), argsOf(), 'tar');
  t.equal(members.length, 2);
  t.throws(() => unpack(members), /unsafe: \/srv\/out\/escaped lies behind its link \/srv\/out/);
});

t.test('an absolute name stays below the destination', async (t) => {
  const [first] = tarMembers(gunzipSync(read('linkout.tar.gz')));
  const member = {
    ...(first as ArchiveMember),
    path: '/etc/passwd',
    type: 'file' as const,
    bytes: () => Buffer.from('x'),
  };
  const root = unpack(selectMembers([member], argsOf(), 'tar'));
  t.equal(root.lstat('/srv/etc/passwd')?.type, 'file');
  t.equal(root.lstat('/etc'), undefined);
});

t.test('damaged archives', async (t) => {
  const tar = gunzipSync(read('app.tar.gz'));
  t.throws(() => tarMembers(tar.subarray(0, 700)), /it is cut short/);
  const broken = Buffer.from(tar);
  broken[10] = (broken[10] ?? 0) ^ 1;
  t.throws(() => tarMembers(broken), /not a tar archive, or it is damaged/);
  const zip = Buffer.from(read('app.zip'));
  t.throws(() => zipMembers(zip.subarray(0, 300)), /no end/);
  zip.fill(0, 0, 600);
  t.throws(() => zipMembers(zip).map((member) => member.bytes()));
});

t.test('options that are not supported are named', async (t) => {
  t.throws(
    () => selectMembers([], argsOf({ extra_opts: ['--transform=s/a/b/'] }), 'tar'),
    /extra_opts: --transform=s\/a\/b\/ is not supported/,
  );
});
