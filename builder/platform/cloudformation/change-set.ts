import type { CloudFormationApi, ChangeSetRequest } from '../../aws/cloudformation/cloudformation-api.js';
import type { StackCareApi } from '../../aws/cloudformation/stack-care-api.js';
import type { ChangeSet, StackRequest } from '../../aws/cloudformation/stack.js';
import { BuilderError } from '../../errors.js';
import { explainReason } from './explain-reason.js';
import { type Pausing, pause } from './pause.js';

/** Between two looks at a comparison that is being made, milliseconds. */
const pollMs = 500;

/** What CloudFormation says where a comparison found nothing to change. */
const noChanges = /didn't contain changes|No updates are to be performed/i;

export interface Comparing extends Pausing {
  readonly api: Pick<CloudFormationApi, 'createChangeSet' | 'changeSet' | 'deleteChangeSet' | 'deleteStack'>;
  readonly care: Pick<StackCareApi, 'validationFailures'>;
}

/**
 * Has CloudFormation compare a stack with what it is to become. Undefined where nothing would change; the comparison is
 * removed then.
 * @throws BuilderError where the template, a parameter or a permission is wrong: CloudFormation's own reason
 */
export async function compareStack(request: Compared, comparing: Comparing): Promise<ChangeSet | undefined> {
  const { api, signal } = comparing;
  const { name } = request;
  const id = await api.createChangeSet(request, { signal });
  for (;;) {
    const made = await api.changeSet(name, id, { signal });
    if (made === undefined)
      throw new BuilderError(
        `Somebody deleted the change set of the stack ${name} while CloudFormation was making it`,
        {
          code: 'failed',
          hint: 'Run it again; "platen status --history" says who else works on this environment.',
        },
      );
    if (made.status === 'CREATE_COMPLETE' && made.changes.length > 0) return made;
    if (made.status === 'CREATE_COMPLETE' || made.status === 'FAILED')
      return withdraw(request, made, comparing);
    await pause(comparing, pollMs);
  }
}

type Compared = StackRequest & Pick<ChangeSetRequest, 'changeSet' | 'type'>;

/** Removes a comparison that leads nowhere, with the empty stack that a first one made. */
async function withdraw(
  { name, type }: Compared,
  { id, status, statusReason = status }: ChangeSet,
  { api, care, signal }: Comparing,
): Promise<undefined> {
  const isSame = status === 'CREATE_COMPLETE' || noChanges.test(statusReason);
  const reasons = isSame ? [] : await care.validationFailures(name, id, { signal });
  await api.deleteChangeSet(name, id, { signal });
  if (type === 'CREATE') await api.deleteStack(name, { signal });
  if (isSame) return undefined;
  const why = reasons.map(({ logicalId, reason }) => `\n${logicalId}: ${reason}`).join('');
  const { reason, hint } = explainReason(statusReason);
  throw new BuilderError(`The stack ${name} cannot be changed in this way: ${reason}${why}`, {
    code: 'failed',
    hint,
  });
}
