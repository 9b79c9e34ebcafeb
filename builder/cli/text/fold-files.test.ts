import t from 'tap';
import type { FileDifference } from '../../run/compare-files.js';
import { foldFiles } from './fold-files.js';

const one = (kind: FileDifference['kind'], path: string, size?: number, layer = 'a'): FileDifference => ({
  path,
  kind,
  changes: [],
  layer,
  type: size === undefined ? 'directory' : 'file',
  before: kind === 'added' ? null : (size ?? null),
  after: kind === 'removed' ? null : (size ?? null),
});

t.test('what came or went with a folder is one', (t) => {
  const folded = foldFiles([
    one('added', '/new'),
    one('added', '/new.conf', 1),
    one('added', '/new/deep'),
    one('added', '/new/deep/file', 20),
    one('added', '/new/file', 300, 'b'),
    one('changed', '/old'),
    one('removed', '/old/gone'),
    one('removed', '/old/gone/file', 4),
    one('removed', '/old/other', 5),
  ]);
  t.strictSame(
    folded.map(({ path, kind, below, before, after, layer }) => [path, kind, below, before, after, layer]),
    [
      ['/new', 'added', 3, null, 320, ''],
      ['/new.conf', 'added', 0, null, 1, 'a'],
      ['/old', 'changed', 0, null, null, 'a'],
      ['/old/gone', 'removed', 1, 4, null, 'a'],
      ['/old/other', 'removed', 0, 5, null, 'a'],
    ],
  );
  t.end();
});
