import type { Change } from '../../change.js';
import type { PlatformStack } from '../../graph/platform.js';
import { resolveStack } from '../../template/render-template.js';

/** What creating a stack would make, from its template alone. @throws SpecError */
export function plannedCreation(stack: PlatformStack): Change[] {
  return Object.entries(resolveStack(stack).resources).map(([logicalId, { Type }]) => ({
    part: `${stack.name}/${logicalId}`,
    type: Type,
    action: 'create',
    reasons: [],
  }));
}
