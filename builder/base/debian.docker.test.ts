import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startDockerRegistry } from '../testing/docker-registry.js';
import { PlatenProgram, type ProgramOutcome } from '../testing/platen-program.js';
import type { BuildResult } from '../run/build-options.js';
import { churn } from '../run/fixtures/churn.js';

// Makes two bases, and fetches packages twice.
t.setTimeout(1_800_000);

const indented = (text: string) => text.replace(/^/gm, '    ');
const page = (greeting: string) => `<h1>${greeting}, {{visitor}}</h1>\n`;

const folder = t.testdir({
  images: {
    site: {
      'image.yaml': `name: site
base: { debian: trixie }
playbook: site.yml
variables: { visitor: { type: string, default: you } }
`,
    },
  },
  playbooks: {
    'site.yml': '- hosts: all\n  roles: [account, packages, site]\n',
    roles: {
      account: {
        tasks: {
          'main.yml': `- group: { name: editors, gid: 4000 }
- user: { name: editor, uid: 4001, group: editors, home: /srv/editor, shell: /bin/sh, password: "!" }
`,
        },
      },
      packages: {
        tasks: {
          'main.yml':
            '- name: Install\n  apt: { name: [nginx-light, php8.4-xml], install_recommends: false }\n  register: installed\n',
        },
      },
      site: {
        files: {},
        handlers: {
          'main.yml': '- name: Note it\n  copy: { content: "{{ installed.changed }}", dest: /srv/note }\n',
        },
        tasks: {
          'main.yml': `- template: { src: page.hbs, dest: /var/www/html/index.html, owner: editor, group: editors, mode: "0640" }
  notify: Note it
- lineinfile: { path: /etc/nginx/nginx.conf, regexp: "^user ", line: "user editor editors;" }
- unarchive: { src: files.tar.gz, dest: /srv, owner: editor }
- name: Look
  command: nginx -v
- name: Churn
  shell: |
${indented(churn('/srv/churn', '0.15'))}`,
        },
        templates: { 'page.hbs': page('Hello') },
      },
    },
  },
});
mkdirSync(join(folder, 'tree/sub'), { recursive: true });
writeFileSync(join(folder, 'tree/sub/file'), 'in an archive\n');
const archive = join(folder, 'playbooks/roles/site/files/files.tar.gz');
execFileSync('tar', ['-czf', archive, '-C', join(folder, 'tree'), 'sub']);

const program = new PlatenProgram(join(folder, 'tree'));

type Surroundings = Readonly<Record<string, string>>;

const build = (cache: string, { umask = '022', ...environment }: Surroundings = {}, ...argv: string[]) =>
  program.run(['build', 'site', '--no-load', '--json', ...argv], {
    folder,
    umask,
    environment: { XDG_CACHE_HOME: join(folder, cache), ...environment },
  });

function resultOf({ exitCode, stdout, stderr }: ProgramOutcome): BuildResult {
  if (exitCode !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as BuildResult;
}

const ran = ({ steps }: BuildResult) => steps.filter(({ cached }) => !cached).map(({ name }) => name);

t.test('two cold builds with two empty caches, in different surroundings, give one image', async (t) => {
  const elsewhere = {
    TZ: 'Pacific/Kiritimati',
    LANG: 'tr_TR.UTF-8',
    LC_ALL: 'C.UTF-8',
    SOURCE_DATE_EPOCH: '1',
  };
  const marker = `/var/lib/apt/lists/platen-test-${process.pid}`;
  writeFileSync(marker, '');
  t.teardown(() => rmSync(marker, { force: true }));
  const [one, two] = (
    await Promise.all([build('one'), build('two', { ...elsewhere, umask: '077', HOME: '/nowhere' })])
  ).map(resultOf) as [BuildResult, BuildResult];
  t.strictSame(
    [ran(one).length, ran(two).length],
    [one.steps.length, two.steps.length],
    'nothing was cached',
  );
  t.strictSame(
    one.layers.map(({ name, digest, diffId }) => ({ name, digest, diffId })),
    two.layers.map(({ name, digest, diffId }) => ({ name, digest, diffId })),
  );
  t.equal(one.digest, two.digest);
  t.ok(existsSync(marker), "this machine's package lists are not touched");
});

t.test('a changed template installs nothing again', async (t) => {
  writeFileSync(join(folder, 'playbooks/roles/site/templates/page.hbs'), page('Good day'));
  const changed = resultOf(await build('one'));
  // Commands with unknown reads run again.
  t.strictSame(ran(changed), ['site : template', 'site : Look', 'site : Churn']);
  t.strictSame(
    changed.layers.filter(({ cached }) => !cached).map(({ name }) => name),
    ['site'],
  );
  t.ok((changed.layers.at(-1)?.size ?? Infinity) < 100_000);
});

t.test('packages stay where a role before them changes what they do not read', async (t) => {
  const tasks = join(folder, 'playbooks/roles/account/tasks/main.yml');
  writeFileSync(tasks, '- copy: { content: x, dest: /srv/before }\n');
  writeFileSync(
    join(folder, 'playbooks/roles/site/tasks/main.yml'),
    '- copy: { content: x, dest: /srv/after }\n  when: installed.changed\n',
  );
  resultOf(await build('one'));
  writeFileSync(tasks, '- copy: { content: y, dest: /srv/before }\n');
  const changed = resultOf(await build('one'));
  t.strictSame(ran(changed), ['account : copy']);
});

t.test('no network: one sentence', async (t) => {
  writeFileSync(
    join(folder, 'playbooks/roles/site/tasks/main.yml'),
    `- shell: rm -rf /etc/apt/sources.list.d/* /var/lib/apt/lists/*; echo 'deb [trusted=yes] http://127.0.0.1:9/debian trixie main' > /etc/apt/sources.list
- name: Fetch more
  apt: { name: tree }
`,
  );
  const { exitCode, stdout, stderr } = await build('one');
  t.equal(exitCode, 1);
  t.equal(stdout, '');
  t.match(
    stderr,
    /platen: "site : Fetch more" failed: .*127\.0\.0\.1:9.*\n {2}at playbooks\/roles\/site\/tasks\/main\.yml:2:3\n/,
  );
});

t.test('without mmdebstrap the base is made in a container of a Debian image, and is the same', async (t) => {
  const registry = await startDockerRegistry();
  t.teardown(() => registry.stop());
  const debian = `${registry.host}/debian:trixie`;
  mkdirSync(join(folder, 'images/bare'));
  writeFileSync(
    join(folder, 'images/bare/image.yaml'),
    `name: bare\nbase: { debian: trixie, bootstrap: "${debian}" }\nplaybook: bare.yml\n`,
  );
  writeFileSync(
    join(folder, 'playbooks/bare.yml'),
    '- hosts: all\n  tasks: [copy: { content: bare, dest: /bare }]\n',
  );
  const bare = (cache: string, environment: Surroundings, ...argv: string[]) =>
    program.run(['build', 'bare', '--no-load', '--json', ...argv], {
      folder,
      environment: { XDG_CACHE_HOME: join(folder, cache), ...environment },
    });
  const here = resultOf(await bare('one', {}, '--output', 'oci:bare'));
  const lock = join(folder, 'images/bare/image.lock.yaml');
  t.notOk(existsSync(lock), 'a machine with mmdebstrap asks no registry');
  execFileSync('skopeo', [
    'copy',
    '-q',
    '--dest-tls-verify=false',
    `oci:${join(folder, 'bare')}`,
    `docker://${debian}`,
  ]);
  const elsewhere = await bare('three', { PATH: '/nowhere' });
  t.match(elsewhere.stderr, `this machine has no mmdebstrap, so it runs in a container of ${debian}`);
  t.equal(resultOf(elsewhere).digest, here.digest);
  t.equal(
    readFileSync(lock, 'utf8').replace(/^#.*\n/gm, ''),
    `bootstrap:\n  image: ${debian}\n  digest: ${here.digest}\n`,
  );
});
