import type { CloudFormationApi } from '../../aws/cloudformation/cloudformation-api.js';
import type { ChangeSet, Stack, StackEvent, StackRequest } from '../../aws/cloudformation/stack.js';
import { BuilderError } from '../../errors.js';
import type { PartChange } from '../../platform-event.js';
import type { Reporter } from '../../reporter.js';
import { compareStack } from './change-set.js';
import { rootCause } from './root-cause.js';
import { StackLines } from './stack-lines.js';
import { isUnderWay, watchStack } from './stack-monitor.js';

/** What deployments need beside what they deploy. */
export interface Deploying {
  readonly api: CloudFormationApi;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  /** Names this run: CloudFormation gives it back with each event, and change sets are called by it. */
  readonly token: string;
  /** Waits that many milliseconds; for tests. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

export interface DeployedStack {
  readonly stack: Stack;
  readonly change: PartChange;
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
  const { api, signal, token } = deploying;
  const there = await settledStack(part, request.name, deploying);
  const type = there === undefined ? 'CREATE' : 'UPDATE';
  const changeSet = await compareStack({ ...request, changeSet: `platen-${token}`, type }, deploying);
  if (changeSet === undefined) {
    if (there === undefined)
      throw new BuilderError(`The stack ${request.name} would have no resources`, { code: 'failed' });
    return { stack: there, change: 'unchanged' };
  }
  const after = await api.latestEvent(changeSet.stackId, { signal });
  await api.execute(request.name, changeSet.id, token, { signal });
  const { stack, events } = await follow(part, { stackId: changeSet.stackId, after }, deploying);
  if (stack?.status !== `${type}_COMPLETE`) throw failure(request.name, { changeSet, stack, events });
  return { stack, change: type === 'CREATE' ? 'created' : 'updated' };
}

/** Deletes a stack and waits until it is gone. @throws BuilderError with what could not be deleted, and why */
export async function deleteStack(part: string, name: string, deploying: Deploying): Promise<void> {
  const { api, signal } = deploying;
  const there = await settledStack(part, name, deploying);
  if (there === undefined) return;
  const after = await api.latestEvent(there.id, { signal });
  await api.deleteStack(there.name, { signal });
  const { stack, events } = await follow(part, { stackId: there.id, after }, deploying);
  if (stack !== undefined && stack.status !== 'DELETE_COMPLETE') throw failure(name, { stack, events });
}

interface Operation {
  readonly stackId: string;
  /** The id of the last event before it. */
  readonly after: string | undefined;
}

/** Watches one operation and tells the user what happens to each resource. */
function follow(part: string, { stackId, after }: Operation, deploying: Deploying) {
  const { api, reporter, signal, wait } = deploying;
  const lines = new StackLines(part);
  const onEvent = (event: StackEvent): void => {
    const line = lines.of(event);
    if (line !== undefined) reporter.report(line);
  };
  return watchStack({ api, stackId, after, signal, onEvent, ...(wait === undefined ? {} : { wait }) });
}

/** A stack in a state from which it can be changed; undefined where it must be created. */
async function settledStack(part: string, name: string, deploying: Deploying): Promise<Stack | undefined> {
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
  if (stack === undefined || stack.status === 'DELETE_COMPLETE') return undefined;
  if (stack.status in stuck)
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

/** What a first creation that failed leaves, or a comparison that was never executed: nothing in them is of use. */
const leftovers = new Set(['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED', 'REVIEW_IN_PROGRESS']);

/** States that CloudFormation does not leave by itself, and the way out. */
const stuck: Readonly<Record<string, string>> = {
  UPDATE_ROLLBACK_FAILED:
    'Mend what the reason names, then: aws cloudformation continue-update-rollback --stack-name with its name.',
  DELETE_FAILED: 'Mend what the reason names, then run "platen destroy" again.',
};

interface Ended {
  readonly changeSet?: ChangeSet | undefined;
  readonly stack: Stack | undefined;
  readonly events: readonly StackEvent[];
}

function failure(name: string, { stack, events }: Ended): BuilderError {
  const cause = rootCause(events);
  const after =
    stack === undefined || stack.status === 'DELETE_COMPLETE' ? 'it was removed again' : stack.status;
  const what =
    cause === undefined
      ? (stack?.statusReason ?? 'CloudFormation gives no reason')
      : `${cause.logicalId} (${cause.type}): ${cause.reason ?? cause.status}`;
  return new BuilderError(`The stack ${name} failed: ${what}`, {
    code: 'failed',
    hint: `The stack afterwards: ${after}.`,
  });
}
