import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { connectDocker } from '../../../engine/docker/docker-client.js';
import { isRunning, processId } from '../../../system/process-identity.js';
import { buildForTest, removeTags } from '../../../testing/build-for-test.js';
import { PlatenProgram } from '../../../testing/platen-program.js';

t.setTimeout(600_000);

const root = t.testdir({ program: {}, work: { key: 'the secret\n' } });
const folder = join(root, 'work');
const program = new PlatenProgram(join(root, 'program'));
// Any small image will do: the tasks bring their own commands.
const { reference: image } = await buildForTest('loadbalancer', { tag: 'run-task' });
t.teardown(() => removeTags(image));
const docker = await connectDocker({ host: process.env.DOCKER_HOST });

/** What Docker has of tasks: the processes that run them. */
async function owners(): Promise<readonly string[]> {
  const filters = { label: ['platen.run-task'] };
  const [containers, networks, { Volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return [...containers, ...networks, ...(Volumes ?? [])].map(({ Labels }) => Labels?.['platen.owner'] ?? '');
}

/** What is left of tasks that have ended: others may run at the same time. */
async function leftovers(): Promise<readonly string[]> {
  return (await owners()).filter((owner) => isRunning(owner) === false);
}

const shell = (name: string, line: string, more: object = {}) => ({
  name,
  image,
  entryPoint: ['/bin/sh', '-c', line],
  memory: 64,
  ...more,
});

t.test('what describe-task-definition prints runs; what is not honoured is named', async (t) => {
  const definition = {
    taskDefinition: {
      family: 'site',
      revision: 7,
      networkMode: 'awsvpc',
      taskRoleArn: 'arn:aws:iam::123456789012:role/task',
      volumes: [{ name: 'files', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }],
      containerDefinitions: [
        shell('web', 'cat /files/made; echo "$KEY"; cat /proc/net/tcp >/dev/null; exit 3', {
          essential: true,
          dependsOn: [{ containerName: 'first', condition: 'SUCCESS' }],
          mountPoints: [{ sourceVolume: 'files', containerPath: '/files' }],
          secrets: [{ name: 'KEY', valueFrom: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:key' }],
          portMappings: [{ containerPort: 8080 }],
        }),
        shell('first', 'echo made by the first >/files/made', {
          essential: false,
          user: '0',
          mountPoints: [{ sourceVolume: 'files', containerPath: '/files' }],
        }),
      ],
    },
  };
  writeFileSync(join(folder, 'task.json'), JSON.stringify(definition));
  const missing = await program.run(['run', '--task', 'task.json'], { folder });
  t.equal(missing.exitCode, 2);
  t.match(missing.stderr, /wants a secret KEY[^]*--secret KEY=FILE/);
  const { exitCode, stdout, stderr } = await program.run(
    ['run', '--task', 'task.json', '--secret', 'KEY=key'],
    {
      folder,
    },
  );
  t.equal(exitCode, 3, stderr);
  t.equal(stdout, 'web: made by the first\nweb: \n', 'its image takes secrets from files');
  t.match(stderr, /^platen: Task: TaskRoleArn not honoured, there are no roles on this machine$/m);
  t.match(stderr, /^platen: 8080\/tcp is at 127\.0\.0\.1:\d+$/m);
  t.match(stderr, /^platen: web ended with exit code 3, and the task with it$/m);
  t.strictSame(await leftovers(), []);
});

t.test('a template runs, with its parameters; Ctrl-C stops it and leaves nothing', async (t) => {
  writeFileSync(
    join(folder, 'task.yaml'),
    `Parameters: { Image: { Type: String }, Word: { Type: String, Default: usual } }
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: site
      ContainerDefinitions:
        - Name: web
          Image: !Ref Image
          EntryPoint: [/bin/sh, -c, "trap 'echo stopped; exit 0' TERM; echo !; while :; do sleep 0.1; done"]
          Environment: [{ Name: WORD, Value: !Ref Word }]
          Memory: 64
          StopTimeout: 5
`.replace('echo !', 'echo $WORD'),
  );
  const argv = ['run', '--task', 'task.yaml', '--parameter', `Image=${image}`, '--parameter', 'Word=given'];
  const { child, outcome } = program.start(argv, { folder });
  const own = async () => (await owners()).filter((owner) => processId(owner) === String(child.pid));
  for (let tries = 0; tries < 600 && (await own()).length < 2; tries += 1) await sleep(50);
  await sleep(1500);
  child.kill('SIGINT');
  await once(child, 'exit');
  const { exitCode, stdout, stderr } = await outcome;
  t.equal(exitCode, 130, stderr);
  t.equal(stdout, 'web: given\nweb: stopped\n');
  t.strictSame(await leftovers(), []);
});

t.test('what is wrong is said before anything is made', async (t) => {
  const refused = async (...argv: readonly string[]) => {
    const outcome = await program.run(['run', ...argv], { folder });
    t.equal(outcome.stdout, '');
    t.notMatch(outcome.stderr, /this is a bug/);
    return `${outcome.exitCode} ${outcome.stderr}`;
  };
  t.match(await refused('--task', 'none.json'), /^2 .*none\.json can't be read/);
  t.match(await refused(), /^2 .*Nothing to run is named/);
  t.match(await refused('small', '--task', 'task.yaml'), /^2 .*An image can't be combined with --task/);
  t.match(await refused('small', '--secret', 'A=b'), /^2 .*--secret works only with --task/);
  t.match(await refused('--task', 'task.yaml'), /^2 .*The parameter Image is missing/);
  t.match(
    await refused('--task', 'task.yaml', '--parameter', 'Image=platen-test/no-such:1'),
    /^2 .*Docker has no image "platen-test\/no-such:1"/,
  );
  writeFileSync(join(folder, 'other.json'), '{"a":1}');
  t.match(await refused('--task', 'other.json'), /^2 .*holds no task definition/);
  t.strictSame(await leftovers(), []);
});
