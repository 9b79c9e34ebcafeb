import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { buildForTest, removeTags } from '../../../testing/build-for-test.js';
import { PlatenProgram } from '../../../testing/platen-program.js';

// Task definitions of the kinds that AWS's Developer Guide shows ("Example task definitions", "Task definition parameters").
t.setTimeout(600_000);

const root = t.testdir({ program: {}, work: { key: 'from the file\n' } });
const folder = join(root, 'work');
const program = new PlatenProgram(join(root, 'program'));
// A small image with socat in it: the tasks bring their own commands.
const { reference: image } = await buildForTest('loadbalancer', { tag: 'published-tasks' });
t.teardown(() => removeTags(image));

const shell = (name: string, lines: readonly string[], more: object = {}) => ({
  name,
  image,
  entryPoint: ['/bin/sh', '-c'],
  command: [lines.join('; ')],
  memory: 64,
  stopTimeout: 2,
  ...more,
});

async function run(definition: object, ...argv: readonly string[]) {
  writeFileSync(join(folder, 'task.json'), JSON.stringify(definition));
  return program.run(['run', '--task', 'task.json', ...argv], { folder });
}

t.test('linked containers on a bridge, with the same port and any of the machine', async (t) => {
  const listen = (words: string) => `socat TCP-LISTEN:8080,fork,reuseaddr SYSTEM:"echo ${words}"`;
  const ask =
    'for i in 1 2 3 4 5 6 7 8 9; do socat -T2 - TCP:mysql:8080 </dev/null && break; sleep 0.3; done';
  const { exitCode, stdout, stderr } = await run({
    family: 'wordpress',
    containerDefinitions: [
      shell(
        'wordpress',
        [`${listen('I am WordPress')} & sleep 0.5`, ask, 'getent hosts db >/dev/null && echo db'],
        {
          links: ['database:mysql'],
          essential: true,
          portMappings: [{ containerPort: 8080, hostPort: 0 }],
        },
      ),
      shell('database', [`exec ${listen('I am MySQL')}`], {
        essential: true,
        portMappings: [{ containerPort: 8080 }],
      }),
    ],
  });
  t.match(stdout, /^wordpress: I am MySQL$/m, stderr);
  t.notMatch(stdout, /wordpress: db/, 'nobody else is known');
  t.equal(exitCode, 2, 'as getent ends');
  t.match(stderr, /^platen: 8080\/tcp of database is at 127\.0\.0\.1:\d+$/m);
  t.match(stderr, /^platen: 8080\/tcp of wordpress is at 127\.0\.0\.1:\d+$/m);
  t.notMatch(stderr, /Links/);
});

t.test('a side car that is waited for, and settings of the system', async (t) => {
  const { exitCode, stdout, stderr } = await run(
    {
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['EC2'],
      volumes: [
        { name: 'shared', host: {} },
        {
          name: 'fast',
          dockerVolumeConfiguration: {
            scope: 'task',
            driver: 'local',
            driverOpts: { type: 'tmpfs', device: 'tmpfs', o: 'size=7m' },
          },
        },
      ],
      containerDefinitions: [
        shell(
          'web',
          [
            'pwd',
            'ulimit -n',
            'cat /proc/1/comm',
            'cat /proc/sys/net/core/somaxconn /proc/sys/kernel/msgmax',
            'for at in /scratch /fast; do grep " $at " /proc/mounts | grep -oE \'size=[0-9]+k\'; done',
            'echo "$PASSWORD"',
            'test -t 1 && echo a terminal',
            'cat /shared/ready',
          ],
          {
            workingDirectory: '/usr/lib',
            ulimits: [{ name: 'nofile', softLimit: 512, hardLimit: 1024 }],
            linuxParameters: {
              initProcessEnabled: true,
              tmpfs: [{ containerPath: '/scratch', size: 3, mountOptions: ['noexec'] }],
            },
            systemControls: [
              { namespace: 'net.core.somaxconn', value: '321' },
              { namespace: 'kernel.msgmax', value: '9876' },
            ],
            pseudoTerminal: true,
            secrets: [
              {
                name: 'PASSWORD',
                valueFrom: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-a1b2c3:password::',
              },
            ],
            mountPoints: [
              { sourceVolume: 'shared', containerPath: '/shared' },
              { sourceVolume: 'fast', containerPath: '/fast' },
            ],
            dependsOn: [{ containerName: 'agent', condition: 'HEALTHY' }],
          },
        ),
        shell('agent', ['sleep 1', 'echo made by the agent >/shared/ready', 'exec sleep 600'], {
          user: '0',
          essential: false,
          healthCheck: { command: ['CMD-SHELL', 'test -s /shared/ready || exit 1'], interval: 5, retries: 3 },
          mountPoints: [{ sourceVolume: 'shared', containerPath: '/shared' }],
        }),
      ],
    },
    '--secret',
    'PASSWORD=key',
  );
  t.equal(exitCode, 0, stderr);
  const said = stdout.split('\n').flatMap((line) => (line.startsWith('web: ') ? [line.slice(5)] : []));
  t.strictSame(said, [
    '/usr/lib',
    '512',
    'docker-init',
    '321',
    '9876',
    'size=3072k',
    'size=7168k',
    // The image takes secrets from files.
    '',
    'a terminal',
    'made by the agent',
  ]);
});

t.test('what is left out is named, each with its reason', async (t) => {
  const { exitCode, stderr } = await run({
    family: 'gpu',
    networkMode: 'awsvpc',
    executionRoleArn: 'arn:aws:iam::123456789012:role/ecsTaskExecutionRole',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    ephemeralStorage: { sizeInGiB: 30 },
    volumes: [
      {
        name: 'files',
        efsVolumeConfiguration: {
          fileSystemId: 'fs-1234',
          rootDirectory: '/',
          transitEncryption: 'ENABLED',
          authorizationConfig: { accessPointId: 'fsap-1234', iam: 'ENABLED' },
        },
      },
    ],
    containerDefinitions: [
      shell('app', ['exit 0'], {
        environmentFiles: [{ type: 's3', value: 'arn:aws:s3:::bucket/app.env' }],
        repositoryCredentials: {
          credentialsParameter: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:hub',
        },
        resourceRequirements: [{ type: 'GPU', value: '1' }],
        logConfiguration: {
          logDriver: 'awsfirelens',
          options: { Name: 'cloudwatch', region: 'eu-west-1' },
          secretOptions: [{ name: 'apikey', valueFrom: 'arn:x' }],
        },
        mountPoints: [{ sourceVolume: 'files', containerPath: '/files' }],
        dependsOn: [{ containerName: 'log_router', condition: 'START' }],
        portMappings: [{ name: 'http', containerPort: 8080, appProtocol: 'http' }],
      }),
      shell('log_router', ['exec sleep 600'], {
        firelensConfiguration: { type: 'fluentbit', options: { 'enable-ecs-log-metadata': 'true' } },
      }),
    ],
  });
  t.equal(exitCode, 0, stderr);
  for (const name of [
    'EnvironmentFiles',
    'RepositoryCredentials',
    'ResourceRequirements',
    'SecretOptions',
    'FirelensConfiguration',
    'ExecutionRoleArn',
    'EphemeralStorage',
    'TransitEncryption',
    'RequiresCompatibilities',
    'Name',
    'AppProtocol',
  ])
    t.match(stderr, new RegExp(`^platen: Task: .*\\b${name}\\b.* not honoured, `, 'm'), name);
  t.match(stderr, /^platen: Volumes: files empty at first, and gone with the task$/m);
  t.match(
    stderr,
    /^platen: Volumes: what is in files belongs to whom a container runs as; on EFS to the PosixUser/m,
  );
  t.notMatch(stderr, /this is a bug/);
});

t.test('a port that somebody else has is named, with who tells by whom', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const taken = await run({
    containerDefinitions: [
      shell('web', ['exit 0'], { portMappings: [{ containerPort: 8080, hostPort: port }] }),
    ],
  });
  t.equal(taken.exitCode, 1);
  t.match(
    taken.stderr,
    new RegExp(`port ${port} of 127\\.0\\.0\\.1 is in use\n.*ss -ltnp 'sport = :${port}'`),
  );
});
