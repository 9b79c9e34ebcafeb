import type { ForegroundStreams } from '../../../engine/docker/resources/attached.js';
import { BuilderError } from '../../../errors.js';
import type { ExecWish } from '../../driver.js';
import { planPlatform } from '../apply-local.js';
import { findPlatform } from '../found-platform.js';
import type { LocalContext } from '../local-context.js';
import { labels } from '../platform-names.js';
import { noSuchPart } from './local-logs.js';
import { runInNewContainer } from './run-in-new-container.js';
import { mainContainer, serviceName } from '../service/service-task.js';

/** What is run where nothing is named: the better shell that is there. */
const shell = ['/bin/sh', '-c', 'command -v bash >/dev/null && exec bash; exec sh'];

/** Runs a command in a part, or in a container of its own; gives its exit code. @throws BuilderError where there is none of that name, or it does not run */
export async function localExec(
  context: LocalContext,
  wish: ExecWish,
  streams: ForegroundStreams,
): Promise<number> {
  const command = wish.command.length === 0 ? shell : wish.command;
  if (wish.isNew) return inNewContainer(context, { part: wish.part, command }, streams);
  const id = await runningContainer(context, wish.part);
  return context.docker.containers.runInForeground(id, { argv: command }, streams);
}

async function runningContainer(context: LocalContext, name: string): Promise<string> {
  const { parts, tasks } = await findPlatform(context);
  const part = parts[name];
  if (part?.state === 'running') return part.id;
  const matching = tasks.filter(({ id }) => [serviceName, id, `${serviceName}-${id}`].includes(name));
  const containers = matching.find(({ runs }) => runs)?.containers ?? [];
  const container = mainContainer(containers, ({ labels: own }) => own[labels.container]);
  if (container !== undefined) return container.id;
  const known = [...Object.keys(parts), serviceName, ...tasks.map(({ id }) => id)];
  if (part === undefined && matching.length === 0) throw noSuchPart(name, known, context);
  throw new BuilderError(`${name} does not run`, {
    code: 'failed',
    hint: `platen exec --new ${name} -- COMMAND runs one in a container of its own.`,
  });
}

/** By the newest definition: also where none of it starts. */
async function inNewContainer(
  context: LocalContext,
  { part, command }: { readonly part: string; readonly command: readonly string[] },
  streams: ForegroundStreams,
): Promise<number> {
  const { wanted } = await planPlatform(context, {});
  const found = wanted.parts.find((one) => one.part.name === part);
  if (found === undefined && part !== serviceName)
    throw noSuchPart(part, [...wanted.parts.map((one) => one.part.name), serviceName], context);
  const { task, files } =
    found === undefined ? wanted.service : { task: found.task, files: found.part.files };
  return runInNewContainer(context, { task, files, command }, streams);
}
