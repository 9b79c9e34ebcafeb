import { readFileSync } from 'node:fs';
import t from 'tap';
import { Agent, request } from 'undici';
import {
  anonymous,
  parseReference,
  pullImage,
  pushImage,
  registryClient,
  resolve,
} from '../../builder/registry/index.js';
import { buildForTest, removeTags } from '../../builder/testing/build-for-test.js';
import { makeCertificates } from '../../builder/testing/certificates.js';
import { ContainerNetwork, type ContainerOptions } from '../../builder/testing/containers.js';
import { registryLogin, registryPasswordLine } from '../../builder/testing/docker-registry.js';
import { MemorySink, randomImage } from '../../builder/testing/made-image.js';
import { giveSecrets } from '../../builder/testing/give-secrets.js';
import { serviceTask } from '../../builder/testing/service-task.js';

t.setTimeout(900_000);

const { reference: image } = await buildForTest('registry');
t.teardown(() => removeTags(image));
const network = await ContainerNetwork.create();
t.teardown(() => network.remove());
const secrets = t.testdir({ htpasswd: `${registryPasswordLine}\n`, weak: 'platen:$apr1$abc$def\n' });
const certificates = makeCertificates(secrets);
const ca = readFileSync(certificates.ca, 'utf8');
const binds = [`${secrets}:/run/secrets:ro`, `${network.volume()}:/var/lib/registry`];
await giveSecrets(network, image, secrets);

const tls = {
  REGISTRY_TLS_CERTIFICATE_FILE: '/run/secrets/server.crt',
  REGISTRY_TLS_KEY_FILE: '/run/secrets/server.key',
};
const registry = await network.start({
  image,
  alias: 'registry',
  port: 5e3,
  binds,
  task: serviceTask,
  environment: {
    ...tls,
    REGISTRY_HTPASSWD_FILE: '/run/secrets/htpasswd',
  },
});
const healthy = () => registry.until('registry-health', 60, '999:999');
await healthy();
const host = async () => new URL(await registry.origin()).host;
const credentials = { find: () => Promise.resolve(registryLogin) };
const pushed = randomImage();

t.test('push and pull, over TLS and with a password', async (t) => {
  const target = parseReference(`${await host()}/team/site:1`);
  {
    using client = registryClient({ credentials: anonymous, ca: () => ca });
    await t.rejects(resolve(client, target), /401 Unauthorized/);
  }
  using client = registryClient({ credentials, ca: () => ca });
  await pushImage(client, pushed, target, { tags: ['1'] });
  const { manifest } = await pullImage(client, target, { sink: new MemorySink() });
  t.equal(manifest.digest, pushed.manifest.digest);
});

t.test('SIGTERM ends it, and the blobs are there again', async (t) => {
  // Killed instead, it would end with 137.
  const { exitCode } = await registry.stop();
  t.equal(exitCode, 0);
  await registry.docker.start();
  await healthy();
  using client = registryClient({ credentials, ca: () => ca });
  const target = parseReference(`${await host()}/team/site:1`);
  t.equal((await resolve(client, target)).digest, pushed.manifest.digest);
});

t.test('an image is deleted, and its blobs are collected', async (t) => {
  const dispatcher = new Agent({ connect: { ca } });
  t.teardown(() => dispatcher.close());
  const { username, password } = registryLogin;
  const { statusCode } = await request(
    `https://${await host()}/v2/team/site/manifests/${pushed.manifest.digest}`,
    {
      method: 'DELETE',
      dispatcher,
      headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
    },
  );
  t.equal(statusCode, 202);
  const blobs = () => registry.run("find /var/lib/registry -path '*/blobs/*' -name data | wc -l", '999:999');
  t.equal(await blobs(), '4\n', 'two layers, the configuration, the manifest');
  await registry.run('registry-collect', '999:999');
  t.equal(await blobs(), '0\n');
});

t.test('what keeps it from starting is one line', async (t) => {
  const cases: readonly [Partial<ContainerOptions>, RegExp][] = [
    [
      { environment: { ...tls, REGISTRY_TLS_KEY_FILE: '/run/none' } },
      /REGISTRY_TLS_KEY_FILE names \/run\/none, which/,
    ],
    [
      { environment: { REGISTRY_HTPASSWD_FILE: '/run/secrets/weak' } },
      /NAME:BCRYPT: make them with htpasswd -B/,
    ],
    [
      { task: { ...serviceTask, User: '1234' } },
      /user 1234 may not write to \/var\/lib\/registry: .*chown -v VOLUME/,
    ],
  ];
  await Promise.all(
    cases.map(async ([options, message], index) => {
      const container = await network.start({
        image,
        alias: `refused${index}`,
        binds,
        task: serviceTask,
        ...options,
      });
      const { exitCode, log } = await container.ended();
      t.equal(exitCode, 1);
      t.match(log, message);
      t.equal(log.trim().split('\n').length, 1, log);
    }),
  );
});
