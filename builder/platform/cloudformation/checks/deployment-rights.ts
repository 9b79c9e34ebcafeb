import { resolveStack } from '../../template/render-template.js';
import type { PlatformStack } from '../../graph/platform.js';
import type { AwsContext } from '../aws-context.js';
import { creatingActions } from './creating-actions.js';

/** An action, and an example of what it is done to. */
export interface AskedRight {
  readonly action: string;
  readonly resource: string;
  /** Keys of conditions that AWS will give. */
  readonly context?: Readonly<Record<string, string>>;
}

interface Place {
  readonly account: string;
  readonly partition: string;
  readonly region: string | undefined;
}

/** What a deployment asks of AWS itself, by what it is done to; `{E}` is the environment. */
const asked: Readonly<Record<string, readonly string[]>> = {
  'cloudformation:stack/platen-{E}-network/0': [
    'cloudformation:ContinueUpdateRollback',
    'cloudformation:CreateChangeSet',
    'cloudformation:DeleteChangeSet',
    'cloudformation:DeleteStack',
    'cloudformation:DescribeChangeSet',
    'cloudformation:DescribeEvents',
    'cloudformation:DescribeStackEvents',
    'cloudformation:DescribeStacks',
    'cloudformation:ExecuteChangeSet',
    'cloudformation:GetTemplate',
    'cloudformation:ListStackResources',
    'cloudformation:SetStackPolicy',
    'cloudformation:UpdateTerminationProtection',
  ],
  'ecs:task-definition/{E}-database-user:1': ['ecs:RunTask'],
  'ecs:task/{E}/0': ['ecs:DescribeTasks', 'ecs:StopTask'],
  'ecs:service/{E}/{E}-wordpress': ['ecs:DescribeServices', 'ecs:ListServiceDeployments'],
  'ecs:service-deployment/{E}/{E}-wordpress/0': ['ecs:DescribeServiceDeployments'],
  'logs:log-group:/platen/{E}/wordpress:*': ['logs:GetLogEvents'],
  'ssm:parameter/platen/{E}/deployment': ['ssm:GetParameter', 'ssm:GetParameterHistory', 'ssm:PutParameter'],
  '*': [
    'ec2:DescribeManagedPrefixLists',
    'ecr:GetAuthorizationToken',
    'ecs:DescribeTaskDefinition',
    'ecs:ListTasks',
    'elasticfilesystem:DescribeMountTargets',
    'elasticloadbalancing:DescribeTargetHealth',
    'rds:DescribeDBInstances',
  ],
};

/** What whoever deploys must be allowed. */
export function deploymentRights(
  { name }: Pick<AwsContext, 'name'>,
  place: Place & { readonly role: string | undefined },
): AskedRight[] {
  const own = Object.entries(asked).flatMap(([target, actions]) => {
    const resource = target === '*' ? target : arnOf(target.replaceAll('{E}', name), place);
    return actions.map((action) => ({ action, resource }));
  });
  if (place.role === undefined) return own;
  const context = { 'iam:PassedToService': 'cloudformation.amazonaws.com' };
  return [...own, { action: 'iam:PassRole', resource: place.role, context }];
}

/** What whoever makes the resources of these stacks must be allowed: the action that makes each type. */
export function creationRights(
  stacks: readonly PlatformStack[],
  { environment, ...place }: Place & { readonly environment: string },
): AskedRight[] {
  const types = new Map<string, string | undefined>();
  for (const stack of stacks)
    for (const { Type } of Object.values(resolveStack(stack).resources)) types.set(Type, stack.region);
  return [...types].flatMap(([type, region]) => {
    const [action, target] = creatingActions[type] ?? [];
    if (action === undefined || target === undefined) return [];
    const resource =
      target === '*' ? '*' : arnOf(target.replaceAll('{E}', environment), { ...place, region });
    return [{ action, resource }];
  });
}

/** Services whose ARNs name no region. */
const global = new Set(['budgets', 'cloudfront', 'iam', 'route53']);
/** And no account. */
const ownerless = new Set(['route53', 's3']);

/** "ecs:task/E/0" as an ARN. */
function arnOf(target: string, { account, partition, region = '' }: Place): string {
  const colon = target.indexOf(':');
  const [service, rest] = [target.slice(0, colon), target.slice(colon + 1)];
  const where = global.has(service) || service === 's3' ? '' : region;
  return `arn:${partition}:${service}:${where}:${ownerless.has(service) ? '' : account}:${rest}`;
}
