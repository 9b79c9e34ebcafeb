import type { Stack, StackEvent } from '../../aws/cloudformation/stack.js';
import { explainReason } from './explain-reason.js';
import { rootCause } from './root-cause.js';
import { StackError } from './stack-error.js';

interface Ended {
  readonly stack: Stack | undefined;
  readonly events: readonly StackEvent[];
}

/** What became of a stack whose operation failed, as an error: what, why, what to do. */
export function stackFailure(stackName: string, { stack, events }: Ended): StackError {
  const failed = rootCause(events);
  const isGone = stack === undefined || /^DELETE_(COMPLETE|IN_PROGRESS)$/.test(stack.status);
  const unsaid = isGone ? 'somebody deleted it meanwhile' : 'CloudFormation gives no reason';
  const said = failed?.reason ?? failed?.status ?? stack?.statusReason ?? unsaid;
  const { reason, hint } = explainReason(said);
  const what = failed === undefined ? '' : `${failed.logicalId} (${failed.type}): `;
  return new StackError(`The stack ${stackName} failed: ${what}${reason}`, {
    stackName,
    failed,
    events,
    stack,
    hint: [
      hint,
      failed === undefined && isGone ? 'Ask who works on this account, and run it again.' : afterwards(stack),
    ]
      .filter((text) => text !== undefined)
      .join('\n'),
  });
}

function afterwards(stack: Stack | undefined): string {
  if (stack === undefined || stack.status === 'DELETE_COMPLETE')
    return 'What was made of it is removed again; run it again once that is mended.';
  if (stack.status === 'UPDATE_ROLLBACK_COMPLETE')
    return 'It is as it was before; run it again once that is mended.';
  if (stack.status === 'UPDATE_ROLLBACK_FAILED')
    return 'Its roll-back failed, too. Mend what the reason names, and run it again: it then goes on with the roll-back first.';
  return `The stack afterwards: ${stack.status}.`;
}
