import { isDeepStrictEqual } from 'node:util';
import type { PropertyChange } from '../../../aws/cloudformation/stack.js';
import { intrinsicOf } from '../../template/pending.js';
import type { ResolvedResource } from '../../template/resolve-template.js';
import { replacementProperties } from './replacement-properties.js';

/** What differs between a resource as it was and as it is to be. */
export interface ResourceDifference {
  readonly id: string;
  readonly type: string;
  readonly action: 'add' | 'modify' | 'remove';
  readonly replacement: 'always' | 'maybe' | 'never';
  readonly properties: readonly PropertyChange[];
}

type Resources = Readonly<Record<string, ResolvedResource>>;

/**
 * What differs between two templates that are resolved, in the order of the new one; what is gone comes last. Whoever names a
 * resource that is replaced changes, too.
 */
export function resourceDifferences(before: Resources, after: Resources): ResourceDifference[] {
  const ids = [...Object.keys(after), ...Object.keys(before).filter((id) => !(id in after))];
  const found = new Map(ids.map((id) => [id, differenceOf(id, before[id], after[id])]));
  const replaced = ids.filter((id) => found.get(id)?.replacement === 'always');
  // The list grows while it is gone through.
  for (const id of replaced)
    for (const other of ids) {
      const was = found.get(other);
      const follows = followerOf(id, other, after[other], was);
      if (follows === undefined) continue;
      found.set(other, follows);
      if (follows.replacement === 'always' && !replaced.includes(other)) replaced.push(other);
    }
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** How a resource differs because another one, which its properties name, is a new one. */
function followerOf(
  replaced: string,
  id: string,
  resource: ResolvedResource | undefined,
  was: ResourceDifference | undefined,
): ResourceDifference | undefined {
  if (resource === undefined || id === replaced || was?.action === 'add') return undefined;
  const names = Object.entries(resource.Properties)
    .filter(([, value]) => namesResource(value, replaced))
    .map(([name]) => name)
    .filter((name) => !(was?.properties ?? []).some(({ path }) => path === name));
  if (names.length === 0) return undefined;
  const properties = [
    ...(was?.properties ?? []),
    ...names.map((path) => ({ path, before: `the ${replaced} there is`, after: 'the new one' })),
  ];
  return {
    id,
    type: resource.Type,
    action: 'modify',
    replacement: replacementBy(resource.Type, properties),
    properties,
  };
}

function namesResource(value: unknown, id: string): boolean {
  const text = JSON.stringify(value) ?? '';
  return (
    text.includes(`{"Ref":"${id}"}`) || text.includes(`"Fn::GetAtt":["${id}"`) || text.includes(`\${${id}}`)
  );
}

function differenceOf(
  id: string,
  before: ResolvedResource | undefined,
  after: ResolvedResource | undefined,
): ResourceDifference | undefined {
  if (before === undefined && after === undefined) return undefined;
  if (before === undefined)
    return { id, type: after?.Type ?? '', action: 'add', replacement: 'never', properties: [] };
  if (after === undefined)
    return { id, type: before.Type, action: 'remove', replacement: 'never', properties: [] };
  const properties = propertyChanges(before.Properties, after.Properties, '');
  if (properties.length === 0) return undefined;
  const replacement =
    before.Type === after.Type ? replacementBy(after.Type, properties) : ('always' as const);
  return { id, type: after.Type, action: 'modify', replacement, properties };
}

function replacementBy(
  type: string,
  properties: readonly PropertyChange[],
): ResourceDifference['replacement'] {
  const table = replacementProperties[type];
  const names = properties.map(({ path }) => path.split('/')[0] ?? '');
  if (names.some((name) => table?.always.includes(name))) return 'always';
  return names.some((name) => table?.maybe.includes(name)) ? 'maybe' : 'never';
}

/** Each value that differs, by its path: "DBInstanceClass", "Tags/0/Value". Lists of another length are one value. */
function propertyChanges(before: unknown, after: unknown, path: string): PropertyChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  const at = (key: string): string => (path === '' ? key : `${path}/${key}`);
  if (isMapping(before) && isMapping(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
      propertyChanges(before[key], after[key], at(key)),
    );
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((one, index) => propertyChanges(one, after[index], at(String(index))));
  const [was, is] = [textOf(before), textOf(after)];
  // CloudFormation knows no numbers or booleans apart from their text.
  return was === is ? [] : [{ path, before: was, after: is }];
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && intrinsicOf(value) === undefined
  );
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (intrinsicOf(value) !== undefined) return `(known later)`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
}
