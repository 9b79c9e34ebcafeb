import type { ContainerFacts } from '../../engine/docker/resources/container-facts.js';
import { isRunning } from '../../system/process-identity.js';
import type { Change } from '../change.js';
import type { PlatformOutcome, PlatformWish } from '../driver.js';
import { applyPart, ensureNetwork, ensureVolumes } from './apply-parts.js';
import { applyService } from './apply-service.js';
import { findPlatform } from './found-platform.js';
import type { LocalContext } from './local-context.js';
import { labels } from './platform-names.js';
import { type LocalPlan, planLocal } from './plan-local.js';
import { findImages, withPlaceholders } from './platform-images.js';
import { prepareFiles } from './service/prepare-files.js';
import { prepareState } from './prepare-state.js';
import { runOneOff } from './run-one-off.js';
import { siteAddress } from './site-address.js';
import { type WantedPlatform, wantedPlatform } from './wanted-platform.js';

/** What is known when a plan is made. */
export interface PlannedPlatform {
  readonly wanted: WantedPlatform;
  readonly found: Awaited<ReturnType<typeof findPlatform>>;
  readonly plan: LocalPlan;
}

/** Of a network that is not made yet. */
const noNetwork = { id: '', subnet: '0.0.0.0/32' };

/** Compares what the environment should have with what it has; touches nothing. @throws BuilderError, SpecError */
export async function planPlatform(context: LocalContext, wish: PlatformWish): Promise<PlannedPlatform> {
  const [found, images] = await Promise.all([findPlatform(context), findImages(context, wish.image)]);
  const wanted = await wantedPlatform(context, withPlaceholders(images), found.network ?? noNetwork);
  const plan = planLocal(context, { wanted, found, wish });
  const builds = images.missing.map(({ name }): Change => ({
    part: name,
    type: 'image',
    action: 'create',
    reasons: [],
  }));
  return { wanted, found, plan: { ...plan, changes: [...builds, ...plan.changes] } };
}

/**
 * Brings the environment to what it should have: network, secrets and volumes, then the parts at once, the database's user, and last
 * the service. What is there already is left alone, so that a run that was interrupted is finished by the next.
 */
export async function applyPlatform(context: LocalContext, wish: PlatformWish): Promise<PlatformOutcome> {
  const started = performance.now();
  await prepareState(context);
  const network = await ensureNetwork(context);
  const planned = await planPlatform(context, wish);
  const { changes } = planned.plan;
  await ensureVolumes(context, changes, planned.wanted.volumes);
  // Of a run that was interrupted, the volume may be there without its owner.
  if (planned.plan.service.change.action === 'create') await prepareFiles(context, planned.wanted.service);
  await removeUnwanted(context, changes);
  await sweepOneOffs(context, planned.found.others);
  await Promise.all(
    planned.wanted.parts.map((wanted) =>
      applyPart(context, { wanted, change: changeOf(changes, wanted.part.name), subnet: network.subnet }),
    ),
  );
  const deployment = await bringService(context, planned, network.subnet);
  return {
    environment: context.names.environment,
    address: siteAddress(context.spec),
    changes,
    deployment,
    ms: Math.round(performance.now() - started),
  };
}

async function bringService(
  context: LocalContext,
  { wanted: { service }, found, plan }: PlannedPlatform,
  subnet: string,
): Promise<PlatformOutcome['deployment']> {
  if (plan.service.change.action === 'none') return undefined;
  if (needsDatabaseUser(plan))
    await runOneOff(context, 'database-user', { task: service.databaseUser, files: service.files });
  return applyService(context, { service, found, desired: plan.service.desired, subnet });
}

/** The database or its user's secret is another than before. */
function needsDatabaseUser({ changes, service }: LocalPlan): boolean {
  const { action, reasons } = service.change;
  const isOther = changeOf(changes, 'database').action !== 'none';
  return isOther || action === 'create' || reasons.some((reason) => reason.startsWith('WORDPRESS_DB_'));
}

async function removeUnwanted(
  { docker, names, reporter }: LocalContext,
  changes: readonly Change[],
): Promise<void> {
  for (const { part, action } of changes) {
    if (action !== 'remove') continue;
    const started = performance.now();
    await docker.containers.remove(names.of(part));
    reporter.report({ kind: 'part-changed', part, change: 'removed', ms: performance.now() - started });
  }
}

/** Containers of commands whose user is gone. */
async function sweepOneOffs({ docker }: LocalContext, others: readonly ContainerFacts[]): Promise<void> {
  for (const { id, labels: own } of others)
    if (isRunning(own[labels.owner] ?? '') === false) await docker.containers.remove(id);
}

function changeOf(changes: readonly Change[], part: string): Change {
  const found = changes.find((change) => change.part === part && change.type === 'container');
  return found ?? { part, type: 'container', action: 'none', reasons: [] };
}
