import type { Change } from '../../change.js';
import type { PlatformStack } from '../../graph/platform.js';
import { lossOf } from './stateful-types.js';

/** What deleting a stack would take away: what holds data by name, the rest as one. What is kept, or of which a last snapshot is, is not lost. */
export function plannedDeletion({ name, template }: PlatformStack): Change[] {
  const kept = (policy: string | undefined): string | undefined =>
    policy === 'Snapshot' ? 'a last snapshot is kept' : policy?.startsWith('Retain') ? 'is kept' : undefined;
  const stateful = Object.entries(template.Resources).flatMap(([id, { Type, DeletionPolicy }]): Change[] => {
    const loses = lossOf(Type);
    if (loses === undefined) return [];
    const reason = kept(DeletionPolicy);
    const part = `${name}/${id}`;
    return reason === undefined
      ? [{ part, type: Type, action: 'remove', reasons: [], loses }]
      : [{ part, type: Type, action: 'remove', reasons: [reason] }];
  });
  return [{ part: name, type: 'AWS::CloudFormation::Stack', action: 'remove', reasons: [] }, ...stateful];
}
