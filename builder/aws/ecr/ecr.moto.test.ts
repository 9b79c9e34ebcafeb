import { createHash } from 'node:crypto';
import {
  ECRClient,
  GetLifecyclePolicyCommand,
  ListTagsForResourceCommand,
  PutImageCommand,
  DescribeRepositoriesCommand,
} from '@aws-sdk/client-ecr';
import t from 'tap';
import { BuilderError } from '../../errors.js';
import { MotoServer } from '../../testing/moto-server.js';
import { NoCredentialsError } from '../aws-error.js';
import { awaitScan } from './await-scan.js';
import { ecrRegistry } from './ecr.js';
import { ecrCredentials } from './ecr-credentials.js';
import { defaultRepositorySettings } from './repository-settings.js';

const host = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
const moto = await MotoServer.start(t);
Object.assign(process.env, moto.environment);
for (const name of ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_REGION', 'AWS_DEFAULT_REGION'])
  delete process.env[name];

const registry = ecrRegistry(host, process.env);
if (registry === undefined) throw new Error('not ECR');
const client = new ECRClient({ region: 'eu-central-1' });

t.test('tokens come from AWS', async (t) => {
  const credentials = ecrCredentials({ environment: process.env });
  t.strictSame(await credentials.find(host, { renew: false }), {
    username: 'AWS',
    password: '123456789012-auth-token-1',
  });
  t.equal(await credentials.find('localhost:5000', { renew: false }), undefined);
});

t.test('a repository is made as the settings say, and found', async (t) => {
  t.equal(await registry.findRepository('team/php'), undefined);
  await registry.createRepository('team/php', {
    immutableTags: true,
    scanOnPush: true,
    encryption: { kind: 'KMS', key: 'alias/images' },
    keepUntagged: 7,
    tags: { owner: 'web' },
  });
  const found = await registry.findRepository('team/php');
  t.match([found?.isImmutable('6.8'), found?.isImmutable('latest')], [true, true]);
  const { repositories } = await client.send(new DescribeRepositoriesCommand({}));
  t.match(repositories, [
    {
      repositoryName: 'team/php',
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: { encryptionType: 'KMS', kmsKey: 'alias/images' },
    },
  ]);
  const resourceArn = repositories?.[0]?.repositoryArn;
  const { tags } = await client.send(new ListTagsForResourceCommand({ resourceArn }));
  t.strictSame(tags, [{ Key: 'owner', Value: 'web' }]);
  const policy = await client.send(new GetLifecyclePolicyCommand({ repositoryName: 'team/php' }));
  t.match(JSON.parse(policy.lifecyclePolicyText ?? ''), {
    rules: [{ selection: { tagStatus: 'untagged', countNumber: 7 }, action: { type: 'expire' } }],
  });
  await t.resolves(
    registry.createRepository('team/php', defaultRepositorySettings),
    'which is there already',
  );
});

t.test('by default all tags stay but latest', async (t) => {
  await registry.createRepository('team/site', defaultRepositorySettings);
  const found = await registry.findRepository('team/site');
  t.strictSame([found?.isImmutable('6.8'), found?.isImmutable('latest')], [true, false]);
});

t.test('what a scan finds, the worst first', async (t) => {
  const digest = await putImage('team/php', '1');
  t.equal(await registry.scanFindings({ repository: 'team/php', digest }), undefined);
  const finding = (name: string, severity: string, version: string) => ({
    name,
    severity,
    attributes: [
      { key: 'package_name', value: 'zlib' },
      { key: 'package_version', value: version },
    ],
  });
  const answer = (status: string, findings: unknown[]) => ({
    imageId: { imageDigest: digest },
    repositoryName: 'team/php',
    imageScanStatus: { status, description: 'as told' },
    imageScanFindings: { findings, findingSeverityCounts: {} },
  });
  const low = finding('CVE-2026-1', 'LOW', '1.1');
  const high = finding('CVE-2026-2', 'HIGH', '1.2');
  await moto.setScanResults({
    results: [answer('COMPLETE', [low, high])],
    account_id: '123456789012',
    region: 'eu-central-1',
  });
  const waits: number[] = [];
  const sleep = async (ms: number) => void waits.push(ms);
  const findings = await awaitScan(registry, { repository: 'team/php', digest }, { sleep });
  t.strictSame(findings, [
    { name: 'CVE-2026-2', severity: 'HIGH', package: 'zlib', version: '1.2' },
    { name: 'CVE-2026-1', severity: 'LOW', package: 'zlib', version: '1.1' },
  ]);
  t.equal(waits.length, 1, 'one wait after it was asked for');
});

t.test('an image that is not there can not be scanned', async (t) => {
  const image = { repository: 'team/php', digest: `sha256:${'0'.repeat(64)}` };
  await t.rejects(awaitScan(registry, image), {
    message: /^Can't read what the scan of .*team\/php@sha256:0+ found: /,
  });
  await t.rejects(awaitScan(registry, { ...image, repository: 'absent' }), { message: /absent/ });
});

t.test('nobody is logged in', async (t) => {
  const { AWS_ACCESS_KEY_ID, ...rest } = process.env;
  delete process.env.AWS_ACCESS_KEY_ID;
  t.teardown(() => (process.env.AWS_ACCESS_KEY_ID = AWS_ACCESS_KEY_ID));
  const error = await ecrCredentials({ environment: rest }).find(host, { renew: false }).catch(String);
  t.equal(error, `NoCredentialsError: Can't log in to ${host}: there are no AWS credentials`);
  await t.rejects(Promise.resolve(ecrRegistry(host, rest)?.findRepository('x')), NoCredentialsError);
});

t.test('nobody answers', async (t) => {
  const { AWS_ENDPOINT_URL } = process.env;
  process.env.AWS_ENDPOINT_URL_ECR = 'http://127.0.0.1:1';
  process.env.AWS_MAX_ATTEMPTS = '1';
  t.teardown(() => {
    delete process.env.AWS_ENDPOINT_URL_ECR;
    delete process.env.AWS_MAX_ATTEMPTS;
    process.env.AWS_ENDPOINT_URL = AWS_ENDPOINT_URL;
  });
  await t.rejects(Promise.resolve(ecrRegistry(host, process.env)?.token()), {
    code: 'unavailable',
    message: /^Can't log in to .*: AWS can't be reached \(.*127\.0\.0\.1:1/,
  });
});

// The last: from here on policies count.
t.test('who may not is told what is not allowed', async (t) => {
  await moto.iam('CreateUser', { UserName: 'mallory' });
  const keys = await moto.iam('CreateAccessKey', { UserName: 'mallory' });
  const [, id = ''] = /<AccessKeyId>(.*?)</.exec(keys) ?? [];
  const [, secret = ''] = /<SecretAccessKey>(.*?)</.exec(keys) ?? [];
  await moto.enforcePolicies();
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret });
  const fresh = ecrRegistry(host, process.env);
  const error = await fresh?.createRepository('team/new', defaultRepositorySettings).catch((e: unknown) => e);
  t.type(error, BuilderError);
  t.match(error, {
    code: 'failed',
    message:
      /^Can't make the repository .*team\/new: AWS does not allow ecr:CreateRepository \(.*user\/mallory/,
    hint: /Allow ecr:CreateRepository/,
  });
  process.env.AWS_SECRET_ACCESS_KEY = 'another';
  const wrong = await ecrRegistry(host, process.env)
    ?.token()
    .catch((e: unknown) => e);
  t.match(wrong, { message: `Can't log in to ${host}: AWS does not accept these credentials` });
  t.notMatch(JSON.stringify([(wrong as Error).message, (wrong as Error).cause]), /another|Signature/);
});

async function putImage(repositoryName: string, text: string): Promise<string> {
  const config = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  const imageManifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: config, size: 2 },
    layers: [],
  });
  const { image } = await client.send(new PutImageCommand({ repositoryName, imageManifest, imageTag: text }));
  return image?.imageId?.imageDigest ?? '';
}
