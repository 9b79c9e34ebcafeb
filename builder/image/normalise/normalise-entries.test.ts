import { readFileSync } from 'node:fs';
import t from 'tap';
import { openStore } from '../../store/content-store.js';
import type { Store } from '../../store/store.js';
import type { Entry } from '../../tar/entry.js';
import { leftOutRules } from './left-out.js';
import { normaliseEntries } from './normalise-entries.js';
import { randomSecrets } from './random-secrets.js';

const epoch = 1_735_689_600;

function file(store: Store, path: string, bytes: Buffer | string = 'x', more: Partial<Entry> = {}): Entry {
  const blob = store.put(Buffer.from(bytes));
  const content = { digest: blob, slice: { blob, offset: 0, size: Buffer.from(bytes).length } };
  return { path, type: 'file', mode: 0o644, uid: 0, gid: 0, mtime: epoch, content, ...more };
}

const link = (path: string, target: string, type: 'symlink' | 'hardlink' = 'symlink'): Entry => ({
  path,
  type,
  target,
  mode: 0o777,
  uid: 0,
  gid: 0,
  mtime: epoch,
});

/** A file of bytecode (PEP 552). */
function bytecode(flags: number, time: number): Buffer {
  const bytes = Buffer.alloc(20);
  bytes.writeUInt32LE(flags, 4);
  bytes.writeUInt32LE(time, 8);
  return bytes;
}

t.test('packages get what they leave', async (t) => {
  using store = openStore(t.testdir());
  const kept = [
    file(store, '/etc/.pwd.lock'),
    file(store, '/etc/ssl/certs/ssl-cert-snakeoil.pem'),
    file(store, '/etc/ssl/private/ssl-cert-snakeoil.key'),
    file(store, '/run/motd'),
    file(store, '/tmp/made'),
    file(store, '/usr/lib/alone.pyc', bytecode(0, epoch)),
    file(store, '/usr/lib/__pycache__/shipped.cpython-313.pyc', bytecode(0, epoch - 100)),
    file(store, '/usr/lib/__pycache__/hashed.cpython-313.pyc', bytecode(3, 0xffffffff)),
    file(store, '/var/cache/fontconfig/CACHEDIR.TAG'),
    link('/var/lib/dbus/machine-id', '/etc/machine-id'),
    file(store, '/var/lib/systemd/deb-systemd-helper-enabled/cron.service.dsh-also'),
    file(store, '/var/log/php-fpm.log', '', { uid: 33, gid: 4, mode: 0o640 }),
    link('/var/log/nginx/access.log', '/dev/stdout'),
    file(store, '/var/log/wtmp', '', { gid: 43, mode: 0o664 }),
  ];
  const { entries, leftOut } = normaliseEntries(kept, epoch, store);
  t.strictSame(entries, kept);
  t.strictSame(leftOut, []);
});

t.test('what is on the list is left out, but never a folder', async (t) => {
  using store = openStore(t.testdir());
  const paths = [
    '/dev/console',
    '/etc/passwd-',
    '/root/.wget-hsts',
    '/run/sshd.pid',
    '/var/cache/apt/archives/lock',
    '/var/cache/ldconfig/aux-cache',
    '/var/lib/apt/lists/deb_dists_trixie_InRelease',
    '/var/lib/dbus/machine-id',
    '/var/lib/dpkg/status-old',
    '/var/lib/systemd/random-seed',
    '/var/log/apt/term.log',
    '/var/log/dpkg.log',
  ];
  const folder = { ...file(store, '/var/cache/apt/archives/partial'), type: 'directory' as const };
  const { entries, leftOut } = normaliseEntries(
    [folder, ...paths.map((path) => file(store, path))],
    epoch,
    store,
  );
  t.strictSame(entries, [folder]);
  t.strictSame(
    leftOut.map(({ path }) => path),
    paths,
  );
});

t.test('bytecode of a source that was written in the build is outdated in the image', async (t) => {
  using store = openStore(t.testdir());
  const outdated = file(store, '/srv/__pycache__/a.cpython-313.pyc', bytecode(0, epoch + 1));
  const optimised = link('/srv/__pycache__/a.cpython-313.opt-1.pyc', outdated.path, 'hardlink');
  const { entries, leftOut } = normaliseEntries([outdated, optimised], epoch, store);
  t.strictSame(leftOut, [{ path: outdated.path, what: 'outdated bytecode of Python' }]);
  t.match(entries, [{ path: optimised.path, type: 'file' }], 'no link is left without its file');
});

t.test('hard links to what was left out share the file among themselves', async (t) => {
  using store = openStore(t.testdir());
  const target = '/var/lib/dpkg/status-old';
  const links = ['/srv/a', '/srv/b'].map((path) => link(path, target, 'hardlink'));
  const { entries } = normaliseEntries([file(store, target, 'x', { mode: 0o600 }), ...links], epoch, store);
  t.match(entries, [
    { path: '/srv/a', type: 'file', mode: 0o600 },
    { path: '/srv/b', type: 'hardlink', target: '/srv/a' },
  ]);
});

t.test('the machine id is emptied and keeps its mode', async (t) => {
  using store = openStore(t.testdir());
  const { entries } = normaliseEntries(
    [file(store, '/etc/machine-id', 'abc', { mode: 0o444 })],
    epoch,
    store,
  );
  t.match(entries, [{ mode: 0o444, content: { slice: { size: 0 } } }]);
});

t.test('private keys and database clusters are told of', async (t) => {
  using store = openStore(t.testdir());
  const key = '-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n';
  const entries = [
    file(store, '/etc/ssh/ssh_host_ed25519_key', key, { mode: 0o600 }),
    file(store, '/etc/ssl/private/k.key', key.replace('OPENSSH ', ''), { mode: 0o640, gid: 101 }),
    file(store, '/usr/share/doc/example.key', key),
    file(store, '/var/lib/mysql/ibdata1'),
    file(store, '/var/lib/postgresql/17/main/PG_VERSION'),
    file(store, '/var/lib/postgresql/17/main/base/1/PG_VERSION'),
  ];
  t.strictSame(randomSecrets(entries, store), [
    '/etc/ssh/ssh_host_ed25519_key',
    '/etc/ssl/private/k.key',
    '/var/lib/mysql',
    '/var/lib/postgresql/17/main',
  ]);
});

t.test('docs/playbook.md has every rule, with its reason', async (t) => {
  const page = readFileSync('docs/playbook.md', 'utf8');
  for (const { paths } of leftOutRules) {
    const row = page.split('\n').find((line) => line.startsWith(`| ${paths} `));
    t.match(row, /\| [^|]*[a-z][^|]* \|$/, paths);
  }
});
