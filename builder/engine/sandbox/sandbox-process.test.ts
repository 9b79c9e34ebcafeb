import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { KeptProcess, runTool } from './sandbox-process.js';

/** Prints its pid, and leaves a process behind that holds its pipes if it is killed. */
const parent = ['sh', '-c', 'sleep 7013 & echo "$$ $!"; wait'];

function runs(pid: number): boolean {
  const all = execFileSync('ps', ['-A', '-o', 'pid=,stat=']).toString();
  return new RegExp(`^ *${pid} +[^Z]`, 'm').test(all);
}

async function untilGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 300 && runs(pid); tries += 1) await sleep(100);
  return !runs(pid);
}

t.test('who is killed from outside takes along what it started', async (t) => {
  const kept = new KeptProcess(parent);
  const [pid = 0, left = 0] = (await kept.line()).split(' ').map(Number);
  t.ok(runs(left));
  process.kill(pid, 'SIGKILL');
  await t.rejects(kept.line(), { message: 'the sandbox ended' });
  t.ok(kept.ended);
  t.ok(await untilGone(left));
});

t.test('closed, too', async (t) => {
  const kept = new KeptProcess(parent);
  const [, left = 0] = (await kept.line()).split(' ').map(Number);
  await kept.close();
  t.ok(await untilGone(left));
});

t.test('a detached tool that is killed fails', async (t) => {
  const command = ['sh', '-c', 'sleep 7014 & kill -KILL $$'];
  await t.rejects(runTool(command, { detached: true }), { message: /a tool of the sandbox failed/ });
});

t.test('a kept process is settled when it has become what it stays, not when it spoke', async (t) => {
  // The program is loaded late, as on a busy machine: its files must still exist then.
  const folder = t.testdir({});
  const late = `echo 1; sleep 0.5; : >${folder}/loaded; exec cat`;
  const kept = new KeptProcess(['sh', '-c', late]);
  t.teardown(() => kept.close());
  t.equal(await kept.line(), '1');
  await kept.settled();
  t.ok(existsSync(`${folder}/loaded`));

  const gone = new KeptProcess(['sh', '-c', 'echo 1; echo "env: not found" >&2; exit 127']);
  t.equal(await gone.line(), '1');
  await t.rejects(gone.settled(), { message: 'env: not found' });
});
