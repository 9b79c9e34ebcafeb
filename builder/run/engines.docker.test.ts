import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { awkwardChanges } from '../testing/awkward-changes.js';
import { NormalUser } from '../testing/normal-user.js';
import { PlatenProgram, type ProgramOutcome } from '../testing/platen-program.js';

// Builds three images with Docker, and with the sandbox as root and as a user without Docker. Slow on small machines.
t.setTimeout(1_800_000);

const images = ['awkward', 'mariadb', 'wordpress'] as const;
type Built = Record<(typeof images)[number], { digest: string; layers: object[]; layout?: string }>;

const folder = t.testdir({ program: {} });
const program = new PlatenProgram(join(folder, 'program'));
const project = join(folder, 'project');
for (const name of ['images', 'playbooks']) cpSync(name, join(project, name), { recursive: true });
mkdirSync(join(project, 'images/awkward'));
writeFileSync(
  join(project, 'images/awkward/image.yaml'),
  'name: awkward\nplatform: linux/amd64\nbase: { debian: trixie }\nplaybook: awkward.yml\n',
);
// Without the last, which removes what the others made.
const tasks = awkwardChanges.slice(0, -1).map((script) => `    - shell: ${JSON.stringify(script)}\n`);
writeFileSync(join(project, 'playbooks/awkward.yml'), `- hosts: all\n  tasks:\n${tasks.join('')}`);

/** Builds all images from a cache without any of their steps. */
async function buildAll(t: Test, build: (image: string) => Promise<ProgramOutcome>): Promise<Built> {
  const built: Partial<Built> = {};
  const before = new Set<string>();
  for (const image of images) {
    const { exitCode, stdout, stderr } = await build(image);
    t.equal(exitCode, 0, stderr);
    const result = JSON.parse(stdout) as Built['awkward'] & {
      steps: { name: string; cached: boolean }[];
    };
    // Images that share a role may share a step.
    const cached = result.steps.filter((step) => step.cached && !step.name.startsWith('base '));
    t.same(
      cached.map(({ name }) => name.replace(/^.* : /, '')).filter((name) => !before.has(name)),
      [],
      `nothing of ${image} was cached but what an image before it has too`,
    );
    for (const { name } of result.steps) before.add(name.replace(/^.* : /, ''));
    built[image] = result;
  }
  return built as Built;
}

/** Builds as root, with a cache below the test's folder. */
function byRoot(t: Test, engine: 'docker' | 'sandbox'): Promise<Built> {
  const options = ['--engine', engine, '--no-load', '--no-smoke', '--json'];
  const environment = { XDG_CACHE_HOME: join(folder, engine), XDG_CONFIG_HOME: '/nowhere' };
  return buildAll(t, (image) => program.run(['build', image, ...options], { folder: project, environment }));
}

let one: Built;

t.test('the sandbox, as root', async (t) => {
  t.teardown(() => rmSync(join(folder, 'sandbox/platen/sandbox'), { recursive: true }));
  one = await byRoot(t, 'sandbox');
});

t.test('Docker makes the same images', async (t) => {
  // Root makes the base in both cases.
  cpSync(join(folder, 'sandbox'), join(folder, 'docker'), { recursive: true });
  for (const kind of ['step', 'layer', 'explain', 'last-build', 'smoke'])
    rmSync(join(folder, 'docker/platen/records', kind), { recursive: true, force: true });
  const two = await byRoot(t, 'docker');
  for (const image of images) {
    t.same(two[image].layers.slice(1), one[image].layers.slice(1), image);
    t.equal(two[image].digest, one[image].digest, image);
  }
});

t.test(
  'so does a user without Docker, from nothing and in other surroundings, into OCI layouts',
  async (t) => {
    const user = new NormalUser();
    t.teardown(() => user.remove());
    const environment = { TZ: 'Asia/Tokyo', LANG: 'tr_TR.UTF-8', LC_ALL: 'C' };
    const surroundings = { folder: user.adopt(project, 'project'), umask: '077', environment };
    const three = await buildAll(t, (image) => user.run(['build', image, '--json'], surroundings));
    for (const image of images) {
      t.same(three[image].layers, one[image].layers, image);
      t.equal(three[image].digest, one[image].digest, image);
      const layout = join(user.home, 'project/dist/images', image);
      t.equal(three[image].layout, layout);
      const found = execFileSync('skopeo', ['inspect', `oci:${layout}`], { encoding: 'utf8' });
      t.equal((JSON.parse(found) as { Digest: string }).Digest, one[image].digest);
    }

    const again = await user.run(['build', 'wordpress'], { folder: surroundings.folder });
    t.equal(again.stdout, `${one.wordpress.digest}\n`);
    t.match(
      again.stderr,
      `skopeo copy oci:${user.home}/project/dist/images/wordpress docker-daemon:wordpress:latest`,
    );

    const cache = join(user.home, '.cache');
    t.not(user.foreignFiles(cache), '', 'unpacked layers are of subordinate ids');
    const pruned = await user.run(['cache', 'prune', '--all', '--json'], surroundings);
    t.match(JSON.parse(pruned.stdout), { left: { records: 0, blobs: 0 }, sandbox: { left: 0 } });
    t.equal(user.foreignFiles(cache), '', 'and the same user can remove them');
  },
);

t.test('a user without subordinate ids is told how to get them', async (t) => {
  const user = new NormalUser({ ids: false });
  t.teardown(() => user.remove());
  const { exitCode, stdout } = await user.run(['doctor', 'engine', 'sandbox', 'Docker'], {
    folder: user.home,
  });
  t.equal(exitCode, 1);
  t.match(stdout, /^missing +engine +none: neither works here \(auto\)\n/);
  t.match(
    stdout,
    /^missing +sandbox +\S+ has no 65536 subordinate ids in \/etc\/subuid and \/etc\/subgid\n +Run usermod /m,
  );
  t.match(stdout, /^missing +Docker +No Docker engine answers at \/nowhere/m);
});
