import t from 'tap';
import type { Step, TaskResult } from '../plan/step.js';
import { resultToKeep } from './result-to-keep.js';

const step = (secret: boolean, registered: boolean): Step => ({
  id: 'a',
  name: 'a',
  role: undefined,
  kind: 'exec',
  secret,
  registered,
  origin: { file: 'a.yml', line: 1, column: 1 },
  inputs: { module: 'shell@1', args: null, files: {}, variables: {} },
  run: () => Promise.reject(new Error()),
  succeeded: () => true,
});
const printed: TaskResult = {
  changed: true,
  rc: 0,
  cmd: 'echo 1',
  stdout: '1',
  stderr: '',
  stdout_lines: ['1'],
};
const written: TaskResult = { changed: false, dest: '/a', mode: '0644', size: 3 };

t.test('of what no_log hides nothing is kept that could tell', async (t) => {
  t.strictSame(resultToKeep(step(false, true), printed), printed);
  t.strictSame(resultToKeep(step(true, false), printed), { changed: true, rc: 0, stderr: '' });
  t.equal(resultToKeep(step(true, true), printed), undefined, 'a part would not do');
  t.strictSame(resultToKeep(step(true, true), written), written);
});
