import { setMaxListeners } from 'node:events';
import type { PlatformDriver } from '../driver.js';
import type { PlatformStatus } from '../platform-status.js';
import { applyPlatform } from './apply/apply-platform.js';
import { requireAccount } from './aws-account.js';
import type { AwsContext } from './aws-context.js';
import { awsBackUp } from './backup/aws-backup.js';
import { awsRestore } from './backup/aws-restore.js';
import { listBackups } from './backup/list-backups.js';
import { checkAws } from './checks/check-aws.js';
import { destroyPlatform, planDestruction } from './destroy/destroy-platform.js';
import { awsDrift } from './drift/aws-drift.js';
import { deploymentHistory } from './history/deployment-history.js';
import { awsExec } from './operate/aws-exec.js';
import { awsLogs } from './operate/aws-logs.js';
import { awsRollBack } from './operate/aws-rollback.js';
import { awsStopDeployment } from './operate/aws-stop-deployment.js';
import { pause } from './pause.js';
import { planPlatform } from './plan/plan-platform.js';
import { awsStatus } from './status/platform-status.js';

/** An environment's platform on AWS: one CloudFormation stack for each node of the graph. CloudFormation holds the state. */
export function cloudFormationDriver(context: AwsContext): PlatformDriver {
  // Each call that is under way listens, and stacks are many.
  setMaxListeners(1000, context.signal);
  return {
    plan: (wish) => planPlatform(context, wish),
    apply: (wish) => applyPlatform(context, wish),
    status: () => awsStatus(context),
    history: async () => {
      await requireAccount(context);
      return deploymentHistory(context);
    },
    watch: (everyMs) => watch(context, everyMs),
    logs: (wish) => awsLogs(context, wish),
    exec: (wish, streams) => awsExec(context, wish, streams),
    rollBack: (to) => awsRollBack(context, to),
    drift: () => awsDrift(context),
    check: () => checkAws(context),
    backup: (name) => awsBackUp(context, name),
    backups: () => listBackups(context),
    restore: (wish) => awsRestore(context, wish),
    stopDeployment: () => awsStopDeployment(context),
    planDestroy: (wish) => planDestruction(context, wish),
    destroy: (wish) => destroyPlatform(context, wish),
  };
}

async function* watch(context: AwsContext, everyMs: number): AsyncIterable<PlatformStatus> {
  const { signal } = context;
  while (!signal.aborted) {
    yield await awsStatus(context);
    await pause(context, everyMs).catch(() => undefined);
  }
}
