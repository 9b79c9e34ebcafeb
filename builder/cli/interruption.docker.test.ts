import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { SmallProject } from '../run/fixtures/small-project.js';
import { baseOfLayout, DockerTraces } from '../testing/docker-traces.js';
import { PlatenProgram } from '../testing/platen-program.js';

const program = new PlatenProgram(t.testdir());

const playbook = (command: string) => `- hosts: all
  tasks:
    - name: Write
      copy: { content: x, dest: /etc/before }
    - name: Make
      shell: echo made > /etc/made
    - name: Wait
      shell: ${command}
`;

/** A project on a base that no other test has. */
async function projectOf(t: Test, playbook: string) {
  const folder = t.testdir({ root: { etc: { unique: randomUUID() } } });
  const small = await SmallProject.create(folder, { 'playbooks/small.yml': playbook });
  const traces = new DockerTraces(baseOfLayout(join(folder, 'base')));
  const environment = { XDG_CACHE_HOME: small.cache };
  const argv = ['build', 'small', '--engine', 'docker', '--no-load', '--json'];
  return { small, traces, start: () => program.start(argv, { folder, environment }) };
}

const stepsOf = (stdout: string) =>
  (JSON.parse(stdout) as { steps: { name: string; cached: boolean }[] }).steps.map(
    ({ name, cached }) => `${name} ${cached ? 'cached' : 'ran'}`,
  );

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  t.test(`${signal} ends a build long before its command, and leaves nothing in Docker`, async (t) => {
    const { small, traces, start } = await projectOf(t, playbook('sleep 7001'));
    const { child, outcome } = start();
    await traces.running('sleep 7001');
    child.kill(signal);
    const { exitCode, stdout, stderr } = await outcome;
    t.equal(exitCode, 130);
    t.equal(stdout, '');
    t.match(stderr, /platen: Interrupted\n$/);
    t.notMatch(stderr, / {4}at /);
    t.strictSame([await traces.containers(), await traces.images()], [[], []]);

    small.write({ 'playbooks/small.yml': playbook('echo waited') });
    const next = await start().outcome;
    t.strictSame(stepsOf(next.stdout), ['Write cached', 'Make cached', 'Wait ran'], next.stderr);
  });

t.test('after kill -9 the container goes by itself, and the next build goes on', async (t) => {
  const { small, traces, start } = await projectOf(t, playbook('sleep 7002'));
  const { child, outcome } = start();
  await traces.running('sleep 7002');
  child.kill('SIGKILL');
  t.equal((await outcome).exitCode, null);
  t.type(await traces.gone(), 'number', 'no container is left');

  small.write({ 'playbooks/small.yml': playbook('echo waited') });
  const next = await start().outcome;
  t.strictSame(stepsOf(next.stdout), ['Write cached', 'Make cached', 'Wait ran'], next.stderr);
  t.strictSame([await traces.containers(), await traces.images()], [[], []], 'what was left is swept');
});

t.test('builds at once, of one image and with one cache, are one build', async (t) => {
  const { traces, start } = await projectOf(t, playbook('sleep 1; echo waited > /etc/waited'));
  const ended = await Promise.all([1, 2, 3].map(() => start().outcome));
  const digests = ended.map(({ exitCode, stdout, stderr }) => {
    t.equal(exitCode, 0, stderr);
    return (JSON.parse(stdout) as { digest: string }).digest;
  });
  t.equal(new Set(digests).size, 1);
  t.strictSame([await traces.containers(), await traces.images()], [[], []]);
});

t.test('a signal at any moment leaves nothing half-made', async (t) => {
  const tag = `platen-test/interrupted:${process.pid}`;
  const folder = t.testdir({ root: { etc: { unique: randomUUID() } } });
  const small = await SmallProject.create(folder, {
    'playbooks/small.yml': playbook('echo waited > /etc/waited'),
  });
  /** One that never passed: it runs each time. */
  const addCheck = (name: string) =>
    small.write({
      'images/small/image.yaml': `name: small
base: { oci: ../../base }
playbook: small.yml
smoke:
  - { name: ${name}, command: [sleep, '1'] }
`,
    });
  const untag = () => execFileSync('docker', ['image', 'rm', '-f', tag], { stdio: 'ignore' });
  t.teardown(() => execFileSync('docker', ['image', 'rm', '-f', tag], { stdio: 'ignore' }));
  const traces = new DockerTraces(baseOfLayout(join(folder, 'base')));
  const start = () =>
    program.start(['build', 'small', '--engine', 'docker', '--tag', tag, '--no-cache'], {
      folder,
      environment: { XDG_CACHE_HOME: small.cache },
    });
  t.equal((await start().outcome).exitCode, 0);
  untag();
  // How long it takes when its base is unpacked already.
  const began = performance.now();
  addCheck('undisturbed');
  t.equal((await start().outcome).exitCode, 0);
  const duration = performance.now() - began;
  untag();
  const ends = new Map<number | null, number>();
  for (let moment = 1; moment <= 9; moment += 1) {
    const delay = Math.round((moment * duration) / 10);
    addCheck(`after ${delay}`);
    const { child, outcome } = start();
    await sleep(delay);
    child.kill('SIGINT');
    const { exitCode, stderr, stdout } = await outcome;
    ends.set(exitCode, (ends.get(exitCode) ?? 0) + 1);
    // Ended before it listened to signals, ended by it, or done before it came.
    t.ok(exitCode === null || exitCode === 130 || exitCode === 0, `after ${delay} ms: ${exitCode} ${stderr}`);
    if (exitCode === 130) t.match({ stdout, stderr }, { stdout: '', stderr: /platen: Interrupted\n$/ });
    t.strictSame(await traces.containers(), [], `after ${delay} ms`);
    const left = await traces.images();
    t.strictSame(left, exitCode === 0 ? [tag] : [], `after ${delay} ms`);
    if (exitCode === 0) untag();
    t.strictSame(readdirSync(join(small.cache, 'platen/tmp')), [], `after ${delay} ms`);
  }
  t.ok((ends.get(130) ?? 0) >= 3, JSON.stringify([...ends]));
  t.equal((await start().outcome).exitCode, 0);
});
