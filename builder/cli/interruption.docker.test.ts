import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
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
  const argv = ['build', 'small', '--no-load', '--json'];
  return { small, traces, start: () => program.start(argv, { folder, environment }) };
}

const stepsOf = (stdout: string) =>
  (JSON.parse(stdout) as { steps: { name: string; cached: boolean }[] }).steps.map(
    ({ name, cached }) => `${name} ${cached ? 'cached' : 'ran'}`,
  );

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  t.test(`${signal} ends a build at once, and leaves nothing in Docker`, async (t) => {
    const { small, traces, start } = await projectOf(t, playbook('sleep 7001'));
    const { child, outcome } = start();
    await traces.running('sleep 7001');
    const begin = performance.now();
    child.kill(signal);
    const { exitCode, stdout, stderr } = await outcome;
    const ms = performance.now() - begin;
    t.equal(exitCode, 130);
    t.ok(ms < 2000, `${Math.round(ms)} ms`);
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
