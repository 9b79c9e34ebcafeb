import type { StackResource } from '../../../aws/cloudformation/stack.js';
import type { PlatformStack } from '../../graph/platform.js';
import { servicesOf } from '../aws-account.js';
import type { AwsContext } from '../aws-context.js';

type Clear = (resource: StackResource, context: AwsContext, stack: PlatformStack) => Promise<void>;

/** What has to be done before a resource can be deleted, by its type. */
const clearing: Readonly<Record<string, Clear>> = {
  'AWS::S3::Bucket': async ({ physicalId }, context, stack) => {
    const count = await servicesOf(context, stack).s3.empty(physicalId, context);
    if (count > 0)
      context.reporter.report({
        kind: 'message',
        text: `Emptied the bucket ${physicalId}: ${count} objects`,
      });
  },
  'AWS::RDS::DBInstance': ({ physicalId }, context, stack) =>
    servicesOf(context, stack).rds.protect(physicalId, false, context),
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ({ physicalId }, context, stack) =>
    servicesOf(context, stack).elb.protect(physicalId, false, context),
  // Tasks that run once belong to no service; their network interfaces hold security groups and subnets.
  'AWS::ECS::Cluster': async ({ physicalId }, context, stack) => {
    const { ecs } = servicesOf(context, stack);
    for (const family of [`${context.name}-wordpress`, `${context.name}-database-user`])
      for (const { arn } of await ecs.tasks(physicalId, { family }, context))
        await ecs.stopTask(physicalId, arn, 'The platform is being removed', context);
  },
};

/** Takes away what would keep a stack from being deleted: objects in buckets, protection, tasks of nobody. */
export async function readyToGo(context: AwsContext, stack: PlatformStack): Promise<void> {
  const types = new Set(Object.values(stack.template.Resources).map(({ Type }) => Type));
  if (![...types].some((type) => type in clearing)) return;
  for (const resource of await servicesOf(context, stack).stackCare.resources(stack.stackName, context))
    if (resource.status !== 'DELETE_COMPLETE') await clearing[resource.type]?.(resource, context, stack);
}
