import { BuilderError, SpecError } from '../../../errors.js';
import { nearestName } from '../../../nearest-name.js';
import { validate } from '../../../spec/validate.js';
import type { SourceDocument } from '../../../yaml/yaml.js';
import { type Treatment, fieldPaths, treatmentOf } from './field-treatment.js';
import { taskFields } from './task-fields.js';
import { type TaskDefinition, taskDefinitionSchema } from './task-definition.js';

/** A field that is set and does not mean on Docker what it means on ECS. */
export interface FieldNote {
  /** In CloudFormation's spelling: `ContainerDefinitions.LogConfiguration`. */
  readonly path: string;
  readonly treatment: Exclude<Treatment, { kind: 'same' }>;
}

/** A task definition and what becomes of the fields that it sets. */
export interface ParsedTask {
  readonly task: TaskDefinition;
  readonly notes: readonly FieldNote[];
}

/**
 * Checks the properties of an `AWS::ECS::TaskDefinition`.
 * @param source for the places of problems: its data are the properties
 * @throws SpecError where a field is not known or not of its type
 */
export function parseTaskDefinition(source: SourceDocument): ParsedTask {
  const task = validate(taskDefinitionSchema, source);
  const paths = fieldPaths(source.data as object);
  const unknown = paths.filter((path) => treatmentOf(taskFields, path) === undefined);
  if (unknown.length > 0)
    throw new SpecError(
      unknown.map(
        (path) => new BuilderError(`A task definition has no field "${path}"`, unknownDetails(path, source)),
      ),
    );
  return { task, notes: notesOf(paths) };
}

function unknownDetails(path: string, source: SourceDocument) {
  const nearest = nearestName(path, Object.keys(taskFields));
  const hint = nearest === undefined ? undefined : `Did you mean "${nearest}"?`;
  return { code: 'invalid' as const, hint, origin: source.originOf([]) };
}

/** Each treatment once, at the field that the table names. */
function notesOf(paths: readonly string[]): FieldNote[] {
  const notes = new Map<string, FieldNote>();
  for (const path of paths) {
    const [entry, treatment] = entryOf(path);
    if (treatment !== undefined && treatment.kind !== 'same' && !notes.has(entry))
      notes.set(entry, { path: entry, treatment });
  }
  return [...notes.values()];
}

/** The longest path of the table that stands for a field. */
function entryOf(path: string): [string, Treatment | undefined] {
  const names = path.split('.');
  for (let length = names.length; length > 0; length -= 1) {
    const entry = names.slice(0, length).join('.');
    if (taskFields[entry] !== undefined) return [entry, taskFields[entry]];
  }
  return [path, undefined];
}
