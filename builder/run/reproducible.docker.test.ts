import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import t from 'tap';
import { SmallProject } from './fixtures/small-project.js';

// Two cold builds on a slow machine.
t.setTimeout(1_800_000);

t.test('WordPress has one digest, from two empty caches and in other surroundings', async (t) => {
  const folder = t.testdir();
  const program = join(folder, 'platen.mjs');
  buildSync({
    entryPoints: ['builder/cli/main.ts'],
    outfile: program,
    ...{ bundle: true, packages: 'external', platform: 'node', format: 'esm', target: 'node20' },
  });
  const cold = (cache: string, umask: string, surroundings: Readonly<Record<string, string>>) => {
    const command = `umask ${umask}; exec "$0" ${program} build wordpress --no-load --no-smoke --json`;
    const { stdout, stderr, status } = spawnSync('/bin/sh', ['-c', command, process.execPath], {
      env: { ...process.env, XDG_CACHE_HOME: join(folder, cache), ...surroundings },
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
    t.equal(status, 0, stderr);
    return JSON.parse(stdout) as { digest: string; steps: { cached: boolean }[]; layers: object[] };
  };
  const one = cold('one', '022', {});
  const two = cold('two', '077', { TZ: 'Asia/Tokyo', LANG: 'tr_TR.UTF-8', LC_ALL: 'C' });
  t.notOk(
    [...one.steps, ...two.steps].some(({ cached }) => cached),
    'nothing was cached',
  );
  t.same(two.layers, one.layers);
  t.equal(two.digest, one.digest);
});

t.test('file steps give the same layer on every machine', async (t) => {
  const small = await SmallProject.create(t.testdir(), {
    'playbooks/small.yml': `- hosts: all
  vars: { port: 8080, names: [one, two] }
  tasks:
    - file: { path: /srv/site/logs, state: directory, owner: 33, group: "44", mode: u=rwX,go=rX }
    - copy: { content: "a\\nb\\n", dest: /srv/site/list }
    - lineinfile: { path: /srv/site/list, regexp: ^a, line: "A={{ port }}" }
    - blockinfile: { path: /srv/site/list, block: "{{ names | join(' ') }}" }
    - replace: { path: /srv/site/list, regexp: one, replace: "1" }
    - template: { src: page.hbs, dest: /srv/site/page, mode: "0600" }
    - template: { src: page.j2, dest: "/srv/site/{{ item }}" }
      loop: "{{ names }}"
    - file: { src: page, dest: /srv/site/link, state: link }
    - file: { src: /srv/site/page, dest: /srv/site/hard, state: hard }
`,
    'playbooks/templates/page.hbs': '{{#each names}}{{this}}:{{/each}}{{port}}\n',
    'playbooks/templates/page.j2': '{% for name in names %}\n{{ name }}\n{% endfor %}\n',
  });
  const { layers } = await small.build();
  t.equal(layers.at(-1)?.diffId, 'sha256:7a4b3b406a4b877658efbc5add499a76ead3dd421b9caefa4878945d18097387');
});
