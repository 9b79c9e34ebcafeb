import t from 'tap';
import { fragmentOf } from '../plan/fragment.js';
import { StepBench, fileEntry } from './fixtures/step-bench.js';

const command = (...argv: string[]) => ({ argv, reads: [] });

t.test('the engine is opened by the first command, once, and closed at the end', async (t) => {
  const bench = new StepBench(t, { true: () => 0 });
  t.equal(bench.session.engine, undefined);
  await bench.session.exec(command('true'), []);
  await bench.session.exec(command('true'), []);
  t.equal(bench.engine.sessions.length, 1);
  t.equal(bench.session.engine, bench.engine);
  await bench.session.close();
  t.equal(bench.engine.sessions[0]?.closed, true);
});

t.test('before a command, the session gets what was changed since the last one', async (t) => {
  const bench = new StepBench(t, { cat: (root, { argv }) => root.print(root.read(argv[1] ?? '') ?? 'none') });
  const { store, state, session } = bench;
  state.add(fragmentOf([fileEntry('/etc/one', '1', store)]), false);
  const first = await session.exec(command('cat', '/etc/one'), [fileEntry('/etc/two', '2', store)]);
  t.equal(first.result.stdout, '1');
  t.strictSame((await session.exec(command('cat', '/etc/two'), [])).result.stdout, '2');
  const gone = { ...fileEntry('/etc/one', '', store), type: 'whiteout' as const };
  state.add(fragmentOf([gone]), false);
  t.equal((await session.exec(command('cat', '/etc/one'), [])).result.stdout, 'none');
  t.strictSame(bench.engine.sessions[0]?.applied, [['/etc/one', '/etc/two'], ['-/etc/one']]);
});

t.test('what the session has already is not sent again', async (t) => {
  const bench = new StepBench(t, { make: (root) => root.write('/srv/made', 'x') });
  const { state, session } = bench;
  const { changes } = await session.exec(command('make'), []);
  state.add(fragmentOf(changes), false);
  session.settled();
  await session.exec(command('make'), []);
  t.strictSame(bench.engine.sessions[0]?.applied, []);
});

t.test('changes come back normalised; all is kept but what is on the list, and that is told', async (t) => {
  const bench = new StepBench(t, {
    make(root) {
      root.write('/srv/made', 'x');
      root.write('/var/log/made.log', 'x');
      root.write('/var/log/dpkg.log', 'x');
      root.write('/run/lock/kept', 'x');
      root.write('/etc/machine-id', '1234');
      root.remove('/srv/made');
      root.write('/srv/kept', 'y');
    },
  });
  const { changes, leftOut } = await bench.session.exec(command('make'), []);
  const found = changes.map(({ path, type, content }) => [path, type, content?.slice.size]);
  t.strictSame(found, [
    ['/etc/machine-id', 'file', 0],
    ['/run/lock/kept', 'file', 1],
    ['/srv/kept', 'file', 1],
    ['/srv/made', 'whiteout', undefined],
    ['/var/log/made.log', 'file', 1],
  ]);
  t.strictSame(leftOut, [{ path: '/var/log/dpkg.log', what: 'logs of packages' }]);
});

t.test(
  'what was left out and is gone again is not told; what the base has and is gone, is gone',
  async (t) => {
    const bench = new StepBench(t, {
      fetch: (root) => root.write('/var/lib/apt/lists/new', 'x'),
      clean(root) {
        root.remove('/var/lib/apt/lists/new');
        root.remove('/var/lib/apt/lists/old');
      },
    });
    const { state, session, store } = bench;
    state.add(fragmentOf([fileEntry('/var/lib/apt/lists/old', 'x', store)]), false);
    const first = await session.exec(command('fetch'), []);
    t.strictSame([first.changes, first.leftOut.length], [[], 1]);
    const { changes, leftOut } = await session.exec(command('clean'), []);
    t.strictSame(
      changes.map(({ path, type }) => [path, type]),
      [['/var/lib/apt/lists/old', 'whiteout']],
    );
    t.strictSame(leftOut, []);
  },
);

t.test('a command has a clean environment, the base’s, and its own', async (t) => {
  let seen: Readonly<Record<string, string>> = {};
  const bench = new StepBench(t, { env: (_, { environment }) => void (seen = environment) });
  await bench.session.exec({ ...command('env'), environment: { OWN: '1', LANG: 'C' } }, []);
  t.match(seen, { HOME: '/root', BASE: 'yes', OWN: '1', LANG: 'C', SOURCE_DATE_EPOCH: '1700000000' });
  t.notOk('USER' in seen);
});

t.test('what a secret command prints is not told', async (t) => {
  const bench = new StepBench(t, { say: (root) => root.print('hello') });
  t.equal((await bench.session.exec(command('say'), [], true)).result.stdout, 'hello');
  t.strictSame(bench.printed, []);
  await bench.session.exec(command('say'), []);
  t.strictSame(bench.printed, ['hello']);
});

t.test('what a long command changed is read while it runs, and is all there at its end', async (t) => {
  const bench: StepBench = new StepBench(t, {
    async make(root) {
      root.write('/srv/early', '1');
      root.write('/srv/both', '1');
      await bench.timer.advance(4000);
      root.write('/srv/both', '2');
      root.write('/srv/late', '2');
      root.remove('/srv/early');
    },
  });
  const { changes } = await bench.session.exec(command('make'), []);
  t.strictSame(bench.polled, [['/srv/both', '/srv/early']]);
  const texts = changes.map(({ path, type, content }) => [
    path,
    content === undefined ? type : bench.store.read(content.slice).toString(),
  ]);
  t.strictSame(texts, [
    ['/srv/both', '2'],
    ['/srv/early', 'whiteout'],
    ['/srv/late', '2'],
  ]);
  t.strictSame(bench.timer.pending, [], 'no timer is left');
});

t.test('a command that fails to run leaves no timer', async (t) => {
  const bench = new StepBench(t);
  await t.rejects(bench.session.exec(command('unknown'), []), /unknown/);
  t.strictSame(bench.timer.pending, []);
});

t.test('a shell opens where the last command ran', async (t) => {
  const bench = new StepBench(t, { true: () => 0 });
  await bench.session.shell();
  t.strictSame(bench.engine.sessions, [], 'none where none ran');
  await bench.session.exec(command('true'), []);
  await bench.session.shell();
  t.equal(bench.engine.sessions[0]?.shells, 1);
});
