import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { ImageDifference } from '../run/diff-images.js';
import { SmallProject } from '../run/fixtures/small-project.js';
import type { InspectedImage } from '../run/inspect-image.js';
import type { PulledImage } from '../run/pull-image.js';
import { startDockerRegistry } from '../testing/docker-registry.js';
import { PlatenProgram } from '../testing/platen-program.js';

/** Two packages as dpkg notes them: one was removed, its settings stay. */
const status = (version: string, more = '') => `Package: tool
Status: install ok installed
Architecture: amd64
Version: ${version}
Description: does things
 Version: of no package

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 9

${more}`;
const added = 'Package: new\nStatus: install ok installed\nArchitecture: all\nVersion: 1:2-3\n\n';

const name = `platen-test/look-${process.pid}`;
const folder = t.testdir({ bin: {} });
const project = await SmallProject.create(folder, {
  'images/small/image.yaml': `name: small
base: { oci: ../../base }
playbook: small.yml
run:
  entrypoint: [/bin/sh, -c]
  command: ["echo it's"]
  ports: [8080]
  environment: { PATH: "/bin:/usr/bin", MODE: "{{" }
  labels: { org.example.team: web }
  healthCheck: { command: [cat, /etc/passwd], intervalSeconds: 7, retries: 2 }
variables:
  second: { type: boolean, default: false }
`,
  'playbooks/small.yml': `- hosts: all
  roles: [packages, site]
`,
  'playbooks/roles/packages/tasks/main.yml': `- file: { path: /var/lib/dpkg, state: directory }
- copy: { src: "{{ 'two' if second else 'one' }}", dest: /var/lib/dpkg/status }
`,
  'playbooks/roles/packages/files/one': status('1.0-1'),
  'playbooks/roles/packages/files/two': status('1.0-2', added),
  'playbooks/roles/site/tasks/main.yml': `- file: { path: /srv, state: directory }
- copy: { content: "{{ 'longer' if second else 'long' }}", dest: /srv/content }
- copy: { content: same, dest: /srv/mode, mode: "{{ '0600' if second else '0644' }}" }
- copy: { content: same, dest: /srv/same }
- file: { path: /srv/link, src: "{{ 'content' if second else 'same' }}", state: link }
- copy: { content: old, dest: /srv/old }
  when: not second
- file: { path: /srv/new/deep, state: directory }
  when: second
- copy: { content: "four", dest: "/srv/new/deep/{{ item }}" }
  loop: [1, 2, 3]
  when: second
`,
});
const registry = await startDockerRegistry();
t.teardown(() => registry.stop());
const program = new PlatenProgram(join(folder, 'bin'));
const environment = { XDG_CACHE_HOME: project.cache, HOME: folder };
const platen = (...argv: string[]) => program.run(argv, { folder, environment });
const asked = async (...argv: string[]) => {
  const { exitCode, stdout, stderr } = await platen(...argv, '--json');
  if (exitCode !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as unknown;
};
const inspect = (image: string) => asked('inspect', image) as Promise<InspectedImage>;
const diff = (one: string, two: string) => asked('diff', one, two) as Promise<ImageDifference>;
const run = (command: string, ...argv: string[]) =>
  execFileSync(command, argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

t.teardown(() => run('docker', 'image', 'rm', '-f', `${name}:one`, `${name}:two`));
const built = {
  one: await project.build({ output: { kind: 'oci', path: 'one' }, load: true, tags: [`${name}:one`] }),
  two: await project.build({
    output: { kind: 'oci', path: 'two' },
    load: true,
    tags: [`${name}:two`],
    variables: { second: 'true' },
  }),
} as const;
const remote = (tag: string) => `${registry.host}/team/app:${tag}`;
for (const tag of ['one', 'two'])
  run(
    'skopeo',
    'copy',
    '-q',
    '--dest-tls-verify=false',
    `oci:${join(folder, tag)}`,
    `docker://${remote(tag)}`,
  );

interface Manifest {
  readonly layers: readonly { digest: string; size: number; mediaType: string }[];
}
const raw = (where: string) =>
  JSON.parse(run('skopeo', 'inspect', '--raw', '--tls-verify=false', where)) as Manifest;

t.test('inspect says the same of an image wherever it lies, and what skopeo and Docker say', async (t) => {
  const layout = await inspect('oci:two');
  t.equal(layout.manifest?.digest, built.two.digest);
  t.match(layout, { platform: 'linux/amd64', created: '2025-01-01T00:00:00Z', from: 'layout' });
  const skopeo = JSON.parse(run('skopeo', 'inspect', '--tls-verify=false', `docker://${remote('two')}`)) as {
    Digest: string;
    Labels: object;
    Env: string[];
  };
  t.equal(layout.manifest?.digest, skopeo.Digest);
  t.strictSame(
    layout.layers.map(({ digest, size, mediaType }) => ({ digest, size, mediaType })),
    raw(`docker://${remote('two')}`).layers.map(({ digest, size, mediaType }) => ({
      digest,
      size,
      mediaType,
    })),
  );
  t.strictSame(layout.run.labels, skopeo.Labels);
  t.strictSame(
    Object.entries(layout.run.environment ?? {}).map(([key, value]) => `${key}=${value}`),
    skopeo.Env,
  );
  t.strictSame(
    layout.layers.map(({ name: layer }) => layer),
    run('docker', 'history', '--no-trunc', '--format', '{{.CreatedBy}}', `${name}:two`)
      .trim()
      .split('\n')
      .reverse()
      .map((line) => line.replace('platen: ', '')),
  );
  const plain = ({ image: _i, from: _f, manifest: _m, ...rest }: InspectedImage) => rest;
  for (const [where, from] of [
    ['small', 'build'],
    [remote('two'), 'registry'],
  ] as const) {
    const other = await inspect(where);
    t.equal(other.from, from);
    t.strictSame(other.manifest, layout.manifest);
    t.strictSame(plain(other), plain(layout), where);
  }
  for (const store of [project.cache, join(folder, 'empty')]) {
    const { stdout } = await program.run(['inspect', `docker:${name}:two`, '--json'], {
      folder,
      environment: { ...environment, XDG_CACHE_HOME: store },
    });
    const inDocker = JSON.parse(stdout) as InspectedImage;
    t.equal(inDocker.config, layout.config);
    t.strictSame(inDocker.run, layout.run);
    t.strictSame(
      inDocker.layers.map((layer) => [layer.name, layer.diffId]),
      layout.layers.map((layer) => [layer.name, layer.diffId]),
    );
  }
});

t.test('inspect for people', async (t) => {
  const { stdout } = await platen('inspect', 'oci:one');
  t.match(stdout, /^oci:one, in an OCI layout\n {2}platform +linux\/amd64\n/);
  t.match(stdout, /\nlayer +size +unpacked +digest\nbase +[\d.]+ MB +[\d.]+ MB +[0-9a-f]{12}\npackages /);
  t.match(stdout, /\ntotal .* 3 layers\n/);
  t.match(stdout, "\n  command     'echo it'\\''s'\n");
  t.match(stdout, /\n {2}health +cat \/etc\/passwd, every 7 s, within 5 s, 2 retries\n/);
  t.match(stdout, /\nlabels\n {2}org.example.team +web\n/);
  t.notMatch(stdout, /\u001b/);
});

t.test('diff: settings, packages by version, files with what changed', async (t) => {
  const found = await diff('oci:one', 'oci:two');
  t.equal(found.same, false);
  t.strictSame(found.configuration, []);
  t.strictSame(found.packages, {
    same: 0,
    differences: [
      { name: 'new', before: null, after: '1:2-3' },
      { name: 'tool', before: '1.0-1', after: '1.0-2' },
    ],
  });
  const told = found.files.differences.map(({ path, kind, changes, before, after, layer }) =>
    [kind, path, changes.join(), before, after, layer].join(' ').trim(),
  );
  t.strictSame(told, [
    'changed /srv/content content 4 6 site',
    'changed /srv/link to same → content   site',
    'changed /srv/mode mode 0644 → 0600 4 4 site',
    'added /srv/new    site',
    'added /srv/new/deep    site',
    ...[1, 2, 3].map((n) => `added /srv/new/deep/${n}   4 site`),
    'removed /srv/old  3  site',
    `changed /var/lib/dpkg/status content ${status('1.0-1').length} ${status('1.0-2', added).length} packages`,
  ]);
  t.ok(found.files.same > 10);
  t.strictSame(
    found.before.layers.map(({ shared }) => shared),
    [true, false, false],
  );
  const text = (await platen('diff', 'oci:one', 'oci:two')).stdout;
  t.match(text, /\n\+ \/srv\/new\/ +12 B +4 in it +site\n/, 'a folder is one line');
  t.match(text, /\n~ \/srv\/mode +4 B +mode 0644 → 0600 +site\n/);
  t.match(text, /\n~ tool +1.0-1 → 1.0-2\n/);
  t.match((await platen('diff', '--all', 'oci:one', 'oci:two')).stdout, /\n\+ \/srv\/new\/deep\/3 /);
});

t.test('diff from anywhere to anywhere, and of one with itself', async (t) => {
  const { files, packages } = await diff('oci:one', 'oci:two');
  for (const [one, two] of [
    [remote('one'), remote('two')],
    [`docker:${name}:one`, `docker:${name}:two`],
    ['oci:one', 'small'],
  ] as const) {
    const empty = {
      ...environment,
      XDG_CACHE_HOME: one === 'oci:one' ? project.cache : join(folder, 'fresh'),
    };
    const { stdout, stderr } = await program.run(['diff', one, two, '--json'], {
      folder,
      environment: empty,
    });
    const found = JSON.parse(stdout || `{"failed":${JSON.stringify(stderr)}}`) as ImageDifference;
    t.strictSame([found.files, found.packages], [files, packages], one);
  }
  t.match(await diff('small', remote('two')), { same: true, configuration: [] });
  t.equal((await platen('diff', 'small', 'oci:two', '--exit-code')).exitCode, 0);
  t.equal((await platen('diff', 'small', 'oci:one', '--exit-code')).exitCode, 3);
  t.match((await platen('diff', 'small', 'oci:two')).stdout, 'Both are the same image.');
});

t.test('pull: into Docker, which runs it, and as a layout, byte for byte', async (t) => {
  const local = `${registry.host}/team/app:two`;
  t.teardown(() => run('docker', 'image', 'rm', '-f', local));
  const fresh = { folder, environment: { ...environment, XDG_CACHE_HOME: join(folder, 'pulled') } };
  const pull = async (...argv: string[]) => {
    const { stdout, stderr } = await program.run(['pull', remote('two'), '--json', ...argv], fresh);
    return JSON.parse(stdout || `{"failed":${JSON.stringify(stderr)}}`) as PulledImage;
  };
  const pulled = await pull();
  t.match(pulled, { digest: built.two.digest, tags: [local], loaded: true });
  t.ok(pulled.downloaded > 1000);
  const info = JSON.parse(run('docker', 'image', 'inspect', local)) as [{ Id: string }];
  t.equal(info[0].Id, pulled.config);
  t.equal(run('docker', 'run', '--rm', local, 'cat /srv/content'), 'longer');
  const again = await pull('--output', 'oci:pulled-layout');
  t.match(again, { digest: built.two.digest, downloaded: 0, loaded: false, tags: [] });
  const bytes = (where: string) => run('skopeo', 'inspect', '--raw', '--tls-verify=false', where);
  t.equal(bytes(`oci:${join(folder, 'pulled-layout')}`), bytes(`docker://${remote('two')}`));
  run('skopeo', 'copy', '-q', `oci:${join(folder, 'pulled-layout')}`, `dir:${join(folder, 'checked')}`);
});

t.test('what is not there is told by name', async (t) => {
  const cases: readonly [string[], number, RegExp][] = [
    [['inspect', 'docker:platen-test/nothing'], 1, /Docker has no image "platen-test\/nothing"/],
    [['inspect', 'oci:nowhere'], 2, /nowhere\/oci-layout can't be read: it is not there/],
    [['inspect', remote('three')], 1, /team\/app:three/],
    [['inspect', 'oci:one', '--platform', 'linux/arm64'], 2, /holds no image for linux\/arm64/],
    [['inspect', `docker:${name}:one`, '--platform', 'linux/arm64'], 1, /is for linux\/amd64, not for/],
    [['diff', 'oci:one'], 2, /[Mm]issing required argument "AFTER"/],
    [['pull', 'NO'], 2, /is not the name of an image/],
    [['pull', remote('two'), '--output', 'zip:x'], 2, /oci:FOLDER or tar:FILE/],
  ];
  for (const [argv, exitCode, message] of cases) {
    const outcome = await platen(...argv);
    t.equal(outcome.exitCode, exitCode, argv.join(' '));
    t.match(outcome.stderr, message);
  }
  fs.mkdirSync(join(folder, 'images/other'));
  fs.writeFileSync(
    join(folder, 'images/other/image.yaml'),
    'name: other\nbase: { oci: x }\nplaybook: small.yml\n',
  );
  t.match(
    (await platen('inspect', 'other')).stderr,
    /images\/other was not built yet.*\n.*platen build other/,
  );
});
