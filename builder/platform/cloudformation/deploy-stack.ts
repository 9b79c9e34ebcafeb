import type { CloudFormationApi } from '../../aws/cloudformation/cloudformation-api.js';
import type { StackCareApi } from '../../aws/cloudformation/stack-care-api.js';
import type { Stack, StackEvent, StackRequest } from '../../aws/cloudformation/stack.js';
import { BuilderError } from '../../errors.js';
import type { PartChange } from '../../platform-event.js';
import type { Reporter } from '../../reporter.js';
import { compareStack } from './change-set.js';
import type { Pausing } from './pause.js';
import { stackFailure } from './stack-failure.js';
import { StackLines } from './stack-lines.js';
import { isUnderWay, watchStack } from './stack-monitor.js';

/** What deployments need beside what they deploy. */
export interface Deploying extends Pausing {
  readonly api: CloudFormationApi;
  readonly care: Pick<StackCareApi, 'continueRollback' | 'validationFailures'>;
  readonly reporter: Reporter;
  /** Names this run: CloudFormation gives it back with each event, and change sets are called by it. */
  readonly token: string;
  /** Called once no earlier operation is under way, just before this one begins. */
  readonly beforeExecute?: () => Promise<void>;
}

export interface DeployedStack {
  readonly stack: Stack;
  readonly change: PartChange;
  /** What happened to its resources, the oldest first. */
  readonly events: readonly StackEvent[];
}

/**
 * Makes a stack what it is wanted to be, by a change set, and waits for it. One that is being changed is waited for first;
 * what a failed first creation or a comparison that nobody executed left is removed first. `part` is what the user reads.
 * @throws BuilderError with the first thing that failed and CloudFormation's reason
 */
export async function deployStack(
  part: string,
  request: StackRequest,
  deploying: Deploying,
): Promise<DeployedStack> {
  const { api, signal, token, reporter } = deploying;
  const started = performance.now();
  const there = await settledStack(part, request.name, deploying);
  const type = there === undefined ? 'CREATE' : 'UPDATE';
  reporter.report({ kind: 'part-started', part, action: 'compare' });
  const changeSet = await compareStack({ ...request, changeSet: `platen-${token}`, type }, deploying);
  if (changeSet === undefined) {
    if (there === undefined)
      throw new BuilderError(`The stack ${request.name} would have no resources`, { code: 'failed' });
    reporter.report({ kind: 'part-changed', part, change: 'unchanged', ms: performance.now() - started });
    return { stack: there, change: 'unchanged', events: [] };
  }
  const after = await api.latestEvent(changeSet.stackId, { signal });
  await deploying.beforeExecute?.();
  await api.execute(request.name, changeSet.id, token, { signal });
  const operation = { stackId: changeSet.stackId, after, total: changeSet.changes.length };
  const { stack, events } = await follow(part, operation, deploying);
  if (stack?.status !== `${type}_COMPLETE`) throw stackFailure(request.name, { stack, events });
  return { stack, change: type === 'CREATE' ? 'created' : 'updated', events };
}

/** Deletes a stack and waits until it is gone. @throws BuilderError with what could not be deleted, and why */
export async function deleteStack(part: string, name: string, deploying: Deploying): Promise<void> {
  const { api, signal } = deploying;
  const there = await settledStack(part, name, deploying, ['DELETE_FAILED']);
  if (there === undefined) return;
  deploying.reporter.report({ kind: 'part-started', part, action: 'remove' });
  const after = await api.latestEvent(there.id, { signal });
  await api.deleteStack(there.name, { signal });
  const { stack, events } = await follow(part, { stackId: there.id, after }, deploying);
  if (stack !== undefined && stack.status !== 'DELETE_COMPLETE') throw stackFailure(name, { stack, events });
}

interface Operation {
  readonly stackId: string;
  /** The id of the last event before it. */
  readonly after: string | undefined;
  /** How many resources will change; undefined where that is not known. */
  readonly total?: number;
}

/** Watches one operation and tells the user what happens to each resource. */
function follow(part: string, { stackId, after, total }: Operation, deploying: Deploying) {
  const { api, reporter, signal, wait } = deploying;
  const lines = new StackLines(part, total);
  const onEvent = (event: StackEvent): void => {
    for (const told of lines.of(event)) reporter.report(told);
  };
  return watchStack({ api, stackId, after, signal, wait, onEvent });
}

/** A stack in a state from which it can be changed; undefined where it must be created. `goodFor`: states that are stuck else. */
async function settledStack(
  part: string,
  name: string,
  deploying: Deploying,
  goodFor: readonly string[] = [],
): Promise<Stack | undefined> {
  const { api, signal, reporter } = deploying;
  let stack = await api.stack(name, { signal });
  if (stack !== undefined && isUnderWay(stack.status)) {
    reporter.report({
      kind: 'warning',
      text: `The stack ${name} is being changed (${stack.status}): waiting`,
    });
    const after = await api.latestEvent(stack.id, { signal });
    stack = (await follow(part, { stackId: stack.id, after }, deploying)).stack;
  }
  if (stack?.status === 'UPDATE_ROLLBACK_FAILED') stack = await finishRollback(part, stack, deploying);
  if (stack === undefined || stack.status === 'DELETE_COMPLETE') return undefined;
  if (stack.status in stuck && !goodFor.includes(stack.status))
    throw new BuilderError(
      `The stack ${name} is in ${stack.status}: ${stack.statusReason ?? 'no reason given'}`,
      {
        code: 'failed',
        hint: stuck[stack.status],
      },
    );
  if (!leftovers.has(stack.status)) return stack;
  reporter.report({ kind: 'message', text: `Removing what is left of the stack ${name} (${stack.status})` });
  const after = await api.latestEvent(stack.id, { signal });
  await api.deleteStack(name, { signal });
  await follow(part, { stackId: stack.id, after }, deploying);
  return undefined;
}

/** A roll-back that failed has to end before anything else can be done. */
async function finishRollback(part: string, stack: Stack, deploying: Deploying): Promise<Stack | undefined> {
  const { api, care, signal, reporter } = deploying;
  reporter.report({ kind: 'message', text: `Going on with the roll-back of the stack ${stack.name}` });
  const after = await api.latestEvent(stack.id, { signal });
  await care.continueRollback(stack.name, { signal });
  return (await follow(part, { stackId: stack.id, after }, deploying)).stack;
}

/** What a first creation that failed leaves, or a comparison that was never executed: nothing in them is of use. */
export const leftovers: ReadonlySet<string> = new Set([
  'ROLLBACK_COMPLETE',
  'ROLLBACK_FAILED',
  'CREATE_FAILED',
  'REVIEW_IN_PROGRESS',
]);

/** States that CloudFormation does not leave by itself, and the way out. */
export const stuck: Readonly<Record<string, string>> = {
  UPDATE_ROLLBACK_FAILED:
    "Mend what the reason names, and run it again. If it can't be mended: aws cloudformation continue-update-rollback --resources-to-skip leaves it behind.",
  DELETE_FAILED: 'Mend what the reason names, then run "platen destroy" again.',
};
