import type { ChangeSet, ResourceChange } from '../../aws/cloudformation/stack.js';
import type { Change, ChangeAction } from '../change.js';
import type { PlatformStack } from '../graph/platform.js';
import { resolveTemplate } from '../template/resolve-template.js';

/** At most so many characters of a value are shown. */
const longestValue = 60;

/** What creating a stack would make, from its template alone: no credentials are needed. @throws SpecError */
export function plannedCreation(stack: PlatformStack): Change[] {
  const given = Object.entries(stack.parameters).map(([name, parameter]) => [
    name,
    parameter.kind === 'known' ? parameter.value : { 'Fn::ImportValue': name },
  ]);
  const { resources } = resolveTemplate(stack.template, { parameters: Object.fromEntries(given) });
  return Object.entries(resources).map(([logicalId, { Type }]) => ({
    part: `${stack.name}/${logicalId}`,
    type: Type,
    action: 'create',
    reasons: [],
  }));
}

/** What a change set would do, resource by resource; one line for a stack where nothing would change. */
export function plannedChanges(name: string, changeSet: ChangeSet | undefined): Change[] {
  if (changeSet === undefined)
    return [{ part: name, type: 'AWS::CloudFormation::Stack', action: 'none', reasons: [] }];
  return changeSet.changes.map((change) => ({
    part: `${name}/${change.logicalId}`,
    type: change.type,
    action: actionOf(change),
    reasons: reasonsOf(change),
  }));
}

function actionOf({ action, replacement }: ResourceChange): ChangeAction {
  if (action === 'Remove') return 'remove';
  if (action === 'Add' || action === 'Import') return 'create';
  return replacement === 'True' ? 'replace' : 'update';
}

function reasonsOf({ properties, replacement }: ResourceChange): string[] {
  const told = properties.map(({ path, before, after }) => {
    const name = path.replace(/^\/Properties\//, '');
    return before === undefined && after === undefined ? name : `${name} ${short(before)} → ${short(after)}`;
  });
  return [...(replacement === 'Conditional' ? ['may be replaced'] : []), ...new Set(told)];
}

function short(value: string | undefined): string {
  if (value === undefined) return 'nothing';
  return value.length > longestValue ? `${value.slice(0, longestValue)}…` : value;
}
