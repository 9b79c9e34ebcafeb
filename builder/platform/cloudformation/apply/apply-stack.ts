import type { Stack, StackEvent } from '../../../aws/cloudformation/stack.js';
import { BuilderError } from '../../../errors.js';
import type { PlatformStack } from '../../graph/platform.js';
import { servicesOf } from '../aws-account.js';
import { type Deploying, deployStack } from '../deploy-stack.js';
import { stackDeploying, stackRequest } from '../stack-request.js';
import { stackParameters } from '../stack-parameters.js';
import { stackPolicy } from './stack-policy.js';
import type { Deployment } from './deployment.js';

/** Brings one stack to what it is wanted to be, guards it, and keeps its outputs. @throws StackError, BuilderError */
export async function applyStack(
  name: string,
  deployment: Deployment,
  hooks: Pick<Deploying, 'beforeExecute'> = {},
): Promise<readonly StackEvent[]> {
  const { context, outputs } = deployment;
  const stack = wantedStack(name, deployment);
  const { known, missing } = stackParameters(stack, outputs);
  if (missing.length > 0) throw missingOutputs(stack, missing);
  await allowReplacement(stack, deployment);
  const request = { ...stackRequest(context, stack), parameters: known };
  const deploying = { ...stackDeploying(context, stack), ...hooks };
  const { stack: made, change, events } = await deployStack(name, request, deploying);
  outputs.set(name, made.outputs);
  await guard(stack, { deployment, made, isChanged: change !== 'unchanged' });
  return events;
}

export function wantedStack(name: string, { stacks }: Deployment): PlatformStack {
  const found = stacks.find((stack) => stack.name === name);
  if (found === undefined) throw new BuilderError(`There is no stack ${name}`, { code: 'failed' });
  return found;
}

/** What holds data can't be replaced or deleted by an update, unless that was allowed by name for this one. */
async function allowReplacement(stack: PlatformStack, { context, view, allowed }: Deployment): Promise<void> {
  const own = allowed.filter((one) => one.startsWith(`${stack.name}/`));
  const policy = stackPolicy(stack, own);
  if (own.length === 0 || policy === undefined || !view.there.has(stack.name)) return;
  await servicesOf(context, stack).stackCare.setPolicy(stack.stackName, policy, context);
}

interface Guarded {
  readonly deployment: Deployment;
  readonly made: Stack;
  readonly isChanged: boolean;
}

async function guard(stack: PlatformStack, { deployment, made, isChanged }: Guarded): Promise<void> {
  const { context } = deployment;
  const { stackCare } = servicesOf(context, stack);
  const { termination, deletion } = context.spec.protection;
  const policy = deletion ? stackPolicy(stack, []) : undefined;
  if (isChanged && policy !== undefined) await stackCare.setPolicy(stack.stackName, policy, context);
  if (stack.scope === 'environment' && made.isProtected !== termination)
    await stackCare.setProtection(stack.stackName, termination, context);
}

function missingOutputs({ name }: PlatformStack, missing: readonly string[]): BuilderError {
  return new BuilderError(`The stack ${name} needs outputs that no other stack has: ${missing.join(', ')}`, {
    code: 'invalid',
    hint: 'See the outputs of these templates, and their conditions.',
  });
}
