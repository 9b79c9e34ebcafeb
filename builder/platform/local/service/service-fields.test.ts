import t, { type Test } from 'tap';
import type { ForegroundStreams } from '../../../engine/docker/resources/attached.js';
import { silentReporter } from '../../../reporter.js';
import { parseEnvironment } from '../../../spec/load-environment.js';
import { FakeDocker } from '../../../testing/fake-docker.js';
import { parseYaml } from '../../../yaml/yaml.js';
import type { FoundPlatform } from '../found-platform.js';
import type { LocalContext } from '../local-context.js';
import { localExec } from '../operate/local-exec.js';
import { localStatus } from '../operate/local-status.js';
import { planLocal } from '../plan-local.js';
import { PlatformNames, labels } from '../platform-names.js';
import { readTaskDefinition } from '../task/read-task-definition.js';
import { serviceFields } from '../task/task-fields.js';
import { translateTask } from '../task/translate-task.js';
import type { WantedPlatform } from '../wanted-platform.js';
import { breakerThreshold } from './circuit-breaker.js';
import { serviceFieldNotes } from './service-field-notes.js';
import { serviceSettings } from './service-settings.js';
import { TaskLauncher } from './task-launcher.js';

const names = new PlatformNames('try');
const environment = parseEnvironment(
  'local: { deregistrationSeconds: 3 }\nservice: { minimum: 2 }',
  'try.yaml',
);
const { local } = environment;
if (local === undefined) throw new Error('it is of this machine');
const spec = { ...environment, local };
const balanced = { LoadBalancers: [{ ContainerName: 'web', ContainerPort: 8080, TargetGroupArn: 'x' }] };
const of = (value: object) => parseYaml(JSON.stringify(value), 'service.yaml');

const settings = (properties: object, targets: object = {}) =>
  serviceSettings(of({ ...balanced, ...properties }), of(targets), local);
const deployment = (DeploymentConfiguration: object) => settings({ DeploymentConfiguration });

/** A service of one task that runs, over an engine in memory. */
async function running() {
  const docker = new FakeDocker();
  const context = {
    docker: docker.resources,
    names,
    spec,
    reporter: silentReporter,
    secrets: { valueFrom: () => '', fingerprint: () => '' },
    signal: new AbortController().signal,
  } as unknown as LocalContext;
  const definition = JSON.stringify({ ContainerDefinitions: [{ Name: 'web', Image: 'mine' }] });
  const surroundings = { images: {}, sharedVolume: () => '', architecture: 'X86_64' };
  const task = translateTask(readTaskDefinition(definition, 'task.json'), surroundings);
  const launcher = new TaskLauncher(context, {
    settings: settings({}),
    subnet: '10.213.0.0/24',
    files: [],
    taken: [],
  });
  await launcher.launch('abc123', { revision: 1, image: 'mine', definition: JSON.stringify(task), task });
  const [container] = docker.containers.values();
  return { docker, context, launcher, container };
}

/** Each field that is the same or emulated, and what shows that it is. */
const effects: Readonly<Record<string, (t: Test) => Promise<void>>> = {
  ServiceName: async (t) => {
    const { container } = await running();
    t.match(container?.facts, {
      name: 'platen-try-wordpress-abc123',
      labels: { [labels.part]: 'wordpress' },
    });
  },
  TaskDefinition: async (t) => {
    const { container } = await running();
    t.match(container?.options, { Image: 'mine' });
  },
  DesiredCount: async (t) => {
    const service = { definition: '{}' };
    const wanted = { parts: [], volumes: {}, service } as unknown as WantedPlatform;
    const found = { volumes: [], parts: {}, tasks: [], records: [], others: [] } as unknown as FoundPlatform;
    const context = { names, spec } as unknown as LocalContext;
    t.equal(planLocal(context, { wanted, found, wish: {} }).service.desired, 2, "the environment's");
    t.equal(planLocal(context, { wanted, found, wish: { scale: 5 } }).service.desired, 5);
  },
  LoadBalancers: async (t) => {
    t.match(settings({}, { HealthCheckPath: '/readyz', Matcher: { HttpCode: '200-299' } }), {
      container: 'web',
      port: 8080,
      deregistrationSeconds: 3,
      healthCheck: {
        path: '/readyz',
        status: '200-299',
        timeoutSeconds: 5,
        healthyCount: 5,
        unhealthyCount: 2,
      },
    });
    const { docker } = await running();
    t.match(docker.targets.get('abc123'), { address: '10.213.0.100:8080' });
    t.match(serviceFieldNotes({ LoadBalancers: [{}, {}] }), [/LoadBalancers after the first not honoured/]);
    t.throws(
      () => serviceSettings(of({}), of({}), local),
      { message: /LoadBalancers/ },
      'without one there is no traffic',
    );
  },
  HealthCheckGracePeriodSeconds: async (t) => {
    t.match(settings({ HealthCheckGracePeriodSeconds: '60' }), { graceSeconds: 60 });
    t.match(settings({}), { graceSeconds: 0 });
  },
  DeploymentConfiguration: async (t) => {
    t.match(
      settings({}),
      { minimumHealthyPercent: 100, maximumPercent: 200, breaker: undefined },
      "ECS's defaults",
    );
  },
  'DeploymentConfiguration.MinimumHealthyPercent': async (t) => {
    t.match(deployment({ MinimumHealthyPercent: 50 }), { minimumHealthyPercent: 50 });
  },
  'DeploymentConfiguration.MaximumPercent': async (t) => {
    t.match(deployment({ MaximumPercent: '150' }), { maximumPercent: 150 });
  },
  'DeploymentConfiguration.DeploymentCircuitBreaker': async (t) => {
    const ThresholdConfiguration = { Type: 'COUNT', Value: 4 };
    const { breaker } = deployment({
      DeploymentCircuitBreaker: { Enable: true, Rollback: true, ThresholdConfiguration },
    });
    t.equal(breakerThreshold(breaker, 2), 4);
    t.match(breaker, { Rollback: true, ResetOnHealthyTask: true });
  },
  'DeploymentConfiguration.Strategy': async (t) => {
    t.strictSame(serviceFieldNotes({ DeploymentConfiguration: { Strategy: 'ROLLING' } }), []);
    t.strictSame(serviceFieldNotes({ DeploymentConfiguration: { Strategy: 'BLUE_GREEN' } }), [
      'Service: Strategy BLUE_GREEN not honoured, deployments are rolling here',
    ]);
  },
  DeploymentController: async (t) => {
    t.strictSame(serviceFieldNotes({ DeploymentController: { Type: 'ECS' } }), []);
    t.strictSame(serviceFieldNotes({ DeploymentController: { Type: 'CODE_DEPLOY' } }), [
      'Service: DeploymentController CODE_DEPLOY not honoured, deployments are rolling here',
    ]);
  },
  SchedulingStrategy: async (t) => {
    t.strictSame(serviceFieldNotes({ SchedulingStrategy: 'REPLICA' }), []);
    t.strictSame(serviceFieldNotes({ SchedulingStrategy: 'DAEMON' }), [
      'Service: SchedulingStrategy DAEMON not honoured, as many tasks run as are wanted',
    ]);
  },
  EnableExecuteCommand: async (t) => {
    const { context, docker } = await running();
    t.equal(
      await localExec(context, { part: 'wordpress', command: ['id'], isNew: false }, {} as ForegroundStreams),
      0,
    );
    t.ok(docker.done.includes('exec platen-try-wordpress-abc123 id'));
  },
  NetworkConfiguration: async (t) => {
    const { container } = await running();
    t.strictSame(container?.options.NetworkingConfig, {
      EndpointsConfig: {
        'platen-try': { Aliases: ['wordpress-abc123'], IPAMConfig: { IPv4Address: '10.213.0.100' } },
      },
    });
    t.strictSame(
      serviceFieldNotes({ NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ['x'] } } }),
      [],
    );
  },
  Monitoring: async (t) => {
    const { context } = await running();
    t.match((await localStatus(context)).service?.tasks, [
      { name: 'wordpress abc123', address: '10.213.0.100', processors: 0.5, memory: 1000 },
    ]);
  },
};

for (const [field, shown] of Object.entries(effects)) t.test(`${field} means here what it says`, shown);

t.test('each field that is not named as left out has its test', async (t) => {
  const honoured = Object.entries(serviceFields).filter(([, { kind }]) => kind !== 'not honoured');
  t.strictSame(honoured.map(([name]) => name).toSorted(), Object.keys(effects).toSorted());
});

t.test('what is left out is named, a line for each reason', async (t) => {
  const left = { Tags: [{ Key: 'a', Value: 'b' }], PropagateTags: 'SERVICE', PlatformVersion: 'LATEST' };
  t.strictSame(serviceFieldNotes(left), [
    "Service: Tags, PropagateTags not honoured, containers have platen's own labels: environment and part",
    'Service: PlatformVersion not honoured, there is one machine',
  ]);
});
