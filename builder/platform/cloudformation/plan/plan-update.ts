import type { ChangeSet, Stack } from '../../../aws/cloudformation/stack.js';
import { SpecError } from '../../../errors.js';
import type { Change } from '../../change.js';
import type { PlatformStack } from '../../graph/platform.js';
import { parseTemplate } from '../../template/read-template.js';
import { knownParameters } from '../../template/render-template.js';
import { resolveTemplate } from '../../template/resolve-template.js';
import { servicesOf } from '../aws-account.js';
import type { AwsContext } from '../aws-context.js';
import { compareStack } from '../change-set.js';
import type { PlatformView } from '../platform-view.js';
import { stackDeploying, stackRequest } from '../stack-request.js';
import { stackParameters } from '../stack-parameters.js';
import { mergeChanges } from './merge-changes.js';
import { type ResourceDifference, resourceDifferences } from './property-difference.js';

interface Updated {
  readonly stack: PlatformStack;
  readonly there: Stack;
  readonly view: PlatformView;
}

const stackType = 'AWS::CloudFormation::Stack';

/**
 * What would change in a stack that is there. Where template and parameters are as they were, nothing does, and CloudFormation
 * is not asked; else it compares, and the comparison is removed again.
 */
export async function planUpdate(context: AwsContext, updated: Updated): Promise<Change[]> {
  const { stack, there } = updated;
  const protection = protectionChange(context, updated);
  const text = await servicesOf(context, stack).stackCare.template(stack.stackName, context);
  const { known, missing } = stackParameters(stack, updated.view.outputs);
  if (missing.length === 0 && text === stack.template.source.text && sameParameters(stack, known, there))
    return protection.length > 0
      ? protection
      : [{ part: stack.name, type: stackType, action: 'none', reasons: [] }];
  const own = ownDifferences(text, updated);
  const found = missing.length > 0 ? undefined : await compared(context, stack, known);
  if (missing.length > 0 && own.length === 0)
    return [
      ...protection,
      {
        part: stack.name,
        type: stackType,
        action: 'update',
        reasons: [`takes ${missing.join(', ')} from stacks that are not there yet`],
      },
    ];
  return [...protection, ...mergeChanges(stack.name, { own, found, isCompared: missing.length === 0 })];
}

/** Whether a stack has the parameters that it is to get, defaults included. */
function sameParameters(
  { template }: PlatformStack,
  known: Readonly<Record<string, string>>,
  { parameters }: Stack,
): boolean {
  return Object.entries(template.Parameters).every(
    ([name, { Default }]) => (known[name] ?? Default) === parameters[name],
  );
}

async function compared(
  context: AwsContext,
  stack: PlatformStack,
  parameters: Readonly<Record<string, string>>,
): Promise<ChangeSet | undefined> {
  const deploying = stackDeploying(context, stack);
  const changeSet = `platen-plan-${context.token}`;
  const request = { ...stackRequest(context, stack), parameters, changeSet, type: 'UPDATE' as const };
  const found = await compareStack(request, deploying);
  if (found !== undefined) await deploying.api.deleteChangeSet(stack.stackName, found.id, context);
  return found;
}

/** By our own reckoning, property by property; none where the template that is there can't be read. */
function ownDifferences(text: string, { stack, there, view }: Updated): ResourceDifference[] {
  const pseudo = stack.region === undefined ? {} : { 'AWS::Region': stack.region };
  const fed = stackParameters(stack, view.outputs).known;
  try {
    const old = parseTemplate(text, stack.stackName);
    const before = resolveTemplate(old, { parameters: there.parameters, pseudo });
    const parameters = { ...knownParameters(stack), ...fed };
    const after = resolveTemplate(stack.template, { parameters, pseudo });
    return resourceDifferences(before.resources, after.resources);
  } catch (error) {
    if (error instanceof SpecError) return [];
    throw error;
  }
}

function protectionChange({ spec }: AwsContext, { stack, there }: Updated): Change[] {
  const { termination } = spec.protection;
  if (stack.scope === 'account' || there.isProtected === termination) return [];
  const reason = `termination protection ${termination ? 'off → on' : 'on → off'}`;
  return [{ part: stack.name, type: stackType, action: 'update', reasons: [reason] }];
}
