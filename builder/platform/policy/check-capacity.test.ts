import t from 'tap';
import { environmentOf, platformVariants } from '../../testing/platform-variants.js';
import { checkCapacity, tasksAtMost, tasksOfInstance } from './check-capacity.js';

const of = (compute: string, service = 'minimum: 2, maximum: 6') =>
  environmentOf(`compute: { ${compute} }\nservice: { ${service} }\n`);

t.test('tasks of an instance: by its interfaces, by trunks, by vCPUs, by memory', async (t) => {
  t.equal(tasksOfInstance(of('instanceTypes: [m6i.large]')), 2, 'two of three interfaces are left');
  t.equal(
    tasksOfInstance(of('instanceTypes: [m6i.large], trunking: yes')),
    4,
    'two vCPUs end before nine trunks do: ECS reserves what a container is given',
  );
  const small = 'instanceTypes: [m6i.large], trunking: yes';
  t.equal(tasksOfInstance(of(small, 'cpu: 256, memory: 1024')), 7, 'memory ends before vCPUs do');
  t.equal(tasksOfInstance(of(small, 'cpu: 256, memory: 512')), 8);
  t.equal(
    tasksOfInstance(of('instanceTypes: [t3a.small]', 'cpu: 256, memory: 512')),
    1,
    'it has one interface less',
  );
  t.equal(tasksOfInstance(of('instanceTypes: [t3.large], trunking: yes')), 2, 't3 has no trunks');
  t.equal(tasksOfInstance(of('instanceTypes: [m6i.xlarge, m6i.large]')), 2, 'the least of the types');
});

t.test('tasks at most', async (t) => {
  t.equal(tasksAtMost(of('', 'maximum: 5, maximumPercent: 150')), 7);
  t.equal(tasksAtMost(of('', 'maximum: 5, maximumPercent: 100, strategy: blue-green')), 10);
});

t.test('an environment whose tasks do not fit its instances is refused', async (t) => {
  const words = { message: '12 tasks (6, at 200 %) do not fit 5 instances, which take 2 each' };
  t.throws(() => checkCapacity(of('instanceTypes: [m6i.large], maximum: 5')), words);
  t.doesNotThrow(() => checkCapacity(of('instanceTypes: [m6i.large], maximum: 6')));
  t.doesNotThrow(() => checkCapacity(of('instanceTypes: [m6i.large], maximum: 5, trunking: yes')));
  t.throws(() => checkCapacity(of('maximum: 5', 'maximum: 6, maximumPercent: 100, strategy: blue-green')), {
    message: /^12 tasks \(6, green beside blue\) do not fit 5 instances/,
    origin: { file: 'example.yaml', line: 1 },
  });
  t.throws(() => checkCapacity(of('instanceTypes: [x9.huge]')), { message: /x9\.huge is not known/ });
  t.doesNotThrow(() => checkCapacity(of('kind: fargate, minimum: 1, maximum: 1')), 'Fargate has room');
});

t.test('the environments of this project fit', async (t) => {
  for (const { name, environment } of platformVariants())
    t.doesNotThrow(() => checkCapacity(environment), name);
});
