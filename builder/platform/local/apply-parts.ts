import type { Change } from '../change.js';
import type { PartAction, PartChange } from '../../platform-event.js';
import { hasStatus } from '../../engine/docker/docker-client.js';
import type { DockerNetwork } from '../../engine/docker/resources/networks.js';
import { BuilderError } from '../../errors.js';
import type { LocalContext } from './local-context.js';
import { machineAddresses } from './machine.js';
import { freeBlocks } from './network-blocks.js';
import { addressIn, labels } from './platform-names.js';
import { TaskFailure, awaitHealthy, makeContainer } from './start-task.js';
import { wantedContainers } from './wanted-container.js';
import type { WantedPart, WantedPlatform } from './wanted-platform.js';

/** Makes the environment's network, with addresses that containers may choose from: the engine allows that only where they were named. */
export async function ensureNetwork(context: LocalContext): Promise<DockerNetwork> {
  const { docker, names, reporter } = context;
  const found = await docker.networks.find(names.network);
  if (found !== undefined) return found;
  const started = performance.now();
  const network = await makeNetwork(context);
  reporter.report({
    kind: 'part-changed',
    part: 'network',
    change: 'created',
    ms: performance.now() - started,
    reason: network.subnet,
  });
  return network;
}

/** One of the private blocks that nothing here uses, which the engine has the last word on. */
async function makeNetwork({ docker, names }: LocalContext): Promise<DockerNetwork> {
  const labelled = names.labels('network');
  const used = [...(await docker.networks.list({})).map(({ subnet }) => subnet), ...machineAddresses()];
  for (const subnet of freeBlocks(used)) {
    const network = await docker.networks
      .create(names.network, { labels: labelled, subnet })
      .catch((error: unknown) => {
        // The engine knows of another network with these addresses.
        if (hasStatus(error, 403)) return undefined;
        throw error;
      });
    if (network !== undefined) return network;
  }
  throw new BuilderError('No block of addresses is free for a network', {
    code: 'failed',
    hint: 'docker network ls shows who uses them; docker network prune removes those without containers.',
  });
}

/** Makes the volumes that are missing. */
export async function ensureVolumes(
  { docker, names, reporter }: LocalContext,
  changes: readonly Change[],
  wanted: WantedPlatform['volumes'],
): Promise<void> {
  for (const { part, type, action } of changes) {
    if (type !== 'volume' || action !== 'create') continue;
    const started = performance.now();
    const settings = wanted[names.of(part)];
    await docker.volumes.create(names.of(part), {
      ...settings,
      labels: { ...settings?.labels, ...names.labels(part) },
    });
    reporter.report({
      kind: 'part-changed',
      part: `volume ${part}`,
      change: 'created',
      ms: performance.now() - started,
    });
  }
}

const words: Readonly<Record<'create' | 'start' | 'replace', { action: PartAction; change: PartChange }>> = {
  create: { action: 'create', change: 'created' },
  start: { action: 'update', change: 'updated' },
  replace: { action: 'replace', change: 'updated' },
};

/** Brings one part to what is wanted, and waits until it is healthy. */
export async function applyPart(
  context: LocalContext,
  { wanted, change, subnet }: { wanted: WantedPart; change: Change; subnet: string },
): Promise<void> {
  const { docker, names, reporter, signal } = context;
  if (change.action !== 'create' && change.action !== 'start' && change.action !== 'replace') return;
  const started = performance.now();
  const { part, task, definition } = wanted;
  const { action, change: done } = words[change.action];
  reporter.report({ kind: 'part-started', part: part.name, action });
  const address = addressIn(subnet, part.number);
  const containers = wantedContainers(task, {
    name: names.of(part.name),
    network: names.network,
    address,
    aliases: [part.name],
    labels: { ...names.labels(part.name), [labels.definition]: definition, [labels.address]: address },
    publish: part.publish,
    files: part.files,
    secrets: context.secrets,
  });
  for (const container of containers) {
    if (change.action === 'replace')
      await docker.containers.stop(container.name, container.translated.stopTimeout);
    // Made anew also where it was there and ended: its data are on volumes, and whoever made it may have been interrupted.
    await makeContainer(docker, container);
    await docker.containers.start(container.name);
  }
  await awaitHealthy(docker, containers, { seconds: part.readySeconds, signal }).catch((error: unknown) => {
    throw error instanceof TaskFailure ? partError(part.name, error) : error;
  });
  for (const { name } of containers) await docker.containers.keepRunning(name);
  const reason = change.reasons.length === 0 ? undefined : change.reasons.join(', ');
  reporter.report({
    kind: 'part-changed',
    part: part.name,
    change: done,
    ms: performance.now() - started,
    reason,
  });
}

/** With its last words, which say how it is mended: an old volume of another user, say. */
function partError(part: string, failure: TaskFailure): BuilderError {
  const log = failure.log.map((line) => `\n  ${line}`).join('');
  return new BuilderError(`${part} did not come up: ${failure.message}${log}`, {
    code: 'failed',
    hint: `"platen logs ${part}" has all that it said; the next run goes on from here.`,
    cause: failure,
  });
}
