import type { PlatformStack } from '../../graph/platform.js';
import { isStateful } from '../plan/stateful-types.js';

/**
 * A stack policy that lets an update neither replace nor delete what holds data, but for those that are allowed
 * ("database/Instance"); undefined where a stack holds none (User Guide, "Prevent updates to stack resources").
 */
export function stackPolicy(
  { name, template }: PlatformStack,
  allowed: readonly string[],
): string | undefined {
  const stateful = Object.entries(template.Resources)
    .filter(([, { Type }]) => isStateful(Type))
    .map(([id]) => id);
  if (stateful.length === 0) return undefined;
  const kept = stateful.filter((id) => !allowed.includes(`${name}/${id}`));
  return JSON.stringify({
    Statement: [
      { Effect: 'Allow', Action: 'Update:*', Principal: '*', Resource: '*' },
      ...(kept.length === 0
        ? []
        : [
            {
              Effect: 'Deny',
              Action: ['Update:Replace', 'Update:Delete'],
              Principal: '*',
              Resource: kept.map((id) => `LogicalResourceId/${id}`),
            },
          ]),
    ],
  });
}
