import { statSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { makeFolder } from './make-folder.js';

t.test('a folder, with those above it', async (t) => {
  const folder = t.testdir();
  makeFolder(`${folder}/a/b/c`, 0o700);
  makeFolder(`${folder}/a/b/c`);
  for (const made of ['a', 'a/b', 'a/b/c']) t.equal(statSync(`${folder}/${made}`).mode & 0o777, 0o700);
});

t.test('where none can be made', async (t) => {
  const folder = t.testdir();
  writeFileSync(`${folder}/file`, '');
  t.throws(() => makeFolder(`${folder}/file`), { code: 'EEXIST' });
  t.throws(() => makeFolder(`${folder}/file/below`), { code: 'ENOTDIR' });
  t.throws(() => makeFolder(`${folder}/file/far/below`), { code: 'ENOTDIR' });
  // An existing folder in which none can be made: Node's recursive mkdir would loop for ever.
  t.throws(() => makeFolder('/proc/a/b/c'), { code: 'ENOENT' });
});
