import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import {
  DescribeRepositoriesCommand,
  GetLifecyclePolicyCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-ecr';
import t, { type Test } from 'tap';
import { request } from 'undici';
import { startDockerRegistry } from '../testing/docker-registry.js';
import { PlatenProgram, type ProgramOutcome } from '../testing/platen-program.js';
import type { BuildResult } from './build-options.js';
import { EcrStandIn } from './fixtures/ecr-stand-in.js';
import { SmallProject } from './fixtures/small-project.js';
import type { PushedImage } from './push-options.js';

const folder = t.testdir({ program: {}, ecr: {}, project: {}, docker: { 'config.json': '{}' } });
const program = new PlatenProgram(join(folder, 'program'));
const ecr = await EcrStandIn.start(t, join(folder, 'ecr'));
const registry = await startDockerRegistry();
t.teardown(() => registry.stop());
const projectFolder = join(folder, 'project');
const playbook = (text: string) =>
  `- hosts: all\n  tasks:\n    - copy: { content: ${text}, dest: /etc/greeting }\n`;
const registryStack = readFileSync('infra-cfn/stacks/registry.yaml', 'utf8');
const small = await SmallProject.create(projectFolder, {
  'playbooks/small.yml': playbook('hello'),
  'infra-cfn/platform.yaml':
    'name: platen\nstacks: { registry: { template: stacks/registry.yaml, scope: account } }\n',
  'infra-cfn/stacks/registry.yaml': registryStack,
  'infra-cfn/environments/aws.yaml': 'region: eu-central-1\n',
  'infra-cfn/environments/local.yaml': '# Nothing is pushed.\n',
  'infra-cfn/environments/dev.yaml': `registry: { host: ${registry.host}/dev }\n`,
  'infra-cfn/environments/broken.yaml': `registry:\n  host: ${registry.host}\n  scanTreshold: high\n`,
  'infra-cfn/environments/prod.yaml': `registry:
  host: ${ecr.host}/prod
  createRepository: true
  repository:
    immutableTags: true
    movableTags: []
    scanOnPush: false
    encryption: KMS
    kmsKey: alias/images
    untaggedImagesKept: 7
    tags: { team: web }
  scanThreshold: high
`,
});
mkdirSync(join(projectFolder, 'below'));

function run(...argv: string[]): Promise<ProgramOutcome> {
  return program.run(argv, {
    // A folder below the project's.
    folder: join(projectFolder, 'below'),
    environment: {
      ...ecr.environment,
      XDG_CACHE_HOME: small.cache,
      DOCKER_CONFIG: join(folder, 'docker'),
      NO_PROXY: '127.0.0.1',
    },
  });
}

function printed<T>(t: Test, { exitCode, stdout, stderr }: ProgramOutcome): T {
  t.equal(exitCode, 0, stderr);
  return JSON.parse(stdout) as T;
}

const { digest } = await small.build();

/** Builds another image, whose scan will have one finding. */
async function buildWithFinding(severity: string): Promise<string> {
  small.write({ 'playbooks/small.yml': playbook(severity) });
  const { digest: imageDigest } = await small.build();
  const result = {
    repositoryName: 'prod/small',
    imageId: { imageDigest },
    imageScanStatus: { status: 'COMPLETE' },
    imageScanFindings: { findings: [{ name: 'CVE-2026-1', severity }] },
  };
  await ecr.moto.setScanResults({ results: [result], account_id: '123456789012', region: 'eu-central-1' });
  return imageDigest ?? '';
}

t.test('an image goes to the registry of its environment', async (t) => {
  const pushed = printed<PushedImage>(t, await run('push', 'small', '--env', 'dev', '--json'));
  t.match(pushed, { digest, tags: [`${registry.host}/dev/small:latest`] });
  const found = await fetchDigest('dev/small', 'latest');
  t.equal(found, digest);
  const built = printed<BuildResult>(
    t,
    await run('build', 'small', '--no-load', '--push', '--env', 'dev', '--tag', ':2', '--json'),
  );
  t.match(built, { digest, tags: [`${registry.host}/dev/small:2`], pushed: { uploaded: 0 } });
  t.equal(await fetchDigest('dev/small', '2'), digest);
});

t.test('what the command line says counts more', async (t) => {
  const argv = ['push', 'small', '--env', 'dev', '--registry', `${registry.host}/other`, '--json'];
  t.strictSame(printed<PushedImage>(t, await run(...argv)).tags, [`${registry.host}/other/small:latest`]);
  await buildWithFinding('HIGH');
  const prod = printed<PushedImage>(
    t,
    await run('push', 'small', '--env', 'prod', '--scan-threshold', 'critical', '--tag', ':1', '--json'),
  );
  t.match(prod.scan, [{ name: 'CVE-2026-1' }], 'the file says high');
});

t.test('a repository of ECR is made as the environment says', async (t) => {
  const low = await buildWithFinding('LOW');
  const argv = ['build', 'small', '--no-load', '--push', '--env', 'prod', '--tag', ':2', '--json'];
  const built = printed<BuildResult>(t, await run(...argv));
  t.match(built, { digest: low, tags: [`${ecr.host}/prod/small:2`], scan: [{ severity: 'LOW' }] });
  const { repositories } = await ecr.client.send(new DescribeRepositoriesCommand({}));
  t.match(repositories, [
    {
      repositoryName: 'prod/small',
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: false },
      encryptionConfiguration: { encryptionType: 'KMS', kmsKey: /alias\/images/ },
    },
  ]);
  const { lifecyclePolicyText = '' } = await ecr.client.send(
    new GetLifecyclePolicyCommand({ repositoryName: 'prod/small' }),
  );
  t.match(JSON.parse(lifecyclePolicyText), {
    rules: [{ selection: { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 7 } }],
  });
  const { tags } = await ecr.client.send(
    new ListTagsForResourceCommand({ resourceArn: repositories?.[0]?.repositoryArn }),
  );
  t.strictSame(Object.fromEntries(tags?.map(({ Key, Value }) => [Key, Value]) ?? []), {
    'managed-by': 'platen',
    team: 'web',
  });
});

t.test("the environment's threshold counts", async (t) => {
  await buildWithFinding('CRITICAL');
  const { exitCode, stdout, stderr } = await run('push', 'small', '--env', 'prod', '--tag', ':3', '--json');
  t.strictSame([exitCode, stdout], [1, '']);
  t.match(stderr, /has 1 finding of severity high or worse\n/);
});

t.test('an environment may be used without a push', async (t) => {
  const built = printed<BuildResult>(t, await run('build', 'small', '--no-load', '--env', 'prod', '--json'));
  t.match(built, { image: 'small', pushed: null });
  t.notOk('scan' in built);
});

t.test('where the file says no registry, it is that of the account', async (t) => {
  const push = ['push', 'small', '--env', 'aws', '--json'];
  const early = await run(...push);
  t.strictSame([early.exitCode, early.stdout], [2, '']);
  t.match(
    early.stderr,
    /aws\.yaml has no registry, and the stack platen-registry is not there yet\n {2}Make it with "npm run provision -- --env aws"/,
  );
  const unpushed = ['build', 'small', '--no-load', '--env', 'aws', '--json'];
  t.match(printed<BuildResult>(t, await run(...unpushed)), { pushed: null });

  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'swordfish-of-aws' };
  const account = new CloudFormationClient({ region: 'eu-central-1', endpoint: ecr.moto.url, credentials });
  await account.send(
    new CreateStackCommand({
      StackName: 'platen-registry',
      TemplateBody: registryStack,
      Parameters: [{ ParameterKey: 'RepositoryName', ParameterValue: 'small' }],
    }),
  );
  t.strictSame(printed<PushedImage>(t, await run(...push)).tags, [`${ecr.host}/small:latest`]);
  const built = printed<BuildResult>(t, await run(...unpushed, '--push', '--tag', ':5'));
  t.match(built, { tags: [`${ecr.host}/small:5`] });
  const refused = await run(...push, '--create-repository');
  t.strictSame([refused.exitCode, refused.stdout], [2, '']);
  t.match(refused.stderr, "--create-repository can't be combined with the account's registry");
});

const wrong: readonly (readonly [argv: string, message: RegExp])[] = [
  [
    'push small --env local',
    /No registry is given for small\n {2}infra-cfn\/environments\/local\.yaml has no registry: add one there\. Or:\n/,
  ],
  ['build small --no-load --push --env local', /No registry is given for the image\n.*local\.yaml has no/],
  [
    'push small --env prd',
    /There is no environment "prd".*\n {2}Did you mean "prod"\? There are: aws, broken, dev, local, prod\./,
  ],
  [
    'build small --no-load --env nowhere',
    /There is no environment "nowhere".*\n {2}There are: aws, broken, dev, local, prod\./,
  ],
  [
    'push small --env broken',
    /The key "scanTreshold" is not known in registry\n {2}at infra-cfn\/environments\/broken\.yaml:3:3\n {2}3 \| {3}scanTreshold: high\n +\| +\^\n {2}Did you mean "scanThreshold"\?\n$/,
  ],
  [
    `push small --env prod --registry ${registry.host}`,
    /is not in ECR: only ECR scans images\n {2}Leave out --scan-threshold, or scanThreshold in the environment\.\n/,
  ],
];

for (const [argv, message] of wrong)
  t.test(`${argv} is refused`, async (t) => {
    const { exitCode, stdout, stderr } = await run(...argv.split(' '));
    t.strictSame([exitCode, stdout], [2, '']);
    t.match(stderr, message);
  });

/** The digest in the registry itself. */
async function fetchDigest(repository: string, tag: string): Promise<string> {
  const { headers, body } = await request(`http://${registry.host}/v2/${repository}/manifests/${tag}`, {
    method: 'HEAD',
    headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
  });
  await body.dump();
  return String(headers['docker-content-digest'] ?? '');
}
