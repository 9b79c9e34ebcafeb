import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { HostFiles } from '../parse/host-files.js';
import { Sources } from '../parse/load-source.js';
import { hostVariables } from './host-variables.js';

/** Each level sets its own variable and those of all weaker levels, so that every conflict shows its winner. */
const levels = (from: number, name: string): Record<string, string> =>
  Object.fromEntries(Array.from({ length: 12 - from }, (_, index) => [`v${from + index}`, name]));
const yaml = (from: number, name: string): string => `${JSON.stringify(levels(from, name))}\n`;
const ini = (from: number, name: string): string =>
  Object.entries(levels(from, name))
    .map(([key, value]) => `${key}=${value}`)
    .join('\n');

const files: Readonly<Record<string, string>> = {
  'inventories/prod/hosts':
    '# hosts\nlonely\n[web]\nweb[01:03] own=1 text="two words" list="[1, \'a\']" word=true flag=True\n' +
    `[web:vars]\n${ini(1, 'file web')}\n[shops:children]\nweb\n[shops:vars]\n${ini(1, 'file shops')}\nshop=yes\n` +
    `[all:vars]\n${ini(0, 'file all')}\n`,
  'inventories/prod/more.yml': JSON.stringify({
    all: { children: { aaa: { hosts: { web01: { own: 2, [`v7`]: 'file host' } } } } },
  }),
  'inventories/prod/notes.md': 'no inventory',
  'inventories/prod/group_vars/all': yaml(2, 'inventory all'),
  'inventories/prod/group_vars/shops.yml': yaml(4, 'inventory shops'),
  'inventories/prod/group_vars/web/one.yml': yaml(4, 'inventory web'),
  'inventories/prod/group_vars/web/two': 'second: file\n',
  'inventories/prod/group_vars/web/three.txt': 'no variables',
  'inventories/prod/host_vars/web01.yml': `v8: inventory host\nv9: inventory host\n`,
  'playbooks/group_vars/all/a.yml': yaml(3, 'playbook all'),
  'playbooks/group_vars/all/deep/b.yaml': 'deep: all\n',
  'playbooks/group_vars/all.yml': 'not_read: true\n',
  'playbooks/group_vars/web.json': yaml(5, 'playbook web'),
  'playbooks/group_vars/aaa.yml': yaml(6, 'playbook aaa'),
  'playbooks/host_vars/web01/x.yml': 'v9: playbook host\n',
};

t.test('variables, groups and their order are those that Ansible gives', (t) => {
  const folder = t.testdir();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const path = join(folder, 'inventories/prod');
  const run = spawnSync(
    '/usr/bin/ansible-inventory',
    ['-i', path, '--playbook-dir', join(folder, 'playbooks'), '--host', 'web01'],
    { encoding: 'utf8', env: { PATH: '/usr/bin:/bin', HOME: folder, LANG: 'C.UTF-8' } },
  );
  const sources = new Sources(new HostFiles(folder));
  const choice = { host: 'web01', named: true, groups: [], path };
  const ours = hostVariables(choice, join(folder, 'playbooks/site.yml'), sources);
  t.same({ ...ours.groupVariables, ...ours.hostVariables }, JSON.parse(run.stdout), run.stderr);
  t.same(ours.groupNames, ['aaa', 'shops', 'web']);
  t.same(ours.groups['shops'], ['web01', 'web02', 'web03']);
  t.ok(ours.groups['all']?.includes('lonely'));
  t.throws(() => hostVariables({ ...choice, host: 'web1' }, join(folder, 'playbooks/site.yml'), sources), {
    code: 'invalid',
    message: /There is no host "web1" in inventories\/prod/,
    hint: /web01/,
  });
  t.end();
});
