import { BuilderError, SpecError } from '../../../errors.js';
import { nearestName } from '../../../nearest-name.js';
import { validate } from '../../../spec/validate.js';
import type { SourceDocument } from '../../../yaml/yaml.js';
import { type FieldNote, noted } from './field-notes.js';
import { fieldPaths, treatmentOf } from './field-treatment.js';
import { taskFields } from './task-fields.js';
import { type TaskDefinition, taskDefinitionSchema } from './task-definition.js';

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
  return { task, notes: noted(paths, taskFields) };
}

function unknownDetails(path: string, source: SourceDocument) {
  const nearest = nearestName(path, Object.keys(taskFields));
  const hint = nearest === undefined ? undefined : `Did you mean "${nearest}"?`;
  return { code: 'invalid' as const, hint, origin: source.originOf([]) };
}
