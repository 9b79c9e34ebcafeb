import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startDockerRegistry } from '../../testing/docker-registry.js';
import { PlatenProgram } from '../../testing/platen-program.js';
import { SmallProject } from '../../run/fixtures/small-project.js';
import type { PushedImage } from '../../run/push-options.js';

const folder = t.testdir({ program: {}, project: {}, docker: { 'config.json': '{}' }, context: {} });
const program = new PlatenProgram(join(folder, 'program'));
const registry = await startDockerRegistry();
t.teardown(() => registry.stop());
const project = await SmallProject.create(join(folder, 'project'), {
  'playbooks/small.yml': '- hosts: all\n  tasks:\n    - copy: { content: hello, dest: /etc/greeting }\n',
});
const name = `platen-test/push-docker-${process.pid}`;
const made = new Set<string>();
t.teardown(() => docker('image', 'rm', '-f', ...made));

function execute(command: string, argv: readonly string[], input?: Buffer): Buffer {
  return execFileSync(command, argv, { input, stdio: ['pipe', 'pipe', 'ignore'], maxBuffer: 1 << 28 });
}

function docker(...argv: string[]): string {
  return execute('docker', argv).toString('utf8').trim();
}

function run(...argv: string[]) {
  return program.run(argv, {
    folder: project.folder,
    environment: { XDG_CACHE_HOME: project.cache, DOCKER_CONFIG: join(folder, 'docker') },
  });
}

async function push(t: Test, ...argv: string[]): Promise<PushedImage & { stderr: string }> {
  const { exitCode, stdout, stderr } = await run('push', ...argv, '--json');
  t.equal(exitCode, 0, stderr);
  return { ...(JSON.parse(stdout) as PushedImage), stderr };
}

const idOf = (image: string) => docker('image', 'inspect', '--format', '{{.Id}}', image);

/** The image's id according to skopeo, which verifies every blob. */
function configOf(reference: string): string {
  const argv = ['inspect', '--raw', '--tls-verify=false', `docker://${reference}`];
  const { config } = JSON.parse(execute('skopeo', argv).toString('utf8')) as { config: { digest: string } };
  execute('skopeo', [
    'copy',
    '--quiet',
    '--src-tls-verify=false',
    `docker://${reference}`,
    `dir:${mkdtempSync(join(folder, 'copy-'))}`,
  ]);
  return config.digest;
}

/** An image that Docker built, with two layers. */
function makeForeign(): string {
  const image = `${name}:foreign`;
  const tar = execute('tar', ['-C', join(project.folder, 'root'), '-c', '.']);
  execute('docker', ['import', '-', `${name}:base`], tar);
  writeFileSync(join(folder, 'context/greeting'), 'from Docker');
  writeFileSync(
    join(folder, 'context/Dockerfile'),
    `FROM ${name}:base\nCOPY greeting /etc/greeting\nENV A=b\nCMD ["/bin/cat", "/etc/greeting"]\n`,
  );
  docker('build', '--quiet', '--tag', image, join(folder, 'context'));
  for (const one of [image, `${name}:base`]) made.add(one);
  return image;
}

t.test('an image that platen loaded has the digest that the build printed', async (t) => {
  made.add(`${name}:built`);
  const { digest } = await project.build({ load: true, tags: [`${name}:built`] });
  const pushed = await push(t, `docker:${name}:built`, '--registry', registry.host);
  t.match(pushed, { digest, tags: [`${registry.host}/${name}:built`] });
  t.equal(configOf(`${registry.host}/${name}@${digest}`), idOf(`${name}:built`));
});

t.test('an image that Docker made keeps its id, and is the same wherever it is pulled', async (t) => {
  const image = makeForeign();
  const to = ['--registry', `${registry.host}/team`];
  const first = await push(t, `docker:${image}`, ...to);
  t.strictSame(first.tags, [`${registry.host}/team/${name}:foreign`]);
  t.match(first.pushed, { uploaded: 3, existing: 0 });
  const id = idOf(image);
  const reference = `${registry.host}/team/${name}@${first.digest}`;
  t.equal(configOf(reference), id);

  const again = await push(t, `docker:${image}`, ...to, '--tag', ':2');
  t.match(again, { digest: first.digest, tags: [`${registry.host}/team/${name}:2`] });
  t.match(again.pushed, { uploaded: 0, bytes: 0 });
  t.match(again.stderr, /^cached .*take .* from Docker$/m, 'nothing is compressed again');

  docker('image', 'rm', '-f', image, `${name}:base`);
  made.add(reference);
  docker('pull', '--quiet', reference);
  t.equal(idOf(reference), id);
  t.equal(docker('run', '--rm', reference), 'from Docker');
});

t.test('a registry in its name is where it goes', async (t) => {
  const image = `${registry.host}/own/app:3`;
  made.add(image);
  await project.build({ load: true, tags: [image] });
  t.strictSame((await push(t, `docker:${image}`)).tags, [image]);
  t.strictSame((await push(t, `docker:${image}`, '--registry', `${registry.host}/other`)).tags, [
    `${registry.host}/other/own/app:3`,
  ]);
});

t.test('what goes wrong ends with one message and the right code', async (t) => {
  const wrong: readonly (readonly [argv: string, exitCode: number, message: RegExp])[] = [
    [`docker:${name}:absent --registry ${registry.host}`, 1, /^platen: Docker has no image ".*:absent"\n/],
    [
      `docker:0123456789ab --registry ${registry.host}`,
      2,
      /is an image's id, not a name\n {2}Give it a name: --tag /,
    ],
    [`docker: --registry ${registry.host}`, 2, /^platen: docker: names no image\n/],
    ['docker:app:1', 2, /^platen: No registry is given for docker:app:1\n/],
    [`docker:${registry.host}/app:1 --tag app:2`, 2, /^platen: No registry is given for docker:/],
  ];
  for (const [argv, exitCode, message] of wrong) {
    const outcome = await run('push', ...argv.split(' '));
    t.strictSame([outcome.exitCode, outcome.stdout], [exitCode, ''], argv);
    t.match(outcome.stderr, message);
  }
});
