import { mock } from 'node:test';
import t from 'tap';
import type { PlatformEvent } from '../../platform-event.js';
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
  const written: string[] = [];
  const stream = { isTTY: true, columns: 200, write: (text: string) => void written.push(text) };
  using reporter = createStreamReporter(stream, { NO_COLOR: '1' });
  reporter.report({ kind: 'part-started', part: 'wordpress', action: 'update' });
  reporter.report({ ...progress, state: 'rolling-back' });
  mock.timers.tick(100);
  t.match(
    written.at(-1),
    /update wordpress {2}wordpress: rolling back, 3 running, 1 of 2 healthy, 1 failed$/,
  );
});
