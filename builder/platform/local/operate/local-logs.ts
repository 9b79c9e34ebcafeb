import { setTimeout as sleep } from 'node:timers/promises';
import { BuilderError } from '../../../errors.js';
import { nearestName } from '../../../nearest-name.js';
import type { PlatformLogLine, PlatformLogWish } from '../../driver.js';
import { findPlatform } from '../found-platform.js';
import type { LocalContext } from '../local-context.js';
import { serviceName } from '../service/service-task.js';

/** A container whose log is read, by the name that a user knows. */
interface Source {
  readonly part: string;
  readonly id: string;
}

/** How often it is looked for tasks that came since. */
const lookMs = 1000;

/** Lines of parts: what is there in the order of time; with `follow`, what comes as it comes, also of tasks that are started meanwhile. */
export async function* localLogs(
  context: LocalContext,
  wish: PlatformLogWish,
): AsyncGenerator<PlatformLogLine> {
  if (wish.follow) yield* follow(context, wish);
  else yield* whatIsThere(context, wish);
}

async function* whatIsThere(context: LocalContext, wish: PlatformLogWish): AsyncGenerator<PlatformLogLine> {
  const lines = await Promise.all(
    (await sources(context, wish.parts)).map(async ({ part, id }) => {
      const found: PlatformLogLine[] = [];
      const { since, tail } = wish;
      for await (const { time, text } of context.docker.containers.logs(id, { since, tail }))
        found.push({ part, time, text });
      return found;
    }),
  );
  yield* lines.flat().sort((a, b) => (a.time < b.time ? -1 : 1));
}

async function* follow(context: LocalContext, wish: PlatformLogWish): AsyncGenerator<PlatformLogLine> {
  const queue: PlatformLogLine[] = [];
  const known = new Set<string>();
  const { docker, signal } = context;
  let wake: () => void = () => undefined;
  const read = async ({ part, id }: Source, since: number | undefined): Promise<void> => {
    for await (const { time, text } of docker.containers.logs(id, {
      follow: true,
      since,
      tail: wish.tail,
      signal,
    })) {
      queue.push({ part, time, text });
      wake();
    }
  };
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    const all = await sources(context, wish.parts, isFirst);
    for (const source of all.filter(({ id }) => !known.has(id))) {
      known.add(source.id);
      read(source, isFirst ? wish.since : undefined).catch(() => undefined);
    }
    const until = performance.now() + lookMs;
    while (performance.now() < until && !signal.aborted) {
      yield* queue.splice(0);
      const woken = new Promise<void>((resolve) => (wake = resolve));
      await Promise.race([
        woken,
        sleep(Math.max(1, until - performance.now()), undefined, { signal }).catch(() => undefined),
      ]);
    }
  }
}

/** @throws BuilderError for a name that no part has, where `must` */
async function sources(context: LocalContext, wanted: readonly string[], must = true): Promise<Source[]> {
  const { parts, tasks } = await findPlatform(context);
  const all = [
    ...Object.entries(parts).map(([part, { id }]) => ({ part, id, names: [part] })),
    ...tasks.flatMap((task) =>
      task.containers.map(({ id }) => ({
        part: `${serviceName} ${task.id}`,
        id,
        names: [serviceName, task.id, `${serviceName}-${task.id}`, `${serviceName} ${task.id}`],
      })),
    ),
  ];
  const unknown = wanted.find((name) => !all.some(({ names }) => names.includes(name)));
  if (unknown !== undefined && must)
    throw noSuchPart(
      unknown,
      all.flatMap(({ names }) => names),
      context,
    );
  return wanted.length === 0 ? all : all.filter(({ names }) => names.some((name) => wanted.includes(name)));
}

/** What to say of a part's name that is none. */
export function noSuchPart(name: string, known: readonly string[], { names }: LocalContext): BuilderError {
  const nearest = nearestName(name, known);
  const list = [...new Set(known.filter((one) => !one.includes(' ')))].join(', ');
  const hint =
    known.length === 0
      ? 'Nothing is there: npm run provision brings it up.'
      : `${nearest === undefined ? '' : `Did you mean "${nearest}"? `}There are: ${list}.`;
  return new BuilderError(`${names.environment} has no part "${name}"`, { code: 'usage', hint });
}
