import t, { type Test } from 'tap';
import { BuilderError } from '../errors.js';
import { timedOut, type FakeCommand } from '../testing/fake-engine.js';
import { ExecutingRunner } from './executing-runner.js';
import { StepBench, commandStep, makeStep, writingStep } from './fixtures/step-bench.js';

function open(t: Test, commands: Readonly<Record<string, FakeCommand>> = {}) {
  const bench = new StepBench(t, commands);
  return { bench, runner: new ExecutingRunner(bench) };
}

t.test('a file step runs without engine, and what it changed is in the state', async (t) => {
  const { bench, runner } = open(t);
  const before = bench.state.digest;
  const done = await runner.run(writingStep('/etc/made', 'text'));
  t.match(done, { known: true, cached: false, succeeded: true, result: { changed: true } });
  t.strictSame(bench.files, { '/etc/base': 'base', '/etc/made': 'text' });
  t.not(bench.state.digest, before);
  t.strictSame(
    done.fragment.entries().map(({ path }) => path),
    ['/etc', '/etc/made'],
    'with the folder above it',
  );
  t.equal(bench.session.engine, undefined);
});

t.test('an exec step sees what steps before it changed, and leaves what its command changed', async (t) => {
  const { bench, runner } = open(t, {
    copy: (root, { argv: [, from = '', to = ''] }) => root.write(to, root.read(from) ?? ''),
  });
  await runner.run(writingStep('/etc/made', 'text'));
  const { fragment } = await runner.run(commandStep(['copy', '/etc/made', '/srv/copy']));
  t.equal(bench.files['/srv/copy'], 'text');
  t.ok(fragment.entries().some(({ path }) => path === '/srv/copy'));
  await runner.run(commandStep(['copy', '/srv/copy', '/srv/again']));
  t.strictSame(
    bench.engine.sessions[0]?.applied.map((paths) => paths.filter((path) => path !== '/etc')),
    [['/etc/made']],
    'the session has its own changes',
  );
});

t.test('a step that changes files around its command gives all of it', async (t) => {
  const { bench, runner } = open(t, {
    double: (root) => root.write('/srv/two', `${root.read('/srv/one')}${root.read('/srv/one')}`),
  });
  const around = makeStep('around', {
    kind: 'exec',
    run: async ({ root, exec }) => {
      const file = { type: 'file', mode: 0o644, uid: 0, gid: 0 } as const;
      root.put('/srv/one', { ...file, content: Buffer.from('a') });
      await exec({ argv: ['double'], reads: [] });
      const two = root.read('/srv/two').toString();
      root.put('/srv/three', { ...file, content: Buffer.from(`${two}!`) });
      return { changed: true };
    },
  });
  await runner.run(around);
  t.match(bench.files, { '/srv/one': 'a', '/srv/two': 'aa', '/srv/three': 'aa!' });
});

t.test('what a step read is told, so that its result can be used again where that is the same', async (t) => {
  const { runner } = open(t, { true: () => 0 });
  const looking = makeStep('look', {
    kind: 'exec',
    run: async ({ root, exec }) => {
      root.stat('/etc/base');
      await exec({ argv: ['true'], reads: ['/srv'] });
      return { changed: false };
    },
  });
  const { reads } = await runner.run(looking);
  t.match(reads, { looks: [['stat', '/etc/base']], trees: [['/srv']], everything: false });
  const blind = makeStep('all', {
    kind: 'exec',
    run: async ({ exec }) => {
      await exec({ argv: ['true'], reads: 'everything' });
      return { changed: false };
    },
  });
  t.match((await runner.run(blind)).reads, { everything: true });
});

t.test('a failed task is a result, what it changed stays', async (t) => {
  const { bench, runner } = open(t, {
    break(root) {
      root.write('/srv/half', 'done');
      return 3;
    },
  });
  const done = await runner.run(commandStep(['break']));
  t.match(done, { succeeded: false, result: { rc: 3 } });
  t.equal(bench.files['/srv/half'], 'done');
});

t.test('a command whose time was up throws, and what it changed is known', async (t) => {
  const { bench, runner } = open(t, {
    slow(root) {
      root.write('/srv/half', 'done');
      return timedOut;
    },
  });
  await t.rejects(runner.run(commandStep(['slow'])), { message: '"slow" took too long, and was ended' });
  t.equal(bench.files['/srv/half'], 'done');
});

t.test('what stopped the engine ends the build, whatever the module makes of it', async (t) => {
  const { runner } = open(t, {
    true: () => {
      throw new BuilderError('the engine is gone', { code: 'unavailable' });
    },
  });
  const careless = makeStep('careless', {
    kind: 'exec',
    run: async ({ exec }) => {
      await exec({ argv: ['true'], reads: [] }).catch(() => undefined);
      return { changed: false };
    },
  });
  await t.rejects(runner.run(careless), { message: 'the engine is gone' });
});
