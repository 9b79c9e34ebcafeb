import { servicesOf } from '../aws-account.js';
import type { AwsContext } from '../aws-context.js';
import { clusterOf } from '../service/one-off-task.js';
import type { PlatformView } from '../platform-view.js';

/**
 * Whether ECS runs another revision than the stack says: it took one back without CloudFormation's knowledge, as by an alarm while
 * a blue/green deployment bakes. To CloudFormation nothing differs then, and only a new nonce deploys it again.
 */
export async function wasTakenBack(context: AwsContext, { outputs }: PlatformView): Promise<boolean> {
  const { ServiceName: name, TaskDefinitionArn: wanted } = outputs.get('service') ?? {};
  if (name === undefined || wanted === undefined) return false;
  const found = await servicesOf(context).ecs.service(clusterOf(outputs), name, context);
  const primary = found?.deployments[0];
  return primary !== undefined && primary.rollout !== 'IN_PROGRESS' && primary.definition !== wanted;
}
