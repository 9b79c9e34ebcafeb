import t from 'tap';
import { parseEnvironment } from '../../../spec/load-environment.js';
import { PlatformNames } from '../platform-names.js';
import type { Part } from './part.js';
import { partTable } from './part-table.js';

const image = {
  id: `sha256:${'b'.repeat(64)}`,
  names: [],
  volumes: [],
  exposedPorts: [],
  user: '999:999',
  environment: [],
  entrypoint: [],
  command: [],
  healthCheck: ['CMD', '/healthy'],
  created: '',
  labels: {},
};
const settings =
  'local: { address: 127.0.0.2, httpsPort: 1443, httpPort: 1080, registryPort: 1500, mailPort: 1025 }';
const spec = parseEnvironment(settings, 'test.yaml');
const parts = partTable.map((maker): Part => {
  if (spec.local === undefined) throw new Error('it is of this machine');
  const certificate = { certificate: 'CERTIFICATE', key: 'KEY' };
  const names = new PlatformNames('test');
  return maker.make({
    spec: { ...spec, local: spec.local },
    names,
    image,
    authority: 'AUTHORITY',
    certificate,
    healthCheck: { path: '/alive', status: '200-299', timeoutSeconds: 3, healthyCount: 4, unhealthyCount: 6 },
  });
});

t.test('each part is one container without rights, which says whether it is healthy', async (t) => {
  for (const { name, task } of parts)
    t.match(
      task.ContainerDefinitions,
      [
        {
          Name: name,
          Image: image.id,
          User: '999:999',
          ReadonlyRootFilesystem: true,
          DockerSecurityOptions: ['no-new-privileges'],
          LinuxParameters: { Capabilities: { Drop: ['ALL'] } },
          HealthCheck: { Command: ['CMD', '/healthy'] },
          Memory: Number,
        },
      ],
      name,
    );
});

t.test('addresses are of one part each, and not of a task of the service', async (t) => {
  const numbers = parts.map(({ number }) => number);
  t.equal(new Set(numbers).size, parts.length);
  t.ok(numbers.every((number) => number > 1 && number < 100));
});

t.test("only what people come to is published, where the environment's file says", async (t) => {
  const published = Object.fromEntries(parts.map(({ name, publish }) => [name, publish]));
  const at = (HostPort: string) => ({ HostIp: '127.0.0.2', HostPort });
  t.strictSame(published, {
    database: undefined,
    cache: undefined,
    loadbalancer: { '8443/tcp': at('1443'), '8080/tcp': at('1080') },
    registry: { '5000/tcp': at('1500') },
    mail: { '8025/tcp': at('1025') },
  });
});

t.test('keys and passwords come as files and secrets, never in the environment', async (t) => {
  for (const { name, task, files } of parts) {
    const [container] = task.ContainerDefinitions;
    t.notMatch(JSON.stringify(task), /"KEY"|CERTIFICATE"/, name);
    const named = (container?.Environment ?? []).filter(({ Name }) => /PASSWORD|KEY|CERTIFICATE/.test(Name));
    t.ok(
      named.every(({ Name, Value }) => Name.endsWith('_FILE') && Value.startsWith('/run/secrets/')),
      name,
    );
    const wantsCertificate = partTable.find((maker) => maker.name === name)?.certificate !== undefined;
    t.strictSame(
      files.map((file) => `${file.name} ${file.text}`),
      wantsCertificate ? ['authority.crt AUTHORITY', 'server.crt CERTIFICATE', 'server.key KEY'] : [],
      name,
    );
  }
});

t.test('what must outlive its container lies on a volume of that name', async (t) => {
  const volumes = parts.flatMap(({ task }) => (task.Volumes ?? []).map(({ Name }) => Name));
  t.strictSame(volumes, ['database', 'loadbalancer', 'registry']);
  for (const { name, task } of parts)
    for (const { SourceVolume } of task.ContainerDefinitions[0]?.MountPoints ?? [])
      t.equal(SourceVolume, name);
});

t.test('the load balancer looks at tasks as their target group says', async (t) => {
  const balancer = parts.find(({ name }) => name === 'loadbalancer');
  const environment = balancer?.task.ContainerDefinitions[0]?.Environment ?? [];
  const health = environment
    .filter(({ Name }) => Name.includes('HEALTH'))
    .map(({ Name, Value }) => [Name, Value]);
  t.strictSame(Object.fromEntries(health), {
    LOADBALANCER_HEALTH_PATH: '/alive',
    LOADBALANCER_HEALTH_STATUS: '200-299',
    LOADBALANCER_HEALTH_INTERVAL_SECONDS: '1',
    LOADBALANCER_HEALTH_TIMEOUT_SECONDS: '3',
    LOADBALANCER_HEALTHY_THRESHOLD: '4',
    LOADBALANCER_UNHEALTHY_THRESHOLD: '6',
  });
});
