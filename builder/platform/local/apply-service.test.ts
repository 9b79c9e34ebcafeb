import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { silentReporter } from '../../reporter.js';
import { FakeDocker } from '../../testing/fake-docker.js';
import { applyService } from './apply-service.js';
import type { LocalContext } from './local-context.js';
import { findPlatform } from './found-platform.js';
import { PlatformNames } from './platform-names.js';
import { circuitBreakerSchema } from './service/circuit-breaker.js';
import { serviceTasks } from './service/service-task.js';
import { readTaskDefinition } from './task/read-task-definition.js';
import { translateTask } from './task/translate-task.js';
import type { WantedService } from './wanted-platform.js';

const names = new PlatformNames('try');
const threshold = { Type: 'COUNT', Value: 2 };
const breaker = { Enable: true, Rollback: true, ThresholdConfiguration: threshold };

/** A service over an engine in which containers of the image "bad" end with 3. */
function service() {
  const docker = new FakeDocker();
  docker.healthOf = (name) => (docker.containers.get(name)?.options.Image === 'bad' ? { ended: 3 } : {});
  const context = {
    docker: docker.resources,
    names,
    reporter: silentReporter,
    secrets: { valueFrom: () => '', fingerprint: () => '' },
    signal: new AbortController().signal,
  } as unknown as LocalContext;
  const deploy = async (image: string, { desired = 2, of = breaker as object } = {}) => {
    const text = JSON.stringify({
      NetworkMode: 'awsvpc',
      ContainerDefinitions: [{ Name: 'web', Image: image, PortMappings: [{ ContainerPort: 80 }] }],
    });
    const surroundings = { images: {}, sharedVolume: () => 'x', architecture: 'X86_64' };
    const task = translateTask(readTaskDefinition(text, 'task.json'), surroundings);
    const wanted = {
      image,
      task,
      definition: JSON.stringify({ containers: task.containers }),
      files: [],
      settings: {
        container: 'web',
        port: 80,
        minimumHealthyPercent: 100,
        maximumPercent: 150,
        graceSeconds: 0,
        deregistrationSeconds: 0,
        breaker: circuitBreakerSchema.parse(of),
      },
    } as unknown as WantedService;
    const found = await findPlatform(context);
    // Records are told apart by their times.
    await sleep(5);
    return applyService(context, { service: wanted, found, desired, subnet: '10.213.0.0/24' });
  };
  const running = async () =>
    serviceTasks(await docker.resources.containers.list(names.all), names.network)
      .filter(({ runs }) => runs)
      .map(({ id, revision }) => ({ id, revision }));
  const records = async () => (await findPlatform(context)).records;
  return { docker, deploy, running, records };
}

t.test('a release that fails as often as the circuit breaker allows is rolled back', async (t) => {
  const { docker, deploy, running, records } = service();
  t.match(await deploy('good'), { outcome: 'completed', revision: '1', wanted: '1' });
  const before = await running();
  t.equal(before.length, 2);
  docker.done.length = 0;
  t.match(await deploy('bad'), {
    outcome: 'rolled-back',
    revision: '1',
    wanted: '2',
    reason: /it ended with exit code 3/,
    exitCode: 3,
    log: ['its last line'],
  });
  t.strictSame(await running(), before, 'the tasks are those that ran before');
  t.equal(docker.containers.size, 2, 'of those that failed nothing is left');
  t.notOk(
    docker.done.some((one) => one.startsWith('stop')),
    'and none was stopped for it',
  );
  t.match(await records(), [
    { outcome: 'failed', revision: 2, image: 'bad', exitCode: 3 },
    { outcome: 'completed', revision: 1, image: 'good' },
  ]);
  t.match(await deploy('better'), { outcome: 'completed', revision: '3' });
  t.match(
    (await running()).map(({ revision }) => revision),
    [3, 3],
  );
});

t.test('where nothing is to be rolled back to, or that is not wanted, the release has failed', async (t) => {
  const first = service();
  t.match(await first.deploy('bad'), { outcome: 'failed', revision: '', wanted: '1' });
  t.equal(first.docker.containers.size, 0);
  const second = service();
  await second.deploy('good');
  const before = await second.running();
  t.match(await second.deploy('bad', { of: { ...breaker, Rollback: false } }), {
    outcome: 'failed',
    wanted: '2',
  });
  t.strictSame(await second.running(), before, 'what ran before still does');
  t.equal(second.docker.containers.size, 2);
});

t.test('a scale is kept by a roll-back', async (t) => {
  const { deploy, running } = service();
  await deploy('good', { desired: 3 });
  t.match(await deploy('bad', { desired: 3 }), { outcome: 'rolled-back' });
  t.equal((await running()).length, 3);
});
