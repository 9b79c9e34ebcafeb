import t from 'tap';
import { processorMs } from '../testing/processor-ms.js';
import type { Entry } from '../tar/entry.js';
import { mergeEntries } from './merge-entries.js';

const owner = { mode: 0o755, uid: 0, gid: 0, mtime: 0 };
const directory = (path: string): Entry => ({ path, type: 'directory', ...owner });
const opaque = (path: string): Entry => ({ ...directory(path), opaque: true });
const whiteout = (path: string): Entry => ({ path, type: 'whiteout', ...owner });
const file = (path: string, mtime = 0): Entry => ({ path, type: 'file', ...owner, mtime });
const link = (path: string, target: string): Entry => ({ path, type: 'hardlink', ...owner, target });
const soft = (path: string, target: string): Entry => ({ path, type: 'symlink', ...owner, target });

const cases: readonly (readonly [what: string, layers: Entry[][], merged: Entry[]])[] = [
  ['the later wins', [[file('/a', 1)], [file('/a', 2)]], [file('/a', 2)]],
  ['a whiteout stays', [[file('/a')], [whiteout('/a')]], [whiteout('/a')]],
  [
    'a whiteout takes what is below, also where the folder is not an entry',
    [[file('/a/b/c'), file('/ab')], [whiteout('/a')]],
    [whiteout('/a'), file('/ab')],
  ],
  [
    'a folder that is made again hides what was there',
    [[directory('/a'), file('/a/b')], [whiteout('/a')], [directory('/a'), file('/a/c')]],
    [opaque('/a'), file('/a/c')],
  ],
  [
    'an opaque folder keeps its own',
    [
      [directory('/a'), file('/a/b')],
      [opaque('/a'), file('/a/c')],
      [directory('/a'), file('/a/d')],
    ],
    [opaque('/a'), file('/a/c'), file('/a/d')],
  ],
  [
    'a file in place of a folder, and a folder in place of a file',
    [
      [directory('/a'), file('/a/b'), file('/c')],
      [file('/a'), directory('/c'), file('/c/d')],
    ],
    [file('/a'), directory('/c'), file('/c/d')],
  ],
  [
    'hardlinks stand last',
    [[link('/a', '/z'), file('/z'), file('/b')]],
    [file('/b'), file('/z'), link('/a', '/z')],
  ],
  [
    'a hardlink keeps what it was when its target is replaced',
    [[file('/a', 1), link('/b', '/a'), link('/c', '/a')], [file('/a', 2)]],
    [file('/a', 2), file('/b', 1), link('/c', '/b')],
  ],
  [
    'or removed',
    [
      [file('/a', 1), link('/b', '/a'), link('/c', '/a')],
      [whiteout('/a'), whiteout('/b')],
    ],
    [whiteout('/a'), whiteout('/b'), file('/c', 1)],
  ],
  [
    'or removed with its folder',
    [[directory('/d'), file('/d/a', 1), link('/b', '/d/a'), link('/d/c', '/d/a')], [whiteout('/d')]],
    [file('/b', 1), whiteout('/d')],
  ],
  [
    'or when a link in the folder was to become the file',
    [[directory('/d'), file('/d/z', 1), link('/d/a', '/d/z'), link('/e', '/d/z')], [whiteout('/d')]],
    [whiteout('/d'), file('/e', 1)],
  ],
  [
    'a hardlink to a symlink likewise',
    [[soft('/a', 'x'), link('/b', '/a')], [whiteout('/a')]],
    [whiteout('/a'), soft('/b', 'x')],
  ],
  [
    'a link that is replaced is not an heir',
    [[file('/a', 1), link('/b', '/a')], [file('/b', 2)], [file('/a', 3)]],
    [file('/a', 3), file('/b', 2)],
  ],
];

for (const [what, layers, merged] of cases)
  t.test(what, (t) => {
    t.strictSame(mergeEntries(layers), merged);
    t.end();
  });

t.test('many changes of many files take no time', (t) => {
  const paths = Array.from({ length: 40_000 }, (_, index) => `/folder ${index % 200}/file ${index}`);
  const lower = paths.map((path) => file(path, 1));
  const upper = paths.map((path, index) => (index % 2 === 0 ? file(path, 2) : whiteout(path)));
  const started = processorMs();
  t.equal(mergeEntries([lower, upper]).length, paths.length);
  const ms = processorMs() - started;
  t.ok(ms < 3000, `${ms.toFixed(0)} ms`);
  t.end();
});
