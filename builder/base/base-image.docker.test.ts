import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { makeLayout } from '../image/fixtures/make-layout.js';
import { makeRoot } from '../image/fixtures/make-root.js';
import { startDockerRegistry } from '../testing/docker-registry.js';
import { PlatenProgram } from '../testing/platen-program.js';
import { SmallProject } from '../run/fixtures/small-project.js';

const lock = 'images/app/image.lock.yaml';
const indexType = 'application/vnd.oci.image.index.v1+json';
const manifestType = 'application/vnd.oci.image.manifest.v1+json';

const folder = t.testdir({ bin: {} });
const project = await SmallProject.create(folder, {
  'images/small/image.yaml': `name: small
base: { oci: ../../base }
playbook: small.yml
run: { environment: { PATH: "/opt/tools:/bin:/usr/bin", GREETING: hello } }
`,
  'playbooks/small.yml': `- hosts: all
  tasks:
    - file: { path: /opt/tools, state: directory }
    - copy: { content: "#!/bin/sh\\necho $GREETING\\n", dest: /opt/tools/greet, mode: "0755" }
    - copy: { content: "{{ version }}", dest: /version }
`,
  'playbooks/app.yml': `- hosts: all
  tasks:
    - name: Greet
      command: greet
      register: greeting
    - name: Keep
      copy: { content: "{{ greeting.stdout }} on {{ ansible_env.PATH }}", dest: /kept }
`,
});
const registry = await startDockerRegistry();
t.teardown(() => registry.stop());
const program = new PlatenProgram(join(folder, 'bin'));
const platen = (...argv: string[]) =>
  program.run(argv, { folder, environment: { XDG_CACHE_HOME: project.cache, HOME: folder } });

const skopeo = (...argv: string[]) =>
  execFileSync('skopeo', argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const base = `${registry.host}/team/base`;
const send = (layout: string, tag: string, ...options: string[]) =>
  skopeo('copy', '-q', '--dest-tls-verify=false', ...options, `oci:${layout}`, `docker://${base}:${tag}`);
const raw = (tag: string) => skopeo('inspect', '--raw', '--tls-verify=false', `docker://${base}:${tag}`);

interface Manifest {
  config: { digest: string };
  layers: { mediaType: string; digest: string; size: number }[];
}
const manifestOf = (tag: string) => JSON.parse(raw(tag)) as Manifest;

/** Uploads an index or a manifest under a tag. */
async function put(tag: string, mediaType: string, document: object): Promise<string> {
  const answer = await fetch(`http://${registry.host}/v2/team/base/manifests/${tag}`, {
    method: 'PUT',
    headers: { 'content-type': mediaType },
    body: JSON.stringify(document),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.headers.get('docker-content-digest') ?? '';
}

const described = (tag: string, architecture: string) => {
  const bytes = Buffer.from(raw(tag));
  const digest = skopeo('manifest-digest', write(bytes)).trim();
  return { mediaType: manifestType, digest, size: bytes.length, platform: { os: 'linux', architecture } };
};
function write(bytes: Buffer): string {
  const file = join(folder, 'manifest');
  fs.writeFileSync(file, bytes);
  return file;
}

const app = (reference: string, more = '') =>
  project.write({
    'images/app/image.yaml': `name: app\nbase: { image: "${reference}" }\nplaybook: app.yml\n${more}`,
  });
const extraVersion = (version: string) => ({ variables: { version } });
project.write({
  'images/small/image.yaml': `${fs.readFileSync(join(folder, 'images/small/image.yaml'), 'utf8')}variables: { version: { type: string, default: "1" } }\n`,
});
const one = await project.build({ output: { kind: 'oci', path: 'one' } });
const two = await project.build({ output: { kind: 'oci', path: 'two' }, ...extraVersion('2') });
send(join(folder, 'one'), 'one');
send(join(folder, 'two'), 'two');
// skopeo keeps compressed layers, and reuses blobs of the registry in any compression unless told otherwise.
const zstdBase = `${registry.host}/other/zstd`;
const [plain, zstded] = ['plain', 'zstded'].map((name) => `dir:${join(folder, name)}`) as [string, string];
skopeo('copy', '-q', '--dest-decompress', `oci:${join(folder, 'one')}`, plain);
skopeo('copy', '-q', '--dest-compress', '--dest-compress-format', 'zstd', '--format', 'oci', plain, zstded);
skopeo('copy', '-q', '--dest-tls-verify=false', '--preserve-digests', zstded, `docker://${zstdBase}:1`);

/** The contents of a file in the image's topmost layer. */
function kept(layout: string): string {
  const place = join(folder, layout);
  const { manifests } = JSON.parse(fs.readFileSync(join(place, 'index.json'), 'utf8')) as {
    manifests: [{ digest: string }];
  };
  const blob = (digest: string) => join(place, 'blobs/sha256', digest.slice(7));
  const { layers } = JSON.parse(fs.readFileSync(blob(manifests[0].digest), 'utf8')) as Manifest;
  return execFileSync('tar', ['-xzOf', blob(layers.at(-1)?.digest ?? ''), 'kept'], { encoding: 'utf8' });
}

let first = '';

t.test('a tag is looked up once; layers stay as they are; commands see the environment', async (t) => {
  t.not(one.digest, two.digest);
  const index = await put('latest', indexType, {
    schemaVersion: 2,
    mediaType: indexType,
    manifests: [described('two', 'arm64'), described('one', 'amd64')],
  });
  app(base);
  const { exitCode, stdout, stderr } = await platen(
    'build',
    'app',
    '--no-load',
    '--json',
    '--output',
    'oci:app',
  );
  t.equal(exitCode, 0, stderr);
  const built = JSON.parse(stdout) as { digest: string; layers: { name: string; digest: string }[] };
  first = built.digest;
  t.strictSame(
    built.layers.slice(0, -1).map(({ digest }) => digest),
    manifestOf('one').layers.map(({ digest }) => digest),
  );
  t.equal(built.layers[0]?.name, base);
  t.equal(kept('app'), 'hello on /opt/tools:/bin:/usr/bin');
  t.equal(
    fs.readFileSync(join(folder, lock), 'utf8').replace(/^#.*\n/gm, ''),
    `base:\n  image: ${base}:latest\n  digest: ${index}\n`,
  );
  t.match(stderr, `${base}:latest is ${index}: noted in ${lock}`);
});

t.test('another image under the tag counts only with --update-lock', async (t) => {
  const before = fs.readFileSync(join(folder, lock), 'utf8');
  await put('latest', manifestType, manifestOf('two'));
  const again = await project.build({ image: 'app' });
  t.equal(again.digest, first);
  t.equal(fs.readFileSync(join(folder, lock), 'utf8'), before);
  const fresh = await project.build({ image: 'app' }, { XDG_CACHE_HOME: join(folder, 'other-cache') });
  t.equal(fresh.digest, first, 'from an empty cache, too');
  const { exitCode, stderr } = await platen('build', 'app', '--no-load', '--update-lock');
  t.equal(exitCode, 0, stderr);
  t.match(stderr, /:latest is sha256:[0-9a-f]{64}, which was sha256:[0-9a-f]{64}: noted in/);
  const updated = fs.readFileSync(join(folder, lock), 'utf8');
  t.match(updated, `digest: ${described('two', '').digest}`);
  t.not((await project.build({ image: 'app' })).digest, first);
  const still = await platen('build', 'app', '--no-load', '--update-lock');
  t.match(still.stderr, /:latest is still sha256:/);
  t.equal(fs.readFileSync(join(folder, lock), 'utf8'), updated);
  t.equal((await platen('build', 'app', '--update-lock', '--plan')).exitCode, 2);
});

t.test('zstd layers: kept as they are, and the same root', async (t) => {
  app(`${zstdBase}:1`);
  const zstd = await project.build({ image: 'app', output: { kind: 'oci', path: 'zstd-app' } });
  t.strictSame(
    zstd.layers.slice(0, -1).map(({ digest }) => digest),
    (
      JSON.parse(skopeo('inspect', '--raw', '--tls-verify=false', `docker://${zstdBase}:1`)) as Manifest
    ).layers.map(({ digest }) => digest),
  );
  t.equal(kept('zstd-app'), 'hello on /opt/tools:/bin:/usr/bin');
  const types = (JSON.parse(skopeo('inspect', '--raw', `oci:${join(folder, 'zstd-app')}`)) as Manifest)
    .layers;
  t.strictSame(
    types.map(({ mediaType }) => mediaType.replace(/.*\+/, '')),
    [...types.slice(0, -1).map(() => 'zstd'), 'gzip'],
  );
  skopeo('copy', '-q', `oci:${join(folder, 'zstd-app')}`, `oci:${join(folder, 'unpacked')}`);
});

t.test('the same layers with another environment: commands run again', async (t) => {
  const spec = join(folder, 'images/small/image.yaml');
  const before = fs.readFileSync(spec, 'utf8');
  fs.writeFileSync(spec, before.replace('GREETING: hello', 'GREETING: bye'));
  const bye = await project.build({ output: { kind: 'oci', path: 'bye' } });
  fs.writeFileSync(spec, before);
  t.strictSame(
    bye.layers.map(({ diffId }) => diffId),
    one.layers.map(({ diffId }) => diffId),
  );
  send(join(folder, 'bye'), 'bye');
  app(`${base}:bye`);
  t.strictSame((await project.build({ image: 'app', output: { kind: 'oci', path: 'bye-app' } })).ran, [
    'Greet',
    'Keep',
  ]);
  t.equal(kept('bye-app'), 'bye on /opt/tools:/bin:/usr/bin');
});

t.test('a platform that the base is not for', async (t) => {
  await put('arm', indexType, {
    schemaVersion: 2,
    mediaType: indexType,
    manifests: [described('two', 'arm64')],
  });
  app(`${base}:arm`);
  const { exitCode, stderr } = await platen('build', 'app', '--no-load');
  t.equal(exitCode, 1);
  t.match(stderr, /linux\/amd64/);
  t.match(stderr, /linux\/arm64/);
});

t.test('what is gone, damaged or cut short is not a base', async (t) => {
  fs.rmSync(join(folder, lock));
  app(`${base}:none`);
  const gone = await platen('build', 'app', '--no-load');
  t.equal(gone.exitCode, 1);
  t.match(gone.stderr, `${base}:none`);
  t.notOk(fs.existsSync(join(folder, lock)), 'nothing is locked');
  const hex = manifestOf('two').layers[0]?.digest.slice(7) ?? '';
  const file = join(registry.storage, `docker/registry/v2/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`);
  const whole = fs.readFileSync(file);
  app(`${base}@${described('two', '').digest}`);
  const bad = {
    altered: Buffer.from(whole).fill(0xff, whole.length >> 1, (whole.length >> 1) + 1),
    cut: whole.subarray(0, -1000),
    longer: Buffer.concat([whole, Buffer.from('more')]),
  };
  for (const [name, bytes] of Object.entries(bad)) {
    fs.writeFileSync(file, bytes);
    const cache = join(folder, `cache-${name}`);
    await t.rejects(project.build({ image: 'app' }, { XDG_CACHE_HOME: cache }), name);
    t.notOk(fs.existsSync(join(cache, 'platen/blobs/sha256', hex)), 'it is not in the cache');
  }
  fs.writeFileSync(file, whole);
  await project.build({ image: 'app' }, { XDG_CACHE_HOME: join(folder, 'cache-altered') });
  t.notOk(fs.existsSync(join(folder, lock)), 'a digest needs no lock');
  const cache = join(folder, 'cache-altered/platen');
  fs.writeFileSync(join(cache, 'blobs/sha256', hex), bad.altered);
  fs.rmSync(join(cache, 'records/base'), { recursive: true });
  await project.build({ image: 'app' }, { XDG_CACHE_HOME: join(folder, 'cache-altered') });
  t.ok(fs.readFileSync(join(cache, 'blobs/sha256', hex)).equals(whole), 'the cache is mended');
});

t.test('a base without the programs that builds need is told', async (t) => {
  makeRoot(join(folder, 'bare'), ['cat', 'env', 'sleep']);
  await makeLayout(join(folder, 'bare'), join(folder, 'bare-layout'), folder);
  project.write({
    'images/bare/image.yaml': 'name: bare\nbase: { oci: ../../bare-layout }\nplaybook: bare.yml\n',
    'playbooks/bare.yml': '- hosts: all\n  tasks: [{ command: sleep 0 }]\n',
  });
  await t.rejects(project.build({ image: 'bare', engine: 'docker' }), {
    code: 'failed',
    message: /The base lacks GNU find, rm, GNU tar and xargs, which/,
  });
  makeRoot(join(folder, 'empty'), ['sleep']);
  await makeLayout(join(folder, 'empty'), join(folder, 'empty-layout'), folder);
  project.write({
    'images/bare/image.yaml': 'name: bare\nbase: { oci: ../../empty-layout }\nplaybook: bare.yml\n',
  });
  await t.rejects(project.build({ image: 'bare', engine: 'docker' }), {
    code: 'failed',
    message: /The base lacks cat/,
  });
});

t.test('with the base in the cache nobody asks the registry', async (t) => {
  app(`${base}:one`);
  const built = await project.build({ image: 'app' });
  await registry.stop();
  t.equal((await project.build({ image: 'app' })).digest, built.digest);
  const plan = await platen('build', 'app', '--plan');
  t.equal(plan.exitCode, 0, plan.stderr);
  t.match(plan.stdout, '2 cached, 0 to run');
  const elsewhere = { XDG_CACHE_HOME: join(folder, 'new-cache') };
  const blind = await project.plan({ image: 'app' }, elsewhere);
  t.equal(blind.digest, null, 'a plan without the base asks nobody either');
  await t.rejects(project.build({ image: 'app' }, elsewhere), { code: 'unavailable' });
});
