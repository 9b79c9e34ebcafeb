import t, { type Test } from 'tap';
import { openStore } from '../store/content-store.js';
import { RootTree } from './root-tree.js';
import { readsHold, ReadRecorder, replacedDigest } from './trace.js';

const link = (target: string) => ({ type: 'symlink', target, uid: 0, gid: 0 }) as const;
const folder = { type: 'directory', mode: 0o755, uid: 0, gid: 0 } as const;
const file = (text: string) =>
  ({ type: 'file', mode: 0o644, uid: 0, gid: 0, content: Buffer.from(text) }) as const;

/** A root with /usr/share/site/index, /srv (a link to /usr/share) and /var/www. */
function rootsOf(t: Test): (change?: (root: RootTree) => void) => RootTree {
  const store = openStore(t.testdir());
  t.teardown(() => store[Symbol.dispose]());
  return (change) => {
    const root = new RootTree(store, 0);
    for (const path of ['/usr', '/usr/share', '/usr/share/site', '/var', '/var/www']) root.put(path, folder);
    root.put('/usr/share/site/index', file('one'));
    root.put('/srv', link('usr/share'));
    change?.(root);
    root.takeChanges();
    return root;
  };
}

/** Returns whether the reads of `step` on `root` hold for another root. */
function holdsAfter(root: RootTree, step: (root: RootTree) => void): (other: RootTree) => boolean {
  const recorder = new ReadRecorder(root);
  step(root);
  const changes = root.takeChanges();
  const reads = recorder.finish(undefined);
  return (other) => readsHold(reads, other, () => changes);
}

t.test('what is behind a link that the step made is asked of the root below', (t) => {
  const rootWith = rootsOf(t);
  for (const target of ['/usr/share/site', '../../usr/share/site', '/srv/site']) {
    const holds = holdsAfter(rootWith(), (root) => {
      root.put('/var/www/html', link(target));
      t.equal(root.stat('/var/www/html')?.path, '/usr/share/site');
      t.strictSame(root.readdir('/var/www/html'), ['index']);
      t.equal(root.read('/var/www/html/index').toString(), 'one');
    });
    t.equal(holds(rootWith()), true, target);
    t.equal(holds(rootWith((root) => root.put('/usr/share/site/index', file('two')))), false, target);
    t.equal(holds(rootWith((root) => root.put('/usr/share/site/other', file('')))), false, target);
    t.equal(holds(rootWith((root) => root.remove('/usr/share/site'))), false, target);
    const elsewhere = rootWith((root) => root.put('/srv', link('var')));
    t.equal(holds(elsewhere), target !== '/srv/site', `a link below, of ${target}`);
  }
  t.end();
});

t.test('what the step itself made is not asked of the root below', (t) => {
  const rootWith = rootsOf(t);
  const holds = holdsAfter(rootWith(), (root) => {
    root.put('/opt', folder);
    root.put('/opt/own', file('own'));
    t.strictSame(root.readdir('/opt'), ['own']);
    t.equal(root.read('/opt/own').toString(), 'own');
  });
  t.equal(holds(rootWith()), true);
  t.end();
});

t.test('times do not count; types, modes, owners, targets and contents do', (t) => {
  const rootWith = rootsOf(t);
  const holds = holdsAfter(rootWith(), (root) => {
    root.lstat('/usr/share/site/index');
    root.lstat('/srv');
    root.lstat('/absent');
  });
  t.equal(holds(rootWith((root) => root.put('/usr/share/site/index', { ...file('one'), mtime: 5 }))), true);
  const changes: ((root: RootTree) => void)[] = [
    (root) => root.put('/usr/share/site/index', file('two')),
    (root) => root.touch('/usr/share/site/index', { mode: 0o600 }),
    (root) => root.touch('/usr/share/site/index', { uid: 33 }),
    (root) => root.touch('/usr/share/site/index', { gid: 33 }),
    (root) => root.put('/srv', link('/usr/share')),
    (root) => root.put('/srv', folder),
    (root) => root.put('/absent', folder),
    (root) => root.remove('/srv'),
  ];
  for (const change of changes) t.equal(holds(rootWith(change)), false, String(change));
  t.end();
});

t.test('a tree that a command may read, and what it replaced, must be the same', (t) => {
  const rootWith = rootsOf(t);
  const root = rootWith();
  const recorder = new ReadRecorder(root);
  recorder.reads(['/usr']);
  root.put('/usr/share/site/index', file('two'));
  root.put('/var/www/new', file(''));
  const { replaced } = root;
  const changes = root.takeChanges();
  const reads = recorder.finish(replaced);
  const holds = (other: RootTree) => readsHold(reads, other, () => changes);
  t.equal(replacedDigest(rootWith(), changes), replaced);
  t.equal(holds(rootWith()), true);
  t.equal(holds(rootWith((other) => other.put('/var/log', folder))), true, 'it can not have read that');
  t.equal(holds(rootWith((other) => other.put('/usr/share/more', file('')))), false);
  t.equal(holds(rootWith((other) => other.put('/var/www/new', file('')))), false);
  t.end();
});
