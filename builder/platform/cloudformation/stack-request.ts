import type { PlatformStack } from '../graph/platform.js';
import { servicesOf } from './aws-account.js';
import type { AwsContext } from './aws-context.js';
import type { Deploying } from './deploy-stack.js';

/** What CloudFormation is asked for; its parameters come from other stacks. */
export function stackRequest(
  {
    name,
    spec,
  }: Pick<AwsContext, 'name'> & { readonly spec: Pick<AwsContext['spec'], 'cloudFormationRole'> },
  { stackName, template, scope }: Pick<PlatformStack, 'stackName' | 'template' | 'scope'>,
) {
  // Not who deployed or when: changed tags would make each deployment a change, and break a VPC origin.
  const tags: Record<string, string> =
    scope === 'account' ? { 'platen:scope': 'account' } : { 'platen:environment': name };
  // The role has rights over the stacks of its environment alone.
  const role = scope === 'account' ? undefined : spec.cloudFormationRole;
  return { name: stackName, template: template.source.text, tags, role };
}

/** What deploying one stack needs. */
export function stackDeploying(context: AwsContext, stack: PlatformStack): Deploying {
  const { reporter, signal, token, wait } = context;
  const { cloudformation: api, stackCare: care } = servicesOf(context, stack);
  return { api, care, reporter, signal, token, wait };
}
