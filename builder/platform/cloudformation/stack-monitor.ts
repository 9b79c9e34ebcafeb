import type { CloudFormationApi } from '../../aws/cloudformation/cloudformation-api.js';
import type { Stack, StackEvent } from '../../aws/cloudformation/stack.js';
import { type Pausing, pause } from './pause.js';

/** Between two looks at a stack that is being changed, milliseconds; the API allows some 10 calls a second for an account. */
const pollMs = 2000;

export interface Watched extends Pausing {
  readonly api: Pick<CloudFormationApi, 'stack' | 'events'>;
  readonly stackId: string;
  /** The id of the last event before the operation; what came up to it is another operation's. */
  readonly after: string | undefined;
  onEvent(event: StackEvent): void;
}

/** What a stack's operation came to. */
export interface Watch {
  /** Undefined where the stack is gone. */
  readonly stack: Stack | undefined;
  /** All events of the operation, the oldest first. */
  readonly events: readonly StackEvent[];
}

/**
 * Watches a stack until nothing is under way any more, and hands on each event once, the oldest first; what came between the
 * last look and the end is read too. @throws BuilderError where CloudFormation can't be asked, or `interrupted`
 */
export async function watchStack(watched: Watched): Promise<Watch> {
  const { api, stackId, signal } = watched;
  const events: StackEvent[] = [];
  const read = async (): Promise<void> => {
    for (const event of await api.events(stackId, events.at(-1)?.id ?? watched.after, { signal })) {
      events.push(event);
      watched.onEvent(event);
    }
  };
  for (;;) {
    const stack = await api.stack(stackId, { signal });
    // Somebody else may have deleted it, and CloudFormation forgotten it.
    if (stack === undefined) return { stack, events };
    await read();
    if (!isUnderWay(stack.status)) return { stack, events };
    await pause(watched, pollMs);
  }
}

/** Whether CloudFormation still works on a stack of that status. One that was only compared (REVIEW_IN_PROGRESS) waits for us. */
export function isUnderWay(status: string): boolean {
  return status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS';
}
