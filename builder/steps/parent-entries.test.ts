import t from 'tap';
import type { Entry } from '../tar/entry.js';
import { RootTree } from '../plan/root-tree.js';
import { openStore } from '../store/content-store.js';
import { parentEntries } from './parent-entries.js';

const folder = (path: string, mode: number, uid = 0): Entry => ({
  path,
  type: 'directory',
  mode,
  uid,
  gid: uid,
  mtime: 0,
});

t.test(
  'names the folders above a change once, as they stand, and not those that the change names',
  async (t) => {
    const root = new RootTree(openStore(t.testdir()), 0);
    root.apply([folder('/var', 0o755), { ...folder('/var/own', 0o700, 33), opaque: true }]);
    root.listen(undefined);
    const seen: string[] = [];
    root.listen((kind, path) => seen.push(`${kind} ${path}`));
    const changes = [folder('/var/own/a', 0o755), folder('/var/own/a/b', 0o755), folder('/var/own/c', 0o755)];
    t.same(parentEntries(changes, root), [folder('/var/own', 0o700, 33), folder('/var', 0o755)]);
    t.same(seen, ['lstat /var/own', 'lstat /var'], 'what it looked at is known');
    t.same(parentEntries([folder('/top', 0o755)], root), [], 'the root itself is never named');
  },
);
