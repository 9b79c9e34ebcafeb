import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { registryLogin, startDockerRegistry } from '../testing/docker-registry.js';
import { PlatenProgram, type ProgramOutcome } from '../testing/platen-program.js';
import { RegistryFront } from './fixtures/registry-front.js';
import { SmallProject } from './fixtures/small-project.js';

const program = new PlatenProgram(t.testdir());
const registry = await startDockerRegistry();
t.teardown(() => registry.stop());

const size = 3_000_000;
const playbook = (text: string) => `- hosts: all
  roles: [data, more]
  tasks:
    - { name: Write, copy: { content: "${text}", dest: /etc/greeting } }
`;
const role = (name: string) => `- copy: { src: ${name}.bin, dest: /etc/${name}.bin }\n`;

/** A project whose image has a base, two incompressible layers of three megabytes, and a small one on top. */
async function makeProject(t: Test, docker: object = {}) {
  const folder = t.testdir({ docker: { 'config.json': JSON.stringify(docker) } });
  const small = await SmallProject.create(folder, {
    'playbooks/small.yml': playbook('hello'),
    'playbooks/roles/data/tasks/main.yml': role('data'),
    'playbooks/roles/more/tasks/main.yml': role('more'),
  });
  for (const name of ['data', 'more']) {
    mkdirSync(join(folder, `playbooks/roles/${name}/files`), { recursive: true });
    writeFileSync(join(folder, `playbooks/roles/${name}/files/${name}.bin`), randomBytes(size));
  }
  const environment = { XDG_CACHE_HOME: small.cache, DOCKER_CONFIG: join(folder, 'docker') };
  const start = (...argv: string[]) => program.start(argv, { folder, environment });
  return { folder, small, start, run: (...argv: string[]) => start(...argv).outcome };
}

interface Printed {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly loaded: boolean;
  readonly layers: readonly unknown[];
  readonly pushed: { uploaded: number; mounted: number; existing: number; bytes: number; registry: string };
}

function printed(t: Test, { exitCode, stdout, stderr }: ProgramOutcome): Printed {
  t.equal(exitCode, 0, stderr);
  return JSON.parse(stdout) as Printed;
}

/** Not execFileSync, because some of the servers run in this process. */
async function execute(program: string, ...argv: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, argv);
  return stdout.trim();
}

const docker = (...argv: string[]) => execute('docker', ...argv);

/** The digest according to skopeo, which verifies every blob. */
async function copyOf(reference: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'platen-copy-'));
  try {
    const to = `oci:${folder}/layout`;
    await execute('skopeo', 'copy', '--quiet', '--src-tls-verify=false', `docker://${reference}`, to);
    const index = JSON.parse(readFileSync(join(folder, 'layout/index.json'), 'utf8')) as {
      manifests: { digest: string }[];
    };
    return index.manifests[0]?.digest ?? '';
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The tags of a repository; undefined if there is none. */
function tagsOf(repository: string): Promise<string | undefined> {
  return execute('skopeo', 'list-tags', '--tls-verify=false', `docker://${repository}`).catch(
    () => undefined,
  );
}

t.test('a build is pushed, and Docker runs it by the digest that was printed', async (t) => {
  const { run } = await makeProject(t);
  const outcome = await run('build', 'small', '--push', '--no-load', '--registry', registry.host, '--json');
  const { digest, tags, loaded, layers, pushed } = printed(t, outcome);
  const blobs = layers.length + 1;
  t.match(
    { tags, loaded, pushed },
    {
      tags: [`${registry.host}/small:latest`],
      loaded: false,
      pushed: { registry: registry.host, uploaded: blobs, mounted: 0, existing: 0 },
    },
  );
  t.ok(pushed.bytes > 2 * size);
  t.match(outcome.stderr, /^sent +[0-9.]+ s {2}data: 3\.0 MB, [0-9.]+ MB\/s$/m);
  const reference = `${registry.host}/small@${digest}`;
  t.teardown(() => docker('image', 'rm', '-f', reference));
  await docker('pull', '--quiet', reference);
  t.equal(await docker('run', '--rm', reference, '/bin/cat', '/etc/greeting'), 'hello');
});

t.test('the second push sends nothing, a changed file its layer', async (t) => {
  const front = await RegistryFront.start(t, registry.host);
  const { run, small } = await makeProject(t);
  const to = ['--no-load', '--push', '--tag', `${front.host}/team/same:1`, '--json'];
  const first = printed(t, await run('build', 'small', ...to));
  const before = front.requests.length;
  const again = printed(
    t,
    await run('push', 'small', '--registry', `${front.host}/team`, '--tag', 'same:1', '--json'),
  );
  t.equal(again.digest, first.digest);
  t.match(again.pushed, { uploaded: 0, mounted: 0, existing: first.layers.length + 1, bytes: 0 });
  const asked = front.requests.slice(before);
  t.notOk(
    asked.some((line) => !/^(?:GET|HEAD) /.test(line)),
    'nothing is written',
  );
  t.ok(asked.length <= first.layers.length + 4, `${asked.length} requests`);

  small.write({ 'playbooks/small.yml': playbook('goodbye') });
  const changed = printed(t, await run('build', 'small', ...to));
  t.not(changed.digest, first.digest);
  t.match(
    changed.pushed,
    { uploaded: 2, existing: first.layers.length - 1 },
    'a layer and the configuration',
  );
  t.ok(changed.pushed.bytes < 5000, `${changed.pushed.bytes} bytes`);
  t.equal(await copyOf(`${front.host}/team/same:1`), changed.digest);
});

t.test('an image of the same base takes its layers from its sibling', async (t) => {
  const { run } = await makeProject(t);
  printed(
    t,
    await run('build', 'small', '--no-load', '--push', '--tag', `${registry.host}/team/one`, '--json'),
  );
  const two = printed(t, await run('push', 'small', '--tag', `${registry.host}/team/two`, '--json'));
  t.match(two.pushed, { uploaded: 0, bytes: 0 });
  t.ok(two.pushed.mounted > 2);
  t.equal(await copyOf(`${registry.host}/team/two:latest`), two.digest);
});

t.test('an OCI layout arrives byte for byte, under several names', async (t) => {
  const { run } = await makeProject(t);
  const built = printed(t, await run('build', 'small', '--no-load', '--output', 'oci:out', '--json'));
  const names = [`${registry.host}/copies/a:1`, `${registry.host}/copies/a:2`, `${registry.host}/copies/b:1`];
  const { digest, tags, pushed } = printed(
    t,
    await run('push', 'oci:out', ...names.flatMap((name) => ['--tag', name]), '--json'),
  );
  t.strictSame({ digest, tags }, { digest: built.digest, tags: names });
  t.equal(pushed.uploaded + pushed.mounted, 2 * (built.layers.length + 1), 'two repositories');
  for (const name of names) t.equal(await copyOf(name), digest);
});

for (const signal of ['SIGINT', 'SIGKILL'] as const)
  t.test(`after ${signal} the next push sends only what is missing`, async (t) => {
    const front = await RegistryFront.start(t, registry.host);
    const { run, start } = await makeProject(t);
    const built = printed(t, await run('build', 'small', '--no-load', '--json'));
    const repository = `${front.host}/${signal.toLowerCase()}`;
    const push = ['push', 'small', '--tag', `${repository}:1`, '--json'];
    front.delayMs = 4;
    const { child, outcome } = start(...push);
    await front.untilReceived(size + 1_000_000);
    // Slow enough on any machine.
    front.delayMs = 2000;
    const began = performance.now();
    child.kill(signal);
    const { exitCode, stdout, stderr } = await outcome;
    t.ok(performance.now() - began < 15_000, 'at once');
    t.equal(exitCode, signal === 'SIGINT' ? 130 : null);
    t.equal(stdout, '');
    if (signal === 'SIGINT') t.match(stderr, /platen: Interrupted\n$/);
    t.equal(await tagsOf(repository), undefined, 'no tag names half an image');

    front.delayMs = 0;
    const { pushed, digest } = printed(t, await run(...push));
    t.equal(pushed.uploaded + pushed.existing, built.layers.length + 1);
    t.ok(pushed.existing >= 1, `${pushed.existing} were there`);
    t.equal(await copyOf(`${repository}:1`), digest);
    t.equal(digest, built.digest);
  });

t.test('with a password that is right and one that is wrong', async (t) => {
  const closed = await startDockerRegistry({ htpasswd: true });
  t.teardown(() => closed.stop());
  const authOf = (password: string) => ({
    auths: {
      [closed.host]: { auth: Buffer.from(`${registryLogin.username}:${password}`).toString('base64') },
    },
  });
  const right = await makeProject(t, authOf(registryLogin.password));
  printed(t, await right.run('build', 'small', '--no-load', '--push', '--registry', closed.host, '--json'));

  const wrong = 'swordfish-of-docker';
  const encoded = Buffer.from(`${registryLogin.username}:${wrong}`).toString('base64');
  writeFileSync(join(right.folder, 'docker/config.json'), JSON.stringify(authOf(wrong)));
  const refused = await right.run('push', 'small', '--tag', `${closed.host}/other`, '--json');
  t.equal(refused.exitCode, 1);
  t.equal(refused.stdout, '');
  t.match(refused.stderr, closed.host);
  for (const secret of [wrong, encoded]) t.notMatch(refused.stderr, secret);

  writeFileSync(join(right.folder, 'docker/config.json'), '{}');
  const anonymous = await right.run('push', 'small', '--tag', `${closed.host}/other`);
  t.equal(anonymous.exitCode, 1);
  t.match(anonymous.stderr, /docker login/, 'says what to do');
});

t.test('what goes wrong ends with one message and the right code', async (t) => {
  const { run } = await makeProject(t);
  const cases: readonly (readonly [argv: string, exitCode: number, message: RegExp])[] = [
    [
      'push small --registry localhost:1',
      1,
      /images\/small was not built yet.*\n {2}Build it first: platen build small\.\n$/,
    ],
    ['push smal --registry localhost:1', 2, /There is no image "smal".*\n {2}Did you mean "small"\?/],
    ['push oci:absent --registry localhost:1', 2, /absent\/oci-layout can't be read/],
    ['build small --no-load --push --registry localhost:1', 1, /localhost:1/],
    [`push small --registry ${registry.host} --scan-threshold high`, 2, /is not in ECR/],
  ];
  for (const [argv, exitCode, message] of cases) {
    const outcome = await run(...argv.split(' '));
    t.equal(outcome.exitCode, exitCode, argv);
    t.match(outcome.stderr, message);
    t.equal(outcome.stdout, '');
    t.notMatch(outcome.stderr, / {4}at |this is a bug/);
  }
});

t.test('what failed its smoke checks is not pushed', async (t) => {
  const front = await RegistryFront.start(t, registry.host);
  const { run, small } = await makeProject(t);
  small.write({
    'images/small/image.yaml':
      "name: small\nbase: { oci: ../../base }\nplaybook: small.yml\nsmoke:\n  - { name: never, command: ['/bin/cat', /absent] }\n",
  });
  const outcome = await run('build', 'small', '--push', '--registry', front.host);
  t.equal(outcome.exitCode, 1);
  t.strictSame(front.requests, []);
});
