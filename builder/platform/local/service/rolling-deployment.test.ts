import { setImmediate } from 'node:timers/promises';
import t from 'tap';
import type { PlatenEvent } from '../../../reporter.js';
import { TaskFailure } from '../start-task.js';
import { circuitBreakerSchema } from './circuit-breaker.js';
import { type Launcher, RollingDeployment, type Rollout } from './rolling-deployment.js';
import type { ServiceTask } from './service-task.js';
import type { Release } from './task-launcher.js';

const release = { revision: 2, definition: 'new' } as Release;
const fails = new TaskFailure('it ended', { exitCode: 3, log: ['its last line'] });

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await setImmediate();
}

/** Starts and ends tasks within some turns of the event loop, and counts those that are there and those that are healthy. */
class FakeLauncher implements Launcher {
  readonly healthy = new Map<string, boolean>();
  /** At any moment. */
  most = 0;
  least = Infinity;
  readonly launched: string[] = [];
  readonly retired: string[] = [];
  /** How the next launches end; those after them end well. */
  readonly #outcomes: (Error | undefined)[];

  constructor(tasks: readonly ServiceTask[], outcomes: readonly (Error | undefined)[]) {
    this.#outcomes = [...outcomes];
    for (const { id, runs } of tasks) this.healthy.set(id, runs);
    this.#look();
  }

  get healthyCount(): number {
    return [...this.healthy.values()].filter(Boolean).length;
  }

  async launch(id: string): Promise<void> {
    this.launched.push(id);
    await this.#start(id);
  }

  async adopt({ id }: ServiceTask): Promise<void> {
    await this.#start(id);
  }

  async retire({ id }: ServiceTask): Promise<void> {
    this.retired.push(id);
    this.#set(id, false);
    await turns(5);
    await this.remove(id);
  }

  async remove(id: string): Promise<void> {
    this.healthy.delete(id);
    this.#look();
  }

  async #start(id: string): Promise<void> {
    if (this.healthy.get(id) !== true) this.#set(id, false);
    await turns(3);
    const outcome = this.#outcomes.shift();
    if (outcome !== undefined) throw outcome;
    this.#set(id, true);
  }

  #set(id: string, isHealthy: boolean): void {
    this.healthy.set(id, isHealthy);
    this.#look();
  }

  #look(): void {
    this.most = Math.max(this.most, this.healthy.size);
    this.least = Math.min(this.least, this.healthyCount);
  }
}

const task = (id: string, definition: string, runs = true) => ({ id, definition, runs }) as ServiceTask;
const old = (count: number) => Array.from({ length: count }, (_, index) => task(`old${index}`, 'old'));
const count = (Value: number, more: object = {}) =>
  circuitBreakerSchema.parse({
    Enable: true,
    Rollback: true,
    ThresholdConfiguration: { Type: 'COUNT', Value },
    ...more,
  });

interface Case {
  readonly desired: number;
  readonly tasks: readonly ServiceTask[];
  readonly percent?: readonly [minimum: number, maximum: number];
  readonly breaker?: ReturnType<typeof count>;
  readonly outcomes?: readonly (Error | undefined)[];
  readonly signal?: AbortSignal;
}

function deployment({ desired, tasks, percent = [100, 200], outcomes = [], breaker, signal }: Case) {
  const [minimumHealthyPercent, maximumPercent] = percent;
  const launcher = new FakeLauncher(tasks, outcomes);
  const events: PlatenEvent[] = [];
  const rollout = {
    release,
    desired,
    settings: { minimumHealthyPercent, maximumPercent, breaker },
    state: 'in-progress',
    reporter: { report: (event) => void events.push(event) },
    signal: signal ?? new AbortController().signal,
  } as Rollout;
  const healthy = new Set(tasks.filter(({ runs }) => runs).map(({ id }) => id));
  return { launcher, events, run: () => new RollingDeployment(launcher, rollout, tasks, healthy).run() };
}

const percents: readonly [desired: number, minimum: number, maximum: number, least: number, most: number][] =
  [
    [2, 100, 200, 2, 4],
    [2, 100, 150, 2, 3],
    [2, 50, 100, 1, 2],
    [4, 50, 125, 2, 5],
    // Of one and a half that must be healthy, two; of 4.02 that may be there, four.
    [3, 50, 100, 2, 3],
    [3, 100, 134, 3, 4],
    [1, 100, 200, 1, 2],
    [1, 0, 100, 0, 1],
  ];

for (const [desired, minimum, maximum, least, most] of percents)
  t.test(
    `${desired} tasks, ${minimum} to ${maximum} %: never fewer healthy, never more in all`,
    async (t) => {
      const { launcher, run } = deployment({ desired, tasks: old(desired), percent: [minimum, maximum] });
      t.equal(await run(), undefined);
      t.equal(launcher.least, least, 'healthy at least');
      t.equal(launcher.most, most, 'at most, those that stop included');
      t.strictSame([...launcher.healthy.keys()], launcher.launched, 'all are of the release');
      t.equal(launcher.healthyCount, desired);
    },
  );

t.test('where neither fits, that is said at once', async (t) => {
  const { run } = deployment({ desired: 2, tasks: old(2), percent: [100, 100] });
  await t.rejects(run(), {
    message: 'The service can neither start nor stop a task',
    hint: /MinimumHealthyPercent and MaximumPercent/,
  });
});

t.test('tasks that are not healthy go first, and make room', async (t) => {
  const tasks = [task('well', 'old'), task('ill', 'old', false)];
  const { launcher, run } = deployment({ desired: 2, tasks, percent: [50, 100] });
  t.equal(await run(), undefined);
  t.strictSame(launcher.retired, ['ill', 'well']);
  t.equal(launcher.least, 1);
});

t.test('what an interrupted deployment left is taken up, and too many are retired', async (t) => {
  const tasks = [task('new1', 'new'), task('new2', 'new'), task('new3', 'new'), ...old(1)];
  const { launcher, run } = deployment({ desired: 2, tasks });
  t.equal(await run(), undefined);
  t.strictSame(launcher.launched, [], 'none is started');
  t.strictSame(launcher.retired.toSorted(), ['new3', 'old0']);
  t.equal(launcher.least, 2);
});

t.test('after as many failures as the circuit breaker allows no task is started any more', async (t) => {
  const { launcher, events, run } = deployment({
    desired: 2,
    tasks: old(2),
    percent: [100, 150],
    breaker: count(2),
    outcomes: [fails, fails, fails],
  });
  t.equal(await run(), fails, 'the last failure comes back');
  t.equal(launcher.launched.length, 2);
  t.strictSame(
    [...launcher.healthy],
    old(2).map(({ id }) => [id, true]),
    'those that ran still do',
  );
  t.equal(launcher.least, 2);
  t.match(
    events.filter(({ kind }) => kind === 'part-failed'),
    Array.from({ length: 2 }, () => ({ reason: 'it ended', log: ['its last line'] })),
  );
  t.match(
    events.findLast(({ kind }) => kind === 'deployment-progress'),
    { revision: '2', desired: 2, failed: 2 },
  );
});

t.test('a healthy task sets the count back to none, unless the circuit breaker says otherwise', async (t) => {
  const outcomes = [fails, undefined, fails, undefined, fails, undefined];
  const one = { desired: 3, tasks: old(3), percent: [100, 134], outcomes } as const;
  const { launcher, events, run } = deployment({ ...one, breaker: count(2) });
  t.equal(await run(), undefined);
  t.equal(launcher.launched.length, 6);
  t.match(
    events.findLast(({ kind }) => kind === 'deployment-progress'),
    { failed: 3, healthy: 3 },
    'all that failed are told',
  );
  const strict = deployment({ ...one, breaker: count(2, { ResetOnHealthyTask: false }) });
  t.equal(await strict.run(), fails);
  t.equal(strict.launcher.launched.length, 3);
});

t.test('whatever the engine refuses is a failure of the task', async (t) => {
  const refused = new Error('no space left');
  const { run } = deployment({ desired: 1, tasks: [], breaker: count(1), outcomes: [refused] });
  t.match(await run(), { message: 'no space left', log: [] });
});

t.test('an interrupted deployment leaves what it began to the next', async (t) => {
  const controller = new AbortController();
  const interrupted = new Error('interrupted');
  const { launcher, run } = deployment({
    desired: 1,
    tasks: old(1),
    signal: controller.signal,
    outcomes: [interrupted],
  });
  const launch = launcher.launch.bind(launcher);
  launcher.launch = (id) => {
    controller.abort(interrupted);
    return launch(id);
  };
  await t.rejects(run(), interrupted);
  t.strictSame([...launcher.healthy.keys()].toSorted(), [...launcher.launched, 'old0'].toSorted());
});

t.test('a task that can not be stopped ends the deployment', async (t) => {
  const { launcher, run } = deployment({ desired: 1, tasks: old(1) });
  launcher.retire = () => Promise.reject(new Error('it does not stop'));
  await t.rejects(run(), { message: 'it does not stop' });
});
