import type { FieldTable, Treatment } from './field-treatment.js';

/** A field that is set and does not mean on Docker what it means on ECS. */
export interface FieldNote {
  /** In CloudFormation's spelling: `ContainerDefinitions.LogConfiguration`. */
  readonly path: string;
  readonly treatment: Exclude<Treatment, { kind: 'same' }>;
}

/** Those of these paths that are not the same, each at the field that the table names. */
export function noted(paths: readonly string[], table: FieldTable): FieldNote[] {
  const notes = new Map<string, FieldNote>();
  for (const path of paths) {
    const [entry, treatment] = entryOf(path, table);
    if (treatment !== undefined && treatment.kind !== 'same' && !notes.has(entry))
      notes.set(entry, { path: entry, treatment });
  }
  return [...notes.values()];
}

/** The longest path of the table that stands for a field. */
function entryOf(path: string, table: FieldTable): [string, Treatment | undefined] {
  const names = path.split('.');
  for (let length = names.length; length > 0; length -= 1) {
    const entry = names.slice(0, length).join('.');
    if (table[entry] !== undefined) return [entry, table[entry]];
  }
  return [path, undefined];
}

/**
 * What is not honoured, a line for each reason: "TaskRoleArn, ExecutionRoleArn: not honoured, there are no roles on this machine".
 * @param of whose fields they are, to be said before their names
 */
export function unhonoured(of: string, notes: readonly FieldNote[]): string[] {
  const reasons = new Map<string, string[]>();
  for (const { path, treatment } of notes)
    if (treatment.kind === 'not honoured')
      reasons.set(treatment.why, [...(reasons.get(treatment.why) ?? []), shortened(path)]);
  return [...reasons].map(([why, names]) => `${of}: ${names.join(', ')} not honoured, ${why}`);
}

/** Without the lists that all fields of containers and volumes are in: `PortMappings.Name` says enough, and `Name` would not. */
function shortened(path: string): string {
  return path.replace(/^(?:ContainerDefinitions|Volumes)\./, '');
}
