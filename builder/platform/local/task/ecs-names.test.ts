import { readFileSync } from 'node:fs';
import t from 'tap';
import { cloudFormationProperties } from '../../../testing/cloudformation-properties.js';
import { cloudFormationNames } from './ecs-names.js';
import { fieldPaths } from './field-treatment.js';
import { readTaskDefinition } from './read-task-definition.js';

/** The shapes of ECS's API, from the types of AWS's SDK: fields with their types by the names of shapes. */
function apiShapes(): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const text = readFileSync('node_modules/@aws-sdk/client-ecs/dist-types/models/models_0.d.ts', 'utf8');
  const shapes = text.matchAll(/^export interface (\w+) \{\n(.*?)^\}/gms);
  return new Map(
    [...shapes].map(([, name = '', body = '']) => [
      name,
      new Map(
        [...body.matchAll(/^ {4}(\w+)\??: ([^;]+);/gm)].map(([, field = '', type = '']) => [field, type]),
      ),
    ]),
  );
}

/** A value that sets every field of a shape. */
function full(shape: string, shapes: ReturnType<typeof apiShapes>): object {
  const value = (type: string): unknown => {
    const [, inner = ''] = /^(\w+)/.exec(type) ?? [];
    const one = shapes.has(inner) ? full(inner, shapes) : 'x';
    return type.includes('[]') ? [one] : one;
  };
  return Object.fromEntries([...(shapes.get(shape) ?? [])].map(([field, type]) => [field, value(type)]));
}

/** Of the API, and not yet in CloudFormation's schema; the table has them by the field above. */
const newer = ['ContainerDefinitions.ResourceRequirements.SharingStrategy'];

t.test("each field that ECS's answer can have is one of CloudFormation's", async (t) => {
  const answer = full('TaskDefinition', apiShapes());
  t.match(answer, { containerDefinitions: [{ linuxParameters: { tmpfs: [{ containerPath: 'x' }] } }] });
  const known = cloudFormationProperties('AWS::ECS::TaskDefinition');
  const unknown = fieldPaths(cloudFormationNames(answer)).filter(
    (path) => !known.some((one) => one === path || one.startsWith(`${path}.`)),
  );
  t.strictSame(unknown, newer);
});

t.test("a revision's tags stand beside its definition", async (t) => {
  const containerDefinitions = [{ name: 'web', image: 'mine' }];
  const tags = [{ key: 'team', value: 'web' }];
  const text = JSON.stringify({ taskDefinition: { family: 'site', containerDefinitions }, tags });
  t.match(readTaskDefinition(text, 'task.json').task.Tags, [{ Key: 'team', Value: 'web' }]);
  const without = JSON.stringify({ taskDefinition: { family: 'site', containerDefinitions } });
  t.equal(readTaskDefinition(without, 'task.json').task.Tags, undefined);
});
