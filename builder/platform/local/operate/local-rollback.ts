import { BuilderError } from '../../../errors.js';
import type { PlatformOutcome } from '../../driver.js';
import { planPlatform } from '../apply-local.js';
import { applyService } from '../apply-service.js';
import type { LocalContext } from '../local-context.js';
import { serviceName } from '../service/service-task.js';
import { siteAddress } from '../site-address.js';

/** Deploys the release that ran before the one that runs. @throws BuilderError where there is none */
export async function rollBackLocal(context: LocalContext): Promise<PlatformOutcome> {
  const started = performance.now();
  const { wanted, found } = await planPlatform(context, {});
  const [running, ...earlier] = found.records.filter(({ outcome }) => outcome === 'completed');
  const before = earlier.find(({ definition }) => definition !== running?.definition);
  if (running === undefined || before === undefined || found.network === undefined)
    throw new BuilderError(`${context.names.environment} has no earlier release to go back to`, {
      code: 'failed',
    });
  const service = {
    ...wanted.service,
    task: before.task,
    definition: before.definition,
    image: before.image,
  };
  const { desired } = running;
  const deployment = await applyService(context, { service, found, desired, subnet: found.network.subnet });
  return {
    environment: context.names.environment,
    address: siteAddress(context.spec),
    changes: [
      {
        part: serviceName,
        type: 'service',
        action: 'update',
        reasons: [`back to revision ${before.revision}`],
      },
    ],
    deployment,
    ms: Math.round(performance.now() - started),
  };
}
