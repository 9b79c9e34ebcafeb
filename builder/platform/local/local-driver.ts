import { setTimeout as sleep } from 'node:timers/promises';
import { BuilderError } from '../../errors.js';
import type { PlatformPlan } from '../change.js';
import { hasChanges } from '../change.js';
import type { PlatformDriver, PlatformOutcome, PlatformWish } from '../driver.js';
import { type PlannedPlatform, applyPlatform, planPlatform } from './apply-local.js';
import type { LocalContext } from './local-context.js';
import { openBackup } from '../backup/open-backup.js';
import { backUpLocal } from './backup/local-backup.js';
import { restoreLocal } from './backup/local-restore.js';
import { refuseUnfinishedRestore } from './backup/unfinished-restore.js';
import { checkLocal } from './checks/check-local.js';
import { checkVolumes } from './checks/check-volumes.js';
import { refuse } from './checks/problem.js';
import { destroyPlatform, planDestruction } from './operate/local-destroy.js';
import { localExec } from './operate/local-exec.js';
import { withLock } from './local-lock.js';
import { localHistory } from './operate/local-history.js';
import { localLogs } from './operate/local-logs.js';
import { rollBackLocal } from './operate/local-rollback.js';
import { localStatus } from './operate/local-status.js';
import { buildMissing, findImages, requireImage } from './platform-images.js';
import { siteAddress } from './site-address.js';

/** A platform in the containers of a Docker engine. */
export function localDriver(context: LocalContext): PlatformDriver {
  return {
    plan: async (wish) => asPlan(context, await planPlatform(context, wish)),
    apply: async (wish) => {
      await refuseUnfinishedRestore(context);
      const started = performance.now();
      const planned = await planPlatform(context, wish);
      // Where all is as it should be, there is nobody to wait for.
      if (!hasChanges(planned.plan)) return untouched(context, asPlan(context, planned), started);
      await refuseProblems(context, planned, wish);
      const image = requireImage(await buildMissing(context, wish.image), 'wordpress');
      if (planned.plan.changes.some(({ type, action }) => type === 'image' && action === 'create'))
        // Without the images nobody could look into the volumes.
        refuse([await checkVolumes(context, await planPlatform(context, wish))]);
      return withLock(context, image.id, () => apply(context, wish));
    },
    check: async () => checkLocal(context, await planPlatform(context, {})),
    status: () => localStatus(context),
    history: () => localHistory(context),
    watch: (everyMs) => watch(context, everyMs),
    logs: (wish) => localLogs(context, wish),
    exec: (wish, streams) => localExec(context, wish, streams),
    rollBack: async (to) => {
      if (to !== undefined) return withLock(context, to, () => applyPlatform(context, { image: to }));
      const image = requireImage(await findImages(context), 'wordpress');
      await refuseUnfinishedRestore(context);
      return withLock(context, image.id, () => rollBackLocal(context));
    },
    // A deployment is this program's own work: it ends with it.
    stopDeployment: () => Promise.resolve(false),
    backup: (file) => backUpLocal(context, file),
    backups: () => Promise.reject(ownFiles(context)),
    restore: async (wish) => {
      const image = requireImage(await findImages(context), 'wordpress');
      const backup = await openBackup(wish.file);
      return withLock(context, image.id, () => restoreLocal(context, backup, wish));
    },
    drift: () => Promise.reject(noDrift(context)),
    planDestroy: (wish) => planDestruction(context, wish),
    destroy: async (wish) => {
      const image = Object.values((await findImages(context)).found)[0];
      const work = (): Promise<void> => destroyPlatform(context, wish);
      await (image === undefined ? work() : withLock(context, image.id, work));
    },
  };
}

function ownFiles({ names }: LocalContext): BuilderError {
  return new BuilderError(`${names.environment} is on this machine; its backups are files of yours`, {
    code: 'usage',
    hint: 'Backups on AWS have names and are listed: --env NAME.',
  });
}

/** Only stacks remember what they made. */
function noDrift({ names }: LocalContext): BuilderError {
  return new BuilderError(`${names.environment} is on this machine; drift is of stacks on AWS`, {
    code: 'usage',
    hint: `"platen provision --env ${names.environment} --plan" shows what differs from the files.`,
  });
}

/** Before minutes are spent on builds. */
async function refuseProblems(
  context: LocalContext,
  planned: PlannedPlatform,
  { newSecrets = false }: PlatformWish,
): Promise<void> {
  const checked = await checkLocal(context, planned);
  refuse(checked.filter(({ name }) => name !== 'secrets' || !newSecrets));
}

async function apply(context: LocalContext, wish: PlatformWish): Promise<PlatformOutcome> {
  const started = performance.now();
  const plan = asPlan(context, await planPlatform(context, wish));
  const isToDo = hasChanges(plan) && (wish.approve === undefined || (await wish.approve(plan)));
  return isToDo ? applyPlatform(context, wish) : untouched(context, plan, started);
}

function untouched(
  { spec }: LocalContext,
  { environment, changes }: PlatformPlan,
  started: number,
): PlatformOutcome {
  const ms = Math.round(performance.now() - started);
  return { environment, address: siteAddress(spec), changes, deployment: undefined, ms };
}

function asPlan(
  context: LocalContext,
  { plan, wanted }: Awaited<ReturnType<typeof planPlatform>>,
): PlatformPlan {
  return { environment: context.names.environment, changes: plan.changes, notes: wanted.notes };
}

async function* watch(context: LocalContext, everyMs: number) {
  while (!context.signal.aborted) {
    yield await localStatus(context);
    await sleep(everyMs, undefined, { signal: context.signal }).catch(() => undefined);
  }
}
