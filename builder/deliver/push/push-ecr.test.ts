import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
} from '@aws-sdk/client-ecr';
import t, { type Test } from 'tap';
import { PlatenProgram, type ProgramOutcome } from '../../testing/platen-program.js';
import { EcrStandIn } from '../../run/fixtures/ecr-stand-in.js';
import { SmallProject } from '../../run/fixtures/small-project.js';
import type { PushedImage } from '../../run/push-options.js';

const folder = t.testdir({ program: {}, ecr: {}, project: {}, docker: { 'config.json': '{}' } });
const program = new PlatenProgram(join(folder, 'program'));
const ecr = await EcrStandIn.start(t, join(folder, 'ecr'));
const projectFolder = join(folder, 'project');
/** Larger than one part. */
const size = 9_000_000;
const playbook = (text: string) => `- hosts: all
  tasks:
    - copy: { src: data.bin, dest: /etc/data.bin }
    - copy: { content: "${text}", dest: /etc/greeting }
`;
const small = await SmallProject.create(projectFolder, { 'playbooks/small.yml': playbook('one') });
mkdirSync(join(projectFolder, 'playbooks/files'));
writeFileSync(join(projectFolder, 'playbooks/files/data.bin'), randomBytes(size));

const secrets = [ecr.password, ecr.moto.environment.AWS_SECRET_ACCESS_KEY ?? '', btoa(`AWS:${ecr.password}`)];

/** Runs the program, and checks that its output holds no secret. */
async function run(
  t: Test,
  argv: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ProgramOutcome> {
  const outcome = await program.run(argv.split(' '), {
    folder: projectFolder,
    environment: {
      ...ecr.environment,
      XDG_CACHE_HOME: small.cache,
      DOCKER_CONFIG: join(folder, 'docker'),
      ...environment,
    },
  });
  for (const secret of secrets)
    t.notOk((outcome.stdout + outcome.stderr).includes(secret), 'no secret is told');
  return outcome;
}

async function build(t: Test, text: string): Promise<string> {
  small.write({ 'playbooks/small.yml': playbook(text) });
  const { exitCode, stdout, stderr } = await run(t, 'build small --no-load --quiet');
  t.equal(exitCode, 0, stderr);
  return stdout.trim();
}

function pushed(t: Test, { exitCode, stdout, stderr }: ProgramOutcome): PushedImage {
  t.equal(exitCode, 0, stderr);
  return JSON.parse(stdout) as PushedImage;
}

/** The digest of a tag of team/small in ECR. */
async function digestOf(imageTag: string): Promise<string | undefined> {
  const asked = { repositoryName: 'team/small', imageIds: [{ imageTag }] };
  const { imageDetails } = await ecr.client.send(new DescribeImagesCommand(asked));
  return imageDetails?.[0]?.imageDigest;
}

const writes = (from: number) => ecr.requests.slice(from).filter((line) => !/^(?:GET|HEAD) /.test(line));
const push = `push small --json --registry ${ecr.host}/team`;

t.test('a repository that is missing is named before anything is sent', async (t) => {
  await build(t, 'one');
  const { exitCode, stdout, stderr } = await run(t, push);
  t.equal(exitCode, 1);
  t.equal(stdout, '');
  t.match(
    stderr,
    `platen: There is no repository ${ecr.host}/team/small\n  Make it with --create-repository`,
  );
  t.strictSame(ecr.requests, [], 'the registry itself was not asked');
});

t.test('--create-repository makes it, and large layers go in parts', async (t) => {
  const digest = await build(t, 'one');
  const result = pushed(t, await run(t, `${push} --tag :1 --create-repository`));
  t.match(result, {
    digest,
    tags: [`${ecr.host}/team/small:1`],
    pushed: { registry: ecr.host, existing: 0 },
  });
  t.equal(ecr.requests.filter((line) => line.startsWith('PATCH ')).length >= 3, true, 'parts');
  const { repositories } = await ecr.client.send(new DescribeRepositoriesCommand({}));
  t.match(repositories, [
    {
      repositoryName: 'team/small',
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageScanningConfiguration: { scanOnPush: true },
    },
  ]);
  const before = ecr.requests.length;
  const again = pushed(t, await run(t, `${push} --tag :1`));
  t.match(again.pushed, { uploaded: 0, bytes: 0 });
  t.strictSame(writes(before), [], 'the tag names this image: nothing is left to do');
});

t.test('a tag that may not be moved is not, and both digests are told', async (t) => {
  const first = await build(t, 'one');
  const second = await build(t, 'two');
  const before = ecr.requests.length;
  const { exitCode, stderr } = await run(t, `${push} --tag :1`);
  t.equal(exitCode, 1);
  t.match(
    stderr,
    `${ecr.host}/team/small:1 names another image already, and the repository does not let tags move`,
  );
  t.match(stderr, new RegExp(`there: ${first}\\n +here: +${second}\\n`));
  t.strictSame(writes(before), [], 'nothing was sent');
  t.equal(pushed(t, await run(t, `${push} --tag :2`)).digest, second, 'another tag will do');
  pushed(t, await run(t, push));
  t.equal(await digestOf('latest'), second);
  const third = await build(t, 'three');
  pushed(t, await run(t, push));
  t.equal(await digestOf('latest'), third, 'latest may be moved');
  t.strictSame([await digestOf('1'), await digestOf('2')], [first, second], 'no other tag was');
});

t.test('one that became immutable meanwhile is told the same way', async (t) => {
  const repositoryName = 'team/open';
  await ecr.client.send(new CreateRepositoryCommand({ repositoryName, imageTagMutability: 'MUTABLE' }));
  const first = await build(t, 'one');
  pushed(t, await run(t, `push small --json --tag ${ecr.host}/${repositoryName}:1`));
  const second = await build(t, 'two');
  ecr.refuse = (method, path) =>
    method === 'PUT' && path.endsWith('/manifests/1')
      ? { status: 400, code: 'TAG_INVALID', message: "The image tag '1' already exists" }
      : undefined;
  t.teardown(() => (ecr.refuse = () => undefined));
  const { exitCode, stderr } = await run(t, `push small --json --tag ${ecr.host}/${repositoryName}:1`);
  t.equal(exitCode, 1);
  t.match(stderr, new RegExp(`there: ${first}\\n +here: +${second}\\n`));
});

for (const status of [400, 401, 403])
  t.test(`a token that expires in mid-push with ${status} is renewed`, async (t) => {
    const repositoryName = `team/expires-${status}`;
    await ecr.client.send(new CreateRepositoryCommand({ repositoryName }));
    // Without a sibling to mount from.
    writeFileSync(join(projectFolder, 'playbooks/files/data.bin'), randomBytes(size));
    const digest = await build(t, `expires ${status}`);
    const before = ecr.moto.tokens;
    let parts = 0;
    ecr.refuse = (method) => {
      if (method === 'PATCH') parts += 1;
      if (method === 'PATCH' && parts === 2) ecr.expireTokens(status);
      return undefined;
    };
    t.teardown(() => (ecr.refuse = () => undefined));
    const outcome = await run(t, `push small --json --tag ${ecr.host}/${repositoryName}:1`);
    t.equal(pushed(t, outcome).digest, digest);
    t.ok(parts > 3, `${parts} parts`);
    t.equal(ecr.moto.tokens, before + 2, 'one token more');
  });

t.test('a permission that is missing is told, with those that a push needs', async (t) => {
  await ecr.client.send(new CreateRepositoryCommand({ repositoryName: 'team/closed' }));
  ecr.refuse = (method) =>
    method === 'POST'
      ? {
          status: 403,
          code: 'DENIED',
          message:
            'User: arn:aws:iam::123456789012:user/x is not authorized to perform: ecr:InitiateLayerUpload',
        }
      : undefined;
  t.teardown(() => (ecr.refuse = () => undefined));
  const { exitCode, stderr } = await run(t, `push small --tag ${ecr.host}/team/closed:1`);
  t.equal(exitCode, 1);
  t.match(stderr, /not authorized to perform: ecr:InitiateLayerUpload/);
  t.match(stderr, /A push needs ecr:GetAuthorizationToken, .* and ecr:PutImage\.\n$/);
});

t.test('a scan is awaited, shown, and counts', async (t) => {
  const digest = await build(t, 'scanned');
  const attributes = [
    { key: 'package_name', value: 'zlib1g' },
    { key: 'package_version', value: '1.3' },
  ];
  await ecr.moto.setScanResults({
    results: [
      {
        imageId: { imageDigest: digest },
        repositoryName: 'team/small',
        imageScanStatus: { status: 'COMPLETE' },
        imageScanFindings: {
          findings: [
            { name: 'CVE-2026-1', severity: 'LOW' },
            { name: 'CVE-2026-2', severity: 'HIGH', attributes },
          ],
        },
      },
    ],
    account_id: '123456789012',
    region: 'eu-central-1',
  });
  const fails = await run(t, `${push} --tag :scanned --scan-threshold high`);
  t.equal(fails.exitCode, 1);
  t.equal(fails.stdout, '');
  t.match(
    fails.stderr,
    /severity +finding +package +version +fixed in\n +high +CVE-2026-2 +zlib1g +1\.3\n +low +CVE-2026-1\n/,
  );
  t.match(
    fails.stderr,
    /platen: The scan of team\/small@sha256:.* has 1 finding of severity high or worse\n/,
  );
  const passes = pushed(t, await run(t, `${push} --tag :scanned --scan-threshold critical`));
  t.match(passes.scan, [{ name: 'CVE-2026-2' }, { name: 'CVE-2026-1' }]);
});

t.test('nobody is logged in to AWS', async (t) => {
  const before = ecr.requests.length;
  const { exitCode, stderr } = await run(t, push, {
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    HOME: folder,
  });
  t.equal(exitCode, 1);
  t.match(stderr, /there are no AWS credentials\n {2}Set AWS_PROFILE, or /);
  t.equal(ecr.requests.length, before);
});

t.test('no other process can read a secret from the command lines', async (t) => {
  await build(t, 'listed');
  let listed = '';
  ecr.refuse = (method) => {
    if (method === 'PATCH') listed += execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    return undefined;
  };
  t.teardown(() => (ecr.refuse = () => undefined));
  await ecr.client.send(new CreateRepositoryCommand({ repositoryName: 'team/listed' }));
  pushed(t, await run(t, `push small --json --tag ${ecr.host}/team/listed:1`));
  t.match(listed, 'push small', 'the program was listed');
  for (const secret of secrets) t.notOk(listed.includes(secret));
});
