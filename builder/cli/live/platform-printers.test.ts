import { mock } from 'node:test';
import t from 'tap';
import type { PlatformEvent } from '../../platform-event.js';
import { Screen } from '../../testing/screen.js';
import { createStreamReporter } from './stream-reporter.js';

const progress = {
  kind: 'deployment-progress',
  service: 'wordpress',
  revision: '4',
  desired: 2,
  running: 3,
  healthy: 1,
  failed: 1,
} as const;

const rolledBack = {
  kind: 'deployment-done',
  service: 'wordpress',
  revision: '3',
  outcome: 'rolled-back',
  ms: 9000,
} as const;

const events: readonly PlatformEvent[] = [
  { kind: 'part-started', part: 'database', action: 'create' },
  { kind: 'part-changed', part: 'database', change: 'created', ms: 1200 },
  { kind: 'part-changed', part: 'network', change: 'unchanged', ms: 0 },
  { kind: 'part-changed', part: 'wordpress 2', change: 'updated', ms: 900, reason: 'image' },
  { kind: 'log-line', part: 'wordpress 2', text: 'ready' },
  { ...progress, state: 'in-progress' },
  { kind: 'part-healthy', part: 'wordpress 2', ms: 3000 },
  { kind: 'part-drained', part: 'wordpress 1', ms: 2000 },
  { kind: 'part-stopped', part: 'wordpress 1', ms: 100, exitCode: 0 },
  { kind: 'part-failed', part: 'wordpress 3', ms: 5000, reason: 'never healthy', log: ['one', 'two\x07'] },
  { kind: 'deployment-done', service: 'wordpress', revision: '4', outcome: 'completed', ms: 8200 },
  { ...rolledBack, reason: '2 tasks failed' },
];

const lines = `created     1.20 s  database
ok          0.00 s  network
updated     0.90 s  wordpress 2: image
healthy     3.00 s  wordpress 2
drained     2.00 s  wordpress 1
stopped     0.10 s  wordpress 1 (exit code 0)
failed      5.00 s  wordpress 3: never healthy
                    one
                    two${' '}
done        8.20 s  wordpress 4
failed      9.00 s  wordpress rolled back to 3: 2 tasks failed
`;

t.test('a line for everything that became of a part', async (t) => {
  const written: string[] = [];
  const stream = { isTTY: false, columns: 0, write: (text: string) => void written.push(text) };
  const reporter = createStreamReporter(stream, {});
  for (const event of events) reporter.report(event);
  t.equal(written.join(''), lines);
});

t.test('a terminal shows meanwhile how far a deployment is', async (t) => {
  mock.timers.enable({ apis: ['setInterval'] });
  t.teardown(() => mock.timers.reset());
  const screen = new Screen(200, 20);
  using reporter = createStreamReporter(screen, { NO_COLOR: '1' });
  reporter.report({ kind: 'part-started', part: 'wordpress', action: 'update' });
  reporter.report({ ...progress, state: 'rolling-back' });
  mock.timers.tick(100);
  t.match(
    screen.text,
    /^ {2}wordpress +update +0 s\n {4}revision 4: rolling back, 3 running, 1 of 2 healthy, 1 failed$/,
  );
});

t.test('a terminal keeps a line of each stack and of what failed; the rest lives in the tree', async (t) => {
  mock.timers.enable({ apis: ['setInterval'] });
  t.teardown(() => mock.timers.reset());
  const screen = new Screen(80, 20);
  const reporter = createStreamReporter(screen, { NO_COLOR: '1' });
  const tell = (...told: PlatformEvent[]): void => {
    told.forEach((event) => reporter.report(event));
    mock.timers.tick(100);
  };
  tell({ kind: 'phase-started', environment: 'dev', phase: 'deploy', parts: ['network', 'database'] });
  t.match(screen.text, /^dev: deploying, 0 of 2 stacks +0 s\n {2}waiting: network, database$/);
  tell(
    { kind: 'part-started', part: 'network', action: 'create' },
    { kind: 'part-started', part: 'network/Vpc', action: 'create', type: 'AWS::EC2::VPC' },
  );
  t.match(screen.text, / {2}network +create +0 s\n {4}Vpc {2}EC2::VPC +0 s\n {2}waiting: database$/);
  tell({ kind: 'part-changed', part: 'network/Vpc', change: 'created', ms: 9 });
  t.notMatch(screen.text, /Vpc/);
  tell({ kind: 'part-failed', part: 'network/Nat', ms: 61_000, reason: 'no address is left' });
  t.match(screen.text, /^failed {2}1 min 01 s {2}network\/Nat: no address is left\ndev: deploying/);
  await reporter.hold(async () => {
    t.equal(screen.text, 'failed  1 min 01 s  network/Nat: no address is left', 'the terminal is free');
    tell({ kind: 'part-changed', part: 'network', change: 'created', ms: 70_000, reason: '12 resources' });
    screen.write('Really? yes\n');
    t.match(screen.text, /left\nReally\? yes$/);
  });
  mock.timers.tick(100);
  t.match(screen.text, /yes\ncreated 1 min 10 s {2}network: 12 resources\ndev: deploying, 1 of 2 stacks/);
  await reporter.hold(async () => {});
  mock.timers.tick(100);
  t.match(screen.text, /12 resources\ndev: deploying, 1 of 2 stacks/, 'the tree comes back by itself');
  const asking = reporter.hold(() => new Promise<void>((done) => setImmediate(done)));
  reporter[Symbol.dispose]();
  await asking;
  mock.timers.tick(100);
  t.match(screen.text, /12 resources$/, 'and the end is clean, also where somebody is still asked');
});
