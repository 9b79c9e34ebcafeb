import { servicesOf } from '../aws-account.js';
import type { AwsContext } from '../aws-context.js';
import { viewPlatform } from '../platform-view.js';
import { clusterOf } from '../service/one-off-task.js';
import { serviceNameOf } from '../service/service-name.js';

/** Has ECS roll the service's deployment back that is under way; false where none is. @throws BuilderError */
export async function awsStopDeployment(context: AwsContext): Promise<boolean> {
  const { outputs } = await viewPlatform(context);
  return servicesOf(context).ecs.stopDeployment(clusterOf(outputs), serviceNameOf(context), context);
}
