import type { LogEvent } from '../../../aws/logs/logs-api.js';
import { BuilderError } from '../../../errors.js';
import type { PlatformLogLine, PlatformLogWish } from '../../driver.js';
import { requireAccount, servicesOf } from '../aws-account.js';
import type { AwsContext } from '../aws-context.js';
import { pause } from '../pause.js';
import { viewPlatform } from '../platform-view.js';

const pollMs = 2000;
/** CloudWatch Logs shows a line some seconds after it was written. */
const lateMs = 15_000;
const dayMs = 24 * 3600 * 1000;

/** What the tasks log, in the order of time: by replica, or by the part that a stream belongs to. @throws BuilderError where nothing logs yet */
export async function* awsLogs(context: AwsContext, wish: PlatformLogWish): AsyncIterable<PlatformLogLine> {
  await requireAccount(context);
  const { outputs } = await viewPlatform(context);
  const group = outputs.get('observability')?.['TaskLogGroup'];
  if (group === undefined)
    throw new BuilderError(`${context.name} has no log yet`, {
      code: 'not-found',
      hint: `npm run provision -- --env ${context.name} brings it up.`,
    });
  const from = wish.since === undefined ? Date.now() - dayMs : wish.since * 1000;
  const seen = new Set<string>();
  yield* lastOf(await linesSince(context, { group, from, seen, wish }), wish.tail);
  if (!wish.follow) return;
  const { signal } = context;
  while (!signal.aborted) {
    await pause(context, pollMs).catch(() => undefined);
    if (signal.aborted) return;
    yield* await linesSince(context, { group, from: Date.now() - lateMs, seen, wish });
  }
}

interface Look {
  readonly group: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  /** Ids of lines that were told; this look adds its own. */
  readonly seen: Set<string>;
  readonly wish: PlatformLogWish;
}

async function linesSince(
  context: AwsContext,
  { group, from, seen, wish }: Look,
): Promise<PlatformLogLine[]> {
  const lines: PlatformLogLine[] = [];
  for await (const event of servicesOf(context).logs.since(group, from, context)) {
    if (seen.has(event.id)) continue;
    seen.add(event.id);
    const line = lineOf(event);
    if (wish.parts.length === 0 || wish.parts.some((part) => isOf(event, part))) lines.push(line);
  }
  return lines.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}

/** Streams are called PREFIX/CONTAINER/TASK. */
function lineOf({ stream, time, text }: LogEvent): PlatformLogLine {
  const [, container = stream, task = ''] = stream.split('/');
  const part = task === '' ? container : `${container} ${task.slice(0, 6)}`;
  return { part, time: time.toISOString(), text };
}

function isOf({ stream }: LogEvent, part: string): boolean {
  const [, container, task = ''] = stream.split('/');
  return container === part || (part.length >= 4 && task.startsWith(part));
}

function* lastOf(lines: readonly PlatformLogLine[], tail: number | undefined): Iterable<PlatformLogLine> {
  if (tail === undefined) return yield* lines;
  const left = new Map<string, number>();
  const kept = lines.toReversed().filter(({ part }) => {
    const count = left.get(part) ?? 0;
    left.set(part, count + 1);
    return count < tail;
  });
  yield* kept.reverse();
}
