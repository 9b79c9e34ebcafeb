import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudFormationApi, ChangeSetRequest } from '../../aws/cloudformation/cloudformation-api.js';
import type { ChangeSet, StackRequest } from '../../aws/cloudformation/stack.js';
import { BuilderError } from '../../errors.js';

/** Between two looks at a comparison that is being made, milliseconds. */
const pollMs = 500;

/** What CloudFormation says where a comparison found nothing to change. */
const noChanges = /didn't contain changes|No updates are to be performed/i;

export interface Comparing {
  readonly api: Pick<CloudFormationApi, 'createChangeSet' | 'changeSet' | 'deleteChangeSet'>;
  readonly signal: AbortSignal;
  /** Waits that many milliseconds; for tests. @default a timer */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/**
 * Has CloudFormation compare a stack with what it is to become. Undefined where nothing would change; the comparison is
 * removed then. @throws BuilderError where the template, a parameter or a permission is wrong: CloudFormation's own reason
 */
export async function compareStack(
  request: StackRequest & Pick<ChangeSetRequest, 'changeSet' | 'type'>,
  { api, signal, wait = (ms) => sleep(ms, undefined, { signal }) }: Comparing,
): Promise<ChangeSet | undefined> {
  const { name } = request;
  const id = await api.createChangeSet(request, { signal });
  for (;;) {
    const made = await api.changeSet(name, id, { signal });
    if (made === undefined)
      throw new BuilderError(`Somebody removed the comparison of the stack ${name} while it was made`, {
        code: 'failed',
        hint: 'Run it again; "platen status" says who else works on this environment.',
      });
    if (made.status === 'CREATE_COMPLETE' && made.changes.length > 0) return made;
    if (made.status === 'CREATE_COMPLETE' || made.status === 'FAILED') {
      await api.deleteChangeSet(name, id, { signal });
      if (made.status === 'CREATE_COMPLETE' || noChanges.test(made.statusReason ?? '')) return undefined;
      throw new BuilderError(
        `The stack ${name} can't be changed like that: ${made.statusReason ?? made.status}`,
        {
          code: 'failed',
        },
      );
    }
    await wait(pollMs, signal);
  }
}
