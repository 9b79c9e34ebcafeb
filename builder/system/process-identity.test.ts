import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import t from 'tap';
import { isRunning, processId, processIdentity } from './process-identity.js';

t.test('a process knows itself, and others know it', (t) => {
  const own = processIdentity();
  t.equal(processIdentity(), own);
  t.equal(processId(own), String(process.pid));
  t.equal(isRunning(own), true);
  t.end();
});

t.test('one that ended, and one that has its number now, are others', async (t) => {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const [world] = processIdentity().split('.');
  const start = readFileSync(`/proc/${child.pid}/stat`, 'latin1').split(' ')[21] ?? '';
  t.equal(isRunning(`${world}.${child.pid}.${start}`), true);
  t.equal(isRunning(`${world}.${child.pid}.${Number(start) - 1}`), false);
  child.kill();
  await once(child, 'close');
  t.equal(isRunning(`${world}.${child.pid}.${start}`), false);
});

t.test('of strangers nothing is known', (t) => {
  const [world, ...rest] = processIdentity().split('.');
  for (const name of [`0123456789ab.${rest.join('.')}`, 'elsewhere.0.0', `${world}.x.1`, 'f00', ''])
    t.equal(isRunning(name), undefined, name);
  t.end();
});
