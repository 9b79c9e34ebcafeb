import type { StackEvent } from '../../aws/cloudformation/stack.js';

/** What CloudFormation says of resources that failed only because another one did. */
const consequences = /^Resource (?:creation|update|deletion) cancelled|^The following resource\(s\) failed/i;

/**
 * The event that an operation failed by: the first failure that is no consequence of another one. Events are in order, the
 * oldest first. Undefined where nothing failed.
 */
export function rootCause(events: readonly StackEvent[]): StackEvent | undefined {
  const failures = events.filter(({ status }) => status.endsWith('_FAILED'));
  return failures.find(({ reason = '' }) => !isConsequence(reason)) ?? failures[0];
}

/** Whether something failed only because another thing did. */
export function isConsequence(reason: string): boolean {
  return consequences.test(reason);
}
