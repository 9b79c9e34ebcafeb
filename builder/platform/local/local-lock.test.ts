import { hostname } from 'node:os';
import t, { type Test } from 'tap';
import type { ContainerOptions } from '../../engine/docker/resources/containers.js';
import type { PlatenEvent } from '../../reporter.js';
import { processIdentity } from '../../system/process-identity.js';
import type { LocalContext } from './local-context.js';
import { withLock } from './local-lock.js';
import { PlatformNames } from './platform-names.js';

const hour = 3_600_000;

interface Lock {
  readonly owner: string;
  readonly host: string;
  /** By the engine's clock. */
  readonly created: number;
}

/** An engine that has this lock, and whose clock stands at `now`, whatever this machine's says. */
function engine(before: Lock | undefined, now: number) {
  const names = new PlatformNames('test');
  const labelled = ({ owner, host }: Lock) => ({ 'platen.owner': owner, 'platen.host': host });
  let lock =
    before === undefined
      ? undefined
      : { id: 'before', labels: labelled(before), created: new Date(before.created).toISOString() };
  const events: PlatenEvent[] = [];
  const removed: string[] = [];
  const controller = new AbortController();
  const containers = {
    find: async () => lock,
    create: async (_name: string, { Labels }: ContainerOptions) => {
      lock = { id: 'mine', labels: Labels as never, created: new Date(now).toISOString() };
      return lock.id;
    },
    remove: async (id: string) => {
      removed.push(id);
      lock = undefined;
    },
  };
  const reporter = {
    report: (event: PlatenEvent) => {
      events.push(event);
      controller.abort(new Error('it waits'));
    },
  };
  const docker = { containers, engine: { time: async () => now } };
  const context = { docker, names, reporter, signal: controller.signal } as unknown as LocalContext;
  return { context, events, removed };
}

async function isTaken(t: Test, before: Lock | undefined, now: number): Promise<boolean> {
  const { context, events, removed } = engine(before, now);
  const taken = await withLock(context, 'any', async () => true).catch((error: Error) => {
    t.equal(error.message, 'it waits');
    return false;
  });
  t.equal(events.length, taken ? 0 : 1);
  t.strictSame(removed, taken ? [...(before === undefined ? [] : ['before']), 'mine'] : []);
  return taken;
}

t.test('nobody has it: then it is taken, and given back', async (t) => {
  t.ok(await isTaken(t, undefined, Date.now()));
});

t.test('of a process that runs it is waited for, of one that ended it is taken away', async (t) => {
  const [world, pid] = processIdentity().split('.');
  const mine = { host: hostname(), created: Date.now() };
  t.notOk(await isTaken(t, { ...mine, owner: processIdentity() }, Date.now()));
  t.ok(
    await isTaken(t, { ...mine, owner: `${world}.${pid}.1` }, Date.now()),
    'its number is another process',
  );
  t.ok(await isTaken(t, { ...mine, owner: 'before.1.1' }, Date.now()), 'of before the machine was started');
});

t.test(
  "one of another machine holds for an hour of the engine's clock, however wrong this one is",
  async (t) => {
    for (const skew of [-25 * hour, -2 * hour, 0, 2 * hour, 25 * hour]) {
      const now = Date.now() + skew;
      const other = { owner: 'other.1.1', host: 'elsewhere' };
      t.notOk(
        await isTaken(t, { ...other, created: now - 0.9 * hour }, now),
        `${skew / hour} h: it is waited for`,
      );
      t.ok(await isTaken(t, { ...other, created: now - 1.1 * hour }, now), `${skew / hour} h: it is taken`);
    }
  },
);
