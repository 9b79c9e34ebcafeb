import type { EcsContainer, EcsTask } from '../../../aws/ecs/ecs-service.js';
import type { AwsContext } from '../aws-context.js';

/** The service's name, as service.yaml gives it: known before its stack has outputs. */
export function serviceNameOf({ name }: Pick<AwsContext, 'name'>): string {
  return `${name}-wordpress`;
}

/** The site's container, as service.yaml names it. */
export const siteContainer = 'wordpress';

/** The site's own container of a task: AWS puts others beside it, as GuardDuty's agent, in any order. */
export function siteContainerOf({ containers }: Pick<EcsTask, 'containers'>): EcsContainer | undefined {
  return containers.find(({ name }) => name === siteContainer);
}
