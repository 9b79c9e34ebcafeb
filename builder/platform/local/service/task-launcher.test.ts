import t from 'tap';
import { FakeClock, FakeDocker } from '../../../testing/fake-docker.js';
import { silentReporter } from '../../../reporter.js';
import type { LocalContext } from '../local-context.js';
import { PlatformNames, labels } from '../platform-names.js';
import { readTaskDefinition } from '../task/read-task-definition.js';
import { translateTask } from '../task/translate-task.js';
import type { ServiceSettings } from './service-settings.js';
import { serviceTasks } from './service-task.js';
import { type Release, TaskLauncher } from './task-launcher.js';

const names = new PlatformNames('try');
const web = {
  Name: 'web',
  Image: 'mine',
  StopTimeout: 7,
  PortMappings: [{ ContainerPort: 80 }],
  HealthCheck: { Command: ['CMD', 'true'], Interval: 5, Retries: 2, StartPeriod: 10 },
};

function release(definition: object): Release {
  const parsed = readTaskDefinition(JSON.stringify(definition), 'task.json');
  const task = translateTask(parsed, {
    images: {},
    sharedVolume: ({ Name }) => Name,
    architecture: 'X86_64',
  });
  return { revision: 3, image: 'mine', definition: JSON.stringify(task), task };
}

function launcherOver(docker: FakeDocker) {
  const clock = new FakeClock();
  const context = {
    docker: docker.resources,
    names,
    reporter: silentReporter,
    secrets: { valueFrom: () => '', fingerprint: () => '' },
    signal: new AbortController().signal,
  } as unknown as LocalContext;
  const settings = {
    container: 'web',
    port: 80,
    graceSeconds: 60,
    deregistrationSeconds: 5,
  } as ServiceSettings;
  const options = { settings, subnet: '10.213.0.0/24', files: [], taken: ['10.213.0.100'], clock };
  return { clock, launcher: new TaskLauncher(context, options) };
}

const one = release({ NetworkMode: 'awsvpc', ContainerDefinitions: [web] });

t.test('a task is started on a free address, and is there when its target is healthy', async (t) => {
  const docker = new FakeDocker();
  const { launcher } = launcherOver(docker);
  await launcher.launch('abc123', one);
  t.strictSame(
    [...docker.containers.keys()],
    ['platen-try-wordpress-abc123'],
    'it is called as the service is',
  );
  t.match(docker.targets.get('abc123'), { address: '10.213.0.101:80' });
});

t.test(
  'within the grace period neither an unhealthy container nor an unhealthy target is a failure',
  async (t) => {
    const docker = new FakeDocker();
    const { clock, launcher } = launcherOver(docker);
    docker.healthOf = () =>
      clock.now() < 50_000 ? { health: 'unhealthy', exitCode: 1 } : { health: 'healthy' };
    docker.stateOf = () =>
      clock.now() < 100_000 ? { state: 'unhealthy', reason: '502' } : { state: 'healthy', reason: '' };
    await launcher.launch('abc123', one);
    t.ok(clock.now() >= 100_000);
  },
);

t.test('after it each of them is', async (t) => {
  const docker = new FakeDocker();
  const container = launcherOver(docker);
  docker.healthOf = () => ({ health: 'unhealthy', exitCode: 1 });
  await t.rejects(container.launcher.launch('abc123', one), {
    message: 'platen-try-wordpress-abc123: it is unhealthy: its check failed',
    log: ['its last line'],
  });
  t.ok(container.clock.now() >= 60_000 && container.clock.now() < 62_000, `${container.clock.now()} ms`);
  const target = launcherOver(docker);
  docker.healthOf = () => ({});
  docker.stateOf = () => ({ state: 'unhealthy', reason: '502' });
  await t.rejects(target.launcher.launch('abc124', one), {
    message: 'platen-try-wordpress-abc124: its target is unhealthy (502)',
  });
  t.ok(target.clock.now() >= 60_000 && target.clock.now() < 62_000, `${target.clock.now()} ms`);
});

t.test('a container that has ended is a failure at once', async (t) => {
  const docker = new FakeDocker();
  const { clock, launcher } = launcherOver(docker);
  docker.healthOf = () => ({ ended: 3 });
  await t.rejects(launcher.launch('abc123', one), {
    message: 'platen-try-wordpress-abc123: it ended with exit code 3',
    exitCode: 3,
    log: ['its last line'],
  });
  t.equal(clock.now(), 0);
});

t.test('volumes of a task are its own, and go with it', async (t) => {
  const shared = [{ SourceVolume: 'both', ContainerPath: '/both' }];
  const two = release({
    NetworkMode: 'awsvpc',
    Volumes: [{ Name: 'both' }],
    ContainerDefinitions: [
      { ...web, MountPoints: shared },
      { Name: 'side', Image: 'mine', StopTimeout: 4, Essential: false, MountPoints: shared },
    ],
  });
  const docker = new FakeDocker();
  const { launcher } = launcherOver(docker);
  await Promise.all([launcher.launch('aaa', two), launcher.launch('bbb', two)]);
  const binds = (task: string) =>
    ['web', 'side'].map(
      (name) => docker.containers.get(names.of(`wordpress-${task}-${name}`))?.options.HostConfig?.Binds,
    );
  t.strictSame(binds('aaa'), [
    ['platen-try-wordpress-aaa.both:/both'],
    ['platen-try-wordpress-aaa.both:/both'],
  ]);
  t.strictSame(binds('bbb'), [
    ['platen-try-wordpress-bbb.both:/both'],
    ['platen-try-wordpress-bbb.both:/both'],
  ]);
  t.match(docker.volumes.get('platen-try-wordpress-aaa.both'), {
    [labels.part]: 'wordpress',
    [labels.task]: 'aaa',
  });
  const tasks = serviceTasks(await docker.resources.containers.list(names.all), names.network);
  const [first] = tasks.filter(({ id }) => id === 'aaa');
  if (first === undefined) throw new Error('there is none');
  t.equal(first.address, '10.213.0.101');
  docker.done.length = 0;
  await launcher.retire(first);
  t.strictSame(
    docker.done.toSorted(),
    [
      'deregister aaa 5',
      'stop platen-try-wordpress-aaa-side 4',
      'stop platen-try-wordpress-aaa-web 7',
      'stop platen-try-wordpress-aaa.network 0',
    ],
    'each has its time',
  );
  t.equal(docker.done[0], 'deregister aaa 5', 'and is asked nothing any more before');
  t.strictSame([...docker.volumes.keys()], ['platen-try-wordpress-bbb.both']);
});
