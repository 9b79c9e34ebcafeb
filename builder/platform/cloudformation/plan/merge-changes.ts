import type { ChangeSet, PropertyChange, ResourceChange } from '../../../aws/cloudformation/stack.js';
import type { Change, ChangeAction } from '../../change.js';
import type { ResourceDifference } from './property-difference.js';
import { restartOf } from './restarts.js';
import { lossOf } from './stateful-types.js';

/** At most so many characters of a value are shown. */
const longestValue = 80;

interface Sides {
  readonly own: readonly ResourceDifference[];
  /** CloudFormation's comparison; undefined where it found nothing to change. */
  readonly found: ChangeSet | undefined;
  /** Whether CloudFormation compared at all. */
  readonly isCompared: boolean;
}

/**
 * What changes in a stack: what CloudFormation's comparison says counts, and our own reckoning fills in what it leaves out
 * (values, and whether a resource is replaced).
 */
export function mergeChanges(name: string, { own, found, isCompared }: Sides): Change[] {
  if (!isCompared) return own.map((one) => changeOf(name, asResourceChange(one), one));
  if (found === undefined)
    return [{ part: name, type: 'AWS::CloudFormation::Stack', action: 'none', reasons: [] }];
  const byId = new Map(own.map((one) => [one.id, one]));
  return found.changes.map((change) => changeOf(name, change, byId.get(change.logicalId)));
}

function asResourceChange({ id, type, action, replacement }: ResourceDifference): ResourceChange {
  const actions = { add: 'Add', modify: 'Modify', remove: 'Remove' } as const;
  const replacements = { always: 'True', maybe: 'Conditional', never: 'False' } as const;
  return {
    action: actions[action],
    logicalId: id,
    type,
    replacement: replacements[replacement],
    properties: [],
  };
}

function changeOf(name: string, change: ResourceChange, own: ResourceDifference | undefined): Change {
  const replacement = change.replacement ?? own?.replacement;
  const action = actionOf(change, own);
  const hasValues = change.properties.some(
    ({ before, after }) => before !== undefined || after !== undefined,
  );
  const properties = hasValues || own === undefined ? change.properties : own.properties;
  const loses = lossOf(change.type);
  const isKept = /Retain|Snapshot/.test(change.policyAction ?? '');
  const mayBe = replacement === 'Conditional' || (action !== 'replace' && replacement === 'maybe');
  const kept = change.policyAction === undefined ? [] : keptReason(change.policyAction);
  return {
    part: `${name}/${change.logicalId}`,
    type: change.type,
    action,
    reasons: [
      ...(mayBe ? ['may be replaced'] : []),
      ...new Set(properties.map(reasonOf)),
      ...restartOf(change.type, properties),
      ...kept,
    ],
    ...(loses === undefined || isKept ? {} : { loses }),
  };
}

function actionOf(
  { action, replacement, type }: ResourceChange,
  own: ResourceDifference | undefined,
): ChangeAction {
  if (action === 'Remove') return 'remove';
  if (action === 'Add' || action === 'Import') return 'create';
  // Each change of a definition makes a new revision, and loses nothing.
  if (type === 'AWS::ECS::TaskDefinition') return 'update';
  const isReplaced = replacement === undefined ? own?.replacement === 'always' : replacement === 'True';
  return isReplaced ? 'replace' : 'update';
}

function keptReason(policyAction: string): string[] {
  if (/Snapshot/.test(policyAction)) return ['a last snapshot is kept'];
  return /Retain/.test(policyAction) ? ['the old one is kept'] : [];
}

function reasonOf({ path, before, after }: PropertyChange): string {
  const name = path.replace(/^\/Properties\//, '').replace(/^\//, '');
  return before === undefined && after === undefined ? name : `${name} ${short(before)} → ${short(after)}`;
}

function short(value: string | undefined): string {
  if (value === undefined) return 'nothing';
  return value.length > longestValue ? `${value.slice(0, longestValue)}…` : value;
}
