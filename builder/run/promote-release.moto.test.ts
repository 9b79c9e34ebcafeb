import { resolve } from 'node:path';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import t from 'tap';
import { anonymous, parseReference, pushImage, readManifest, registryClient } from '../registry/index.js';
import { startDockerRegistry } from '../testing/docker-registry.js';
import { randomImage } from '../testing/made-image.js';
import { MotoServer } from '../testing/moto-server.js';
import { setVariables } from '../testing/set-variables.js';
import { preparePromotion } from './promote-release.js';

const region = 'eu-central-1';

/** A service that runs an image, as `status` looks for it. */
async function runService(image: string): Promise<void> {
  const template = {
    Resources: {
      Cluster: { Type: 'AWS::ECS::Cluster', Properties: { ClusterName: 'staging' } },
      Definition: {
        Type: 'AWS::ECS::TaskDefinition',
        Properties: {
          Family: 'web',
          ContainerDefinitions: [{ Name: 'wordpress', Image: image, Memory: 512 }],
        },
      },
      Service: {
        Type: 'AWS::ECS::Service',
        Properties: {
          Cluster: { Ref: 'Cluster' },
          ServiceName: 'staging-wordpress',
          TaskDefinition: { Ref: 'Definition' },
        },
      },
    },
    Outputs: { ServiceName: { Value: 'staging-wordpress' }, ClusterName: { Value: 'staging' } },
  };
  const client = new CloudFormationClient({ region });
  for (const [name, resources] of Object.entries({
    service: template.Resources,
    cluster: { Topic: { Type: 'AWS::SNS::Topic' } },
  })) {
    const body = JSON.stringify({ ...template, Resources: resources });
    await client.send(new CreateStackCommand({ StackName: `platen-staging-${name}`, TemplateBody: body }));
  }
}

t.test('what runs in one environment is found, and the other takes it from its own registry', async (t) => {
  const moto = await MotoServer.startCloser(t);
  setVariables(t, moto.environment);
  const [staging, prod] = await Promise.all([
    startDockerRegistry({ inMemory: true }),
    startDockerRegistry({ inMemory: true }),
  ]);
  t.teardown(() => Promise.all([staging.stop(), prod.stop()]));
  const file = (host: string): string =>
    `account: '123456789012'\nregion: ${region}\nregistry: { host: '${host}' }\nswitches: { registry: false }\n`;
  const projectFolder = t.testdir({
    'infra-cfn': {
      environments: { 'staging.yaml': file(staging.host), 'prod.yaml': file(prod.host) },
      'platform.yaml': t.fixture('symlink', resolve('infra-cfn/platform.yaml')),
      stacks: t.fixture('symlink', resolve('infra-cfn/stacks')),
    },
  });
  const context = {
    reporter: { report: () => {} },
    signal: new AbortController().signal,
    environment: { HOME: '/nowhere' },
    projectFolder,
  };
  const way = { from: 'staging', to: 'prod' };
  await t.rejects(preparePromotion(way, context), { code: 'failed', message: 'Nothing runs in staging' });

  using client = registryClient({ credentials: anonymous });
  const image = randomImage();
  const { digest } = image.manifest;
  await pushImage(client, image, parseReference(`${staging.host}/wordpress`), { tags: ['1'] });
  await runService(`${staging.host}/wordpress@${digest}`);
  const promotion = await preparePromotion(way, context);
  t.match(promotion, {
    digest,
    source: `${staging.host}/wordpress@${digest}`,
    image: `${prod.host}/wordpress@${digest}`,
    isThere: false,
  });
  await promotion.copy();
  t.equal((await readManifest(client, parseReference(promotion.image))).manifest.digest, digest);
});
