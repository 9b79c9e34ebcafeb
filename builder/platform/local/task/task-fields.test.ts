import t from 'tap';
import { cloudFormationProperties } from '../../../testing/cloudformation-properties.js';
import { type FieldTable, fieldPaths, treatmentOf } from './field-treatment.js';
import { serviceFields, taskFields } from './task-fields.js';

for (const [resource, table] of Object.entries({
  'AWS::ECS::TaskDefinition': taskFields,
  'AWS::ECS::Service': serviceFields,
}) as [string, FieldTable][])
  t.test(`each property of ${resource} has its treatment`, async (t) => {
    const paths = cloudFormationProperties(resource);
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
