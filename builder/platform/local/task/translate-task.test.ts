import { readFileSync } from 'node:fs';
import t from 'tap';
import { SpecError } from '../../../errors.js';
import type { EngineImage } from '../../../engine/docker/resources/images.js';
import { readTaskDefinition } from './read-task-definition.js';
import { translateTask } from './translate-task.js';
import type { TaskSurroundings } from './translated-task.js';

const digest = `sha256:${'a'.repeat(64)}`;
const image: EngineImage = {
  id: digest,
  names: [],
  volumes: ['/var/lib/wordpress'],
  exposedPorts: [],
  user: '',
  environment: [],
  entrypoint: ['/init'],
  command: [],
  healthCheck: [],
  created: '',
  labels: { 'platen.secrets': 'files' },
};
const surroundings: TaskSurroundings = {
  name: 'platen-test-web-1',
  images: { [`wordpress@${digest}`]: image, mine: image, theirs: { ...image, labels: {} } },
  sharedVolume: ({ EFSVolumeConfiguration: efs, Name }) =>
    `shared-${efs?.AuthorizationConfig?.AccessPointId ?? Name}`,
  architecture: 'X86_64',
  hasAccessPoints: true,
};

/** What the stack of the service takes on this machine. */
const parameters = {
  EnvironmentName: 'test',
  Image: `wordpress@${digest}`,
  LogGroup: 'local',
  TrustedProxies: '172.20.0.0/16',
  ExecutionRoleArn: 'none',
  TaskRoleArn: 'none',
  SaltsSecretArn: 'salts',
  Cluster: 'local',
  CapacityProvider: 'local',
  VpcId: 'local',
  Subnets: 'local',
  SecurityGroup: 'local',
  ListenerArn: 'local',
  DatabaseHost: 'database',
  DatabaseSecretArn: 'application',
  FileSystemId: 'fs',
  AccessPointId: 'webroot',
};

function task(definition: object, name = 'task.json') {
  return translateTask(readTaskDefinition(JSON.stringify(definition), name), surroundings);
}

t.test("WordPress's own definition asks Docker for all that ECS gives it", async (t) => {
  const text = readFileSync('infra-cfn/stacks/service.yaml', 'utf8');
  const parsed = readTaskDefinition(text, 'service.yaml', { parameters });
  const { containers, volumes, notes } = translateTask(parsed, surroundings);
  t.equal(containers.length, 1, 'one container needs nobody to hold its network');
  t.strictSame(volumes, {});
  const [web] = containers;
  t.match(web, {
    name: 'wordpress',
    essential: true,
    stopTimeout: 60,
    secretsOwner: { uid: 33, gid: 33 },
    secretVariables: [],
    healthCheck: ['CMD', '/usr/local/sbin/platen-health'],
    options: {
      Image: digest,
      User: '33:33',
      StopTimeout: 60,
      Volumes: { '/tmp': {}, '/run/secrets': {} },
      ExposedPorts: { '8080/tcp': {} },
      Healthcheck: { Interval: 10e9, Timeout: 5e9, Retries: 3, StartPeriod: 120e9 },
      HostConfig: {
        ReadonlyRootfs: true,
        Privileged: false,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        Tmpfs: { '/run': 'size=128m,rw,nosuid,nodev,noexec' },
        Memory: 1024 * 1024 * 1024,
        CpuShares: 512,
        Ulimits: [{ Name: 'nofile', Soft: 65536, Hard: 65536 }],
        Binds: ['shared-webroot:/var/lib/wordpress:nocopy'],
        LogConfig: { Type: 'json-file', Config: { mode: 'non-blocking', 'max-buffer-size': '4m' } },
      },
    },
  });
  t.ok(web?.options.Env?.includes('WORDPRESS_DB_HOST=database'));
  t.ok(web?.options.Env?.includes('PLATEN_DRAIN_SECONDS=5'), 'numbers are texts there');
  t.ok(web?.options.Env?.includes('WORDPRESS_DB_PASSWORD_FILE=/run/secrets/WORDPRESS_DB_PASSWORD'));
  t.strictSame(web?.secretFiles, [
    { name: 'WORDPRESS_SECRET', from: 'salts' },
    { name: 'WORDPRESS_DB_USER', from: 'application:username::' },
    { name: 'WORDPRESS_DB_PASSWORD', from: 'application:password::' },
  ]);
  t.ok(
    notes.includes('Task: ExecutionRoleArn, TaskRoleArn not honoured, there are no roles on this machine'),
  );
  t.notOk(
    notes.some((note) => /HealthCheck|User|Memory/.test(note)),
    'what is the same is not worth a word',
  );
});

t.test("ECS's own words for a revision are read, too", async (t) => {
  const definition = {
    taskDefinition: {
      taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:7',
      family: 'web',
      revision: 7,
      status: 'ACTIVE',
      requiresAttributes: [{ name: 'ecs.capability.efsAuth' }],
      compatibilities: ['EC2', 'FARGATE'],
      cpu: '512',
      memory: '1 GB',
      volumes: [{ name: 'data', efsVolumeConfiguration: { fileSystemId: 'fs-1', rootDirectory: '/' } }],
      containerDefinitions: [
        {
          name: 'app',
          image: 'theirs',
          secrets: [{ name: 'TOKEN', valueFrom: 'arn:x' }],
          mountPoints: [{ sourceVolume: 'data', containerPath: '/data', readOnly: true }],
          dockerLabels: { lowerCase: 'kept' },
          logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': 'g' } },
          linuxParameters: { sharedMemorySize: 64, maxSwap: 128, initProcessEnabled: true },
        },
      ],
    },
  };
  const { containers, notes } = task(definition);
  t.match(containers[0], {
    secretFiles: [],
    secretVariables: [{ name: 'TOKEN', from: 'arn:x' }],
    healthCheck: undefined,
    options: {
      Labels: { lowerCase: 'kept' },
      Healthcheck: { Test: ['NONE'] },
      HostConfig: {
        Init: true,
        NanoCpus: 5e8,
        Memory: 1024 ** 3,
        MemorySwap: 1024 ** 3 + 128 * 1024 ** 2,
        ShmSize: 64 * 1024 ** 2,
        Binds: ['shared-data:/data:ro'],
      },
    },
  });
  t.ok(
    notes.some((note) => /^Secrets: the image of app takes them from variables.*TOKEN$/.test(note)),
    'a secret that anybody may see is said aloud',
  );
});

t.test('containers of one task share a network, and start in their order', async (t) => {
  const { containers, volumes } = task({
    NetworkMode: 'awsvpc',
    PidMode: 'task',
    Volumes: [{ Name: 'both' }, { Name: 'own' }],
    ContainerDefinitions: [
      {
        Name: 'web',
        Image: 'mine',
        DependsOn: [{ ContainerName: 'migrate', Condition: 'SUCCESS' }],
        PortMappings: [{ ContainerPort: 80 }],
        MountPoints: [
          { SourceVolume: 'both', ContainerPath: '/a' },
          { SourceVolume: 'own', ContainerPath: '/b' },
        ],
      },
      {
        Name: 'migrate',
        Image: 'mine',
        Essential: false,
        MountPoints: [{ SourceVolume: 'both', ContainerPath: '/c' }],
        ExtraHosts: [{ Hostname: 'other', IpAddress: '10.0.0.9' }],
      },
    ],
  });
  t.strictSame(
    containers.map(({ name }) => name),
    ['~network', 'migrate', 'web'],
  );
  t.match(containers[0]?.options, {
    ExposedPorts: { '80/tcp': {} },
    HostConfig: { ExtraHosts: ['other:10.0.0.9'] },
  });
  for (const one of containers.slice(1))
    t.match(one.options.HostConfig, { NetworkMode: 'container:~network', PidMode: 'container:~network' });
  t.strictSame(Object.keys(volumes), ['platen-test-web-1-both']);
  t.match(containers[2]?.options, {
    Volumes: { '/b': {} },
    HostConfig: { Binds: ['platen-test-web-1-both:/a'] },
  });
});

t.test('what is wrong is refused by name', async (t) => {
  const one = { Name: 'a', Image: 'mine' };
  const refused: [object, RegExp][] = [
    [{ ContainerDefinitions: [{ ...one, Colour: 'red' }] }, /has no field "ContainerDefinitions.Colour"/],
    [{ ContainerDefinitions: [{ ...one, Memory: 'much' }] }, /Memory/],
    [{ ContainerDefinitions: [{ Name: 'a' }] }, /Image/],
    [{ Family: 'x' }, /holds no task definition/],
    [
      { ContainerDefinitions: [{ ...one, MountPoints: [{ SourceVolume: 'x', ContainerPath: '/x' }] }] },
      /mounts "x", a volume that the task does not have/,
    ],
    [
      { ContainerDefinitions: [{ ...one, DependsOn: [{ ContainerName: 'a', Condition: 'START' }] }] },
      /in a circle: a → a/,
    ],
    [
      { ContainerDefinitions: [{ ...one, DependsOn: [{ ContainerName: 'b', Condition: 'START' }] }] },
      /depends on "b", which the task does not have/,
    ],
  ];
  for (const [definition, words] of refused) t.throws(() => task(definition), { message: words });
  t.throws(() => task({ ContainerDefinitions: [{ Name: 'a', Colour: 1 }] }), SpecError);
});
