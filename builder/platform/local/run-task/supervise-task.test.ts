import t from 'tap';
import type { ContainerFacts } from '../../../engine/docker/resources/container-facts.js';
import type { WantedContainer } from '../wanted-container.js';
import { superviseTask } from './supervise-task.js';

type Look = Partial<Pick<ContainerFacts, 'state' | 'exitCode'>> & { readonly ranSeconds?: number };

function factsOf({ state = 'running', exitCode = 0, ranSeconds = 0 }: Look): ContainerFacts {
  const times = [new Date(0), new Date(ranSeconds * 1000)].map((time) => time.toISOString());
  return { state, exitCode, startedAt: times[0], finishedAt: times[1] } as ContainerFacts;
}

/** Containers that stand at each look as these say; the last goes on. */
function fakeEngine(looks: Readonly<Record<string, readonly (Look | undefined)[]>>) {
  const counts = new Map<string, number>();
  const started: string[] = [];
  const find = (name: string): Promise<ContainerFacts | undefined> => {
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    const all = looks[name] ?? [];
    const look = all[Math.min(count, all.length - 1)];
    return Promise.resolve(look === undefined ? undefined : factsOf(look));
  };
  return { started, find, start: (name: string) => Promise.resolve(void started.push(name)) };
}

const container = (name: string, more: Partial<WantedContainer['translated']> = {}): WantedContainer =>
  ({ name, translated: { name, essential: true, restartPolicy: undefined, ...more } }) as WantedContainer;

const exited = (exitCode: number, ranSeconds = 0): Look => ({ state: 'exited', exitCode, ranSeconds });

t.test('the end of an essential container is the end of the task', async (t) => {
  const notes: string[] = [];
  const supervision = {
    signal: new AbortController().signal,
    everyMs: 1,
    note: (text: string) => void notes.push(text),
  };
  const engine = fakeEngine({ side: [{}, exited(4)], web: [{}, {}, {}, exited(3)] });
  const task = [container('side', { essential: false }), container('web')];
  t.strictSame(await superviseTask(task, engine, supervision), { container: 'web', exitCode: 3 });
  t.strictSame(notes, ['side ended with exit code 4; it is not essential, the task goes on'], 'told once');
  const removed = fakeEngine({ web: [{}, undefined] });
  t.match(await superviseTask([container('web')], removed, supervision), { exitCode: 137 });
});

t.test('its policy starts a container again', async (t) => {
  const notes: string[] = [];
  const supervision = {
    signal: new AbortController().signal,
    everyMs: 1,
    note: (text: string) => void notes.push(text),
  };
  const restartPolicy = { Enabled: true, IgnoredExitCodes: [], RestartAttemptPeriod: 60 };
  const engine = fakeEngine({ web: [{}, exited(1, 90), {}, exited(1, 5)] });
  t.match(await superviseTask([container('web', { restartPolicy })], engine, supervision), { exitCode: 1 });
  t.strictSame(engine.started, ['web']);
  t.match(notes, [/web ended with exit code 1: started again/]);
});

t.test('a signal ends the looking', async (t) => {
  const controller = new AbortController();
  const engine = fakeEngine({ web: [{}] });
  setTimeout(() => controller.abort(), 20);
  const supervision = { signal: controller.signal, everyMs: 60_000, note: () => undefined };
  t.equal(await superviseTask([container('web')], engine, supervision), undefined);
});
