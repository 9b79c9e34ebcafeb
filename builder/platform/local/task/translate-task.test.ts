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
  t.strictSame(Object.keys(volumes), ['both']);
  t.match(containers[2]?.options, {
    Volumes: { '/b': {} },
    HostConfig: { Binds: ['~both:/a'] },
  });
});

t.test('on a bridge each container has a network of its own, which links join', async (t) => {
  const { containers, notes } = task({
    ContainerDefinitions: [
      { Name: 'web', Image: 'mine', Links: ['db:mysql'], PortMappings: [{ ContainerPort: 80 }] },
      { Name: 'db', Image: 'mine', PortMappings: [{ ContainerPort: 80 }], DnsServers: ['10.0.0.2'] },
    ],
  });
  t.strictSame(
    containers.map(({ name }) => name),
    ['db', 'web'],
    'who is linked starts first',
  );
  t.match(containers[0]?.options, { ExposedPorts: { '80/tcp': {} }, HostConfig: { Dns: ['10.0.0.2'] } });
  t.match(containers[1]?.options.HostConfig, { Links: ['db:mysql'] });
  for (const { options } of containers) t.equal(options.HostConfig?.NetworkMode, undefined);
  t.strictSame(notes, []);
  const shared = task({
    NetworkMode: 'awsvpc',
    ContainerDefinitions: [
      { Name: 'web', Image: 'mine', Links: ['db'] },
      { Name: 'db', Image: 'mine' },
    ],
  });
  t.match(shared.notes, [/^Links of web not honoured, ECS refuses them where NetworkMode is awsvpc$/]);
});

t.test("settings of the kernel are set where they are the namespace's", async (t) => {
  const controls = [
    { Namespace: 'net.core.somaxconn', Value: '512' },
    { Namespace: 'kernel.msgmax', Value: '9000' },
  ];
  const ContainerDefinitions = [
    { Name: 'web', Image: 'mine', SystemControls: controls },
    { Name: 'side', Image: 'mine' },
  ];
  const sysctls = (more: object) =>
    task({ ContainerDefinitions, ...more }).containers.map(({ name, options }) => [
      name,
      options.HostConfig?.Sysctls,
    ]);
  const [net, ipc] = [{ 'net.core.somaxconn': '512' }, { 'kernel.msgmax': '9000' }];
  t.strictSame(sysctls({}), [
    ['web', { ...net, ...ipc }],
    ['side', {}],
  ]);
  t.strictSame(sysctls({ NetworkMode: 'awsvpc' }), [
    ['~network', net],
    ['web', ipc],
    ['side', undefined],
  ]);
  t.strictSame(sysctls({ NetworkMode: 'awsvpc', IpcMode: 'task' }), [
    ['~network', { ...net, ...ipc }],
    ['web', undefined],
    ['side', undefined],
  ]);
});

t.test('processes are shared whosever the network is', async (t) => {
  const ContainerDefinitions = [
    { Name: 'web', Image: 'mine' },
    { Name: 'side', Image: 'mine' },
  ];
  for (const [NetworkMode, own] of [
    ['host', 'host'],
    ['bridge', undefined],
    ['none', 'none'],
  ] as const) {
    const [holder, ...others] = task({ NetworkMode, PidMode: 'task', ContainerDefinitions }).containers;
    t.match(holder, { name: '~network', options: { HostConfig: { NetworkMode: 'none' } } });
    for (const { options } of others) {
      t.equal(options.HostConfig?.PidMode, 'container:~network', NetworkMode);
      t.equal(options.HostConfig?.NetworkMode, own, NetworkMode);
    }
  }
});

t.test('how a volume is made is what the definition says, whoever mounts it', async (t) => {
  const docker = (more: object) => ({ Name: 'data', DockerVolumeConfiguration: more });
  const made = (volume: object) =>
    task({
      Volumes: [volume],
      ContainerDefinitions: [
        { Name: 'web', Image: 'mine', MountPoints: [{ SourceVolume: 'data', ContainerPath: '/data' }] },
      ],
    });
  const DriverOpts = { type: 'tmpfs', device: 'tmpfs' };
  const settings = { driver: 'local', driverOptions: DriverOpts, labels: { a: 'b' } };
  const own = made(docker({ Scope: 'task', Driver: 'local', DriverOpts, Labels: { a: 'b' } }));
  t.strictSame(own.volumes, { data: settings });
  t.match(own.containers[0]?.options.HostConfig, { Binds: ['~data:/data'] });
  const shared = made(
    docker({ Scope: 'shared', Autoprovision: true, Driver: 'local', DriverOpts, Labels: { a: 'b' } }),
  );
  t.strictSame([shared.volumes, shared.sharedVolumes], [{}, { 'shared-data': settings }]);
  const none = made({ Name: 'data', Host: { SourcePath: '' } });
  t.strictSame([none.volumes, none.sharedVolumes], [{}, {}]);
  t.match(
    none.containers[0]?.options,
    { Volumes: { '/data': {} }, HostConfig: { Binds: [] } },
    'an empty path is none',
  );
});

t.test('what is wrong is refused by name', async (t) => {
  const one = { Name: 'a', Image: 'mine' };
  const waits = (Condition: string) => ({ ...one, DependsOn: [{ ContainerName: 'b', Condition }] });
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
      { ContainerDefinitions: [waits('HEALTHY'), { ...one, Name: 'b' }] },
      /a waits for "b" to be HEALTHY, and b has no HealthCheck/,
    ],
    [
      { ContainerDefinitions: [waits('SUCCESS'), { ...one, Name: 'b' }] },
      /a waits for the end of "b" \(SUCCESS\), whose end is the task's: it is essential/,
    ],
    [
      { ContainerDefinitions: [{ ...one, Links: ['b:db'] }] },
      /a depends on "b", which the task does not have/,
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
