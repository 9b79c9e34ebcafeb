import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import t from 'tap';
import { type FieldTable, fieldPaths, treatmentOf } from './field-treatment.js';
import { serviceFields, taskFields } from './task-fields.js';

const database = loadAwsServiceSpecSync();
type Type = { readonly type: string } & Record<string, unknown>;

/** The paths of all properties that CloudFormation knows of a resource, lists and maps without marks. */
function schemaPaths(resource: string): string[] {
  const { properties } = database.lookup('resource', 'cloudFormationType', 'equals', resource).only();
  return Object.entries(properties).flatMap(([name, { type }]) => below(type as unknown as Type, name));
}

function below(type: Type, path: string): string[] {
  const inner = { array: [type.element], union: type.types }[type.type as string] as Type[] | undefined;
  if (inner !== undefined) return [...new Set(inner.flatMap((one) => below(one, path)))];
  if (type.type !== 'ref') return [path];
  const { $ref } = type.reference as { $ref: string };
  const { properties } = database.get('typeDefinition', $ref);
  return Object.entries(properties).flatMap(([name, property]) =>
    below(property.type as unknown as Type, `${path}.${name}`),
  );
}

for (const [resource, table] of Object.entries({
  'AWS::ECS::TaskDefinition': taskFields,
  'AWS::ECS::Service': serviceFields,
}) as [string, FieldTable][])
  t.test(`each property of ${resource} has its treatment`, async (t) => {
    const paths = schemaPaths(resource);
    t.ok(paths.length > 80, `${paths.length} properties`);
    t.strictSame(
      paths.filter((path) => treatmentOf(table, path) === undefined),
      [],
      'none is without one',
    );
    const known = (entry: string) => paths.some((path) => path === entry || path.startsWith(`${entry}.`));
    t.strictSame(
      Object.keys(table).filter((entry) => !known(entry)),
      [],
      'and none is made up',
    );
  });

t.test('the fields that a value sets', async (t) => {
  const value = {
    Family: 'web',
    ContainerDefinitions: [
      { Name: 'a', DockerLabels: { 'com.example/x': '1' } },
      { Name: 'b', LinuxParameters: { Tmpfs: [{ Size: 1 }] }, Cpu: undefined },
    ],
  };
  t.strictSame(fieldPaths(value), [
    'Family',
    'ContainerDefinitions.Name',
    'ContainerDefinitions.DockerLabels',
    'ContainerDefinitions.LinuxParameters.Tmpfs.Size',
  ]);
  t.equal(treatmentOf(taskFields, 'ContainerDefinitions.LinuxParameters.Tmpfs.Size')?.kind, 'same');
  t.equal(treatmentOf(taskFields, 'ContainerDefinitions.Colour'), undefined);
});
