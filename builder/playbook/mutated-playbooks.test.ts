import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { BuilderError, SpecError } from '../errors.js';
import { RootTree } from '../plan/root-tree.js';
import type { StepRunner } from '../plan/step.js';
import { openStore } from '../store/content-store.js';
import { MemoryMemo } from '../testing/memory-memo.js';
import { mutateYaml, numbersBelow } from '../testing/mutate-yaml.js';
import { processorMs } from '../testing/processor-ms.js';
import { runPlaybook } from './run-playbook.js';

/** Together they use every keyword and most modules; none uses the network or waits. */
const sources: Readonly<Record<string, string>> = {
  'site.yml': `- hosts: all
  vars: {port: 80, names: [a, b], limits: {memory: 64M}}
  vars_files: [vars/main.yml]
  environment: {A: '{{ port }}'}
  pre_tasks:
    - include_vars: {file: vars/main.yml, name: more}
    - set_fact: {title: "{{ names | join(',') | upper }}"}
  roles:
    - {role: web, web_port: '{{ port + 1 }}', tags: [web]}
  tasks:
    - name: Run {{ item }}
      command: echo {{ item }}
      args: {creates: /absent, chdir: /srv}
      with_items: ['{{ names }}', c]
      register: ran
      changed_when: "'x' in ran.stdout"
      failed_when: ran.rc > 1
      notify: reload
      loop_control: {loop_var: item, index_var: i, label: 'no {{ i | default(0) }}'}
    - block:
        - fail: {msg: 'no {{ names[0] }}'}
          when: [port | int > 1, title is defined]
      rescue:
        - debug: var=ansible_failed_result
        - include_tasks: {file: tasks/more.yml, apply: {tags: [more]}}
      always:
        - assert: {that: [ran.results | length == 3], fail_msg: 'it ran {{ ran.results | length }} times'}
      become: true
      become_user: www
    - {import_tasks: tasks/more.yml, vars: {where: /opt}, when: port is number}
  handlers:
    - {name: reload web, listen: reload, service: name=web state=reloaded}
`,
  'tasks/more.yml': `- file: path={{ where | default('/srv') }}/d mode=0750 state=directory
- copy: {content: '{{ limits | to_nice_json }}', dest: /srv/limits.json, owner: 0, mode: u=rw,go=r}
- lineinfile: {path: /etc/conf, regexp: '^(port).*', line: '\\1={{ port }}', backrefs: yes, create: yes}
- blockinfile: {path: /etc/conf, block: "a\\nb", marker: '# {mark} x', insertafter: EOF, create: true}
- replace: {path: /etc/conf, regexp: 'a(.)', replace: 'b\\1'}
- stat: {path: /etc/conf, get_checksum: true}
  register: conf
- find: {paths: /srv, patterns: '*.json', recurse: yes}
  register: found
- shell: |
    cat {{ found.files | map(attribute='path') | list | quote }}
  when: conf.stat.exists and not (found.matched == 0)
  ignore_errors: yes
  no_log: true
- group: {name: staff, gid: 50}
- user: {name: web, uid: 900, home: /srv/web, shell: /bin/sh, groups: [staff], append: yes, system: yes}
`,
  'vars/main.yml': 'shared: &one {a: 1, b: [2]}\nother: *one\n',
  'roles/web/defaults/main.yml': "web_port: 8080\nweb_root: '/srv/{{ web_name }}'\nweb_name: site\n",
  'roles/web/meta/main.yml': 'dependencies: [{role: common}]\n',
  'roles/web/tasks/main.yml': `- name: Write {{ item.key }}
  template: {src: '{{ item.key }}', dest: '/etc/{{ item.key }}.conf', validate: 'true %s'}
  loop: '{{ templates | dict2items }}'
  vars: {templates: {one.hbs: 1, two.j2: 2}}
  notify: [Reload, reload]
- apt: {name: [nginx, 'php=8.4'], state: present, update_cache: yes}
  tags: [packages, never]
- include_role: {name: common, tasks_from: main}
  with_dict: {x: 1}
`,
  'roles/web/handlers/main.yml': '- name: Reload\n  command: {argv: [nginx, -s, reload]}\n',
  'roles/web/templates/one.hbs': 'listen {{web_port}};\n',
  'roles/web/templates/two.j2': '{% for name in names %}{{ name }};\n{% endfor %}',
  'roles/common/tasks/main.yml': '- meta: flush_handlers\n- debug: {msg: "{{ web_root }}"}\n',
};
const yamls = Object.keys(sources).filter((name) => name.endsWith('.yml'));

const accounts = {
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nwww:x:33:33::/srv:/bin/sh\n',
  '/etc/group': 'root:x:0:\nwww:x:33:\n',
  '/etc/shadow': 'root:*:1:0:99999:7:::\nwww:*:1:0:99999:7:::\n',
  '/etc/gshadow': 'root:*::\nwww:*::\n',
};

const count = 6000;

t.test('six thousand mutated playbooks run or are refused with a place, never anything else', async (t) => {
  const folder = t.testdir();
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    // Removed first: some file systems flush a file to disk when it is overwritten.
    rmSync(join(folder, name), { force: true });
    writeFileSync(join(folder, name), text);
  };
  using store = openStore(join(folder, 'cache'));
  // Keeps parsed files: a round mutates only one.
  const memo = new MemoryMemo();
  const exec = () => Promise.resolve({ exitCode: 0, stdout: 'x', stderr: '' });
  const tally = { done: 0, steps: 0, wrong: 0, failed: 0 };
  const play = () => {
    const root = new RootTree(store, 0);
    const owner = { uid: 0, gid: 0, mode: 0o755 };
    for (const path of ['/etc', '/opt', '/srv', '/tmp', '/usr', '/usr/bin'])
      root.put(path, { type: 'directory', ...owner });
    const files = { ...accounts, '/usr/bin/echo': '', '/usr/bin/nginx': '', '/usr/bin/true': '' };
    for (const [path, text] of Object.entries(files))
      root.put(path, { type: 'file', ...owner, content: Buffer.from(text) });
    const runner: StepRunner = {
      run: async (step) => {
        tally.steps += 1;
        const result = await step.run({ root, epoch: 0, exec });
        return { result, cached: false, known: true, changes: root.takeChanges(), ms: 0 };
      },
    };
    return runPlaybook(join(folder, 'site.yml'), { projectFolder: folder, memo, runner });
  };
  const playMutated = async (what: string) => {
    try {
      await play();
      tally.done += 1;
    } catch (error) {
      const isSpec = error instanceof SpecError;
      tally[isSpec ? 'wrong' : 'failed'] += 1;
      const origins = isSpec ? error.problems.map(({ origin }) => origin) : [(error as BuilderError).origin];
      if (
        !(error instanceof BuilderError) ||
        error.message === '' ||
        !origins.every((origin) => origin?.file)
      )
        t.fail(`${String((error as Error).stack)} for ${what}`);
    }
  };
  for (const [name, text] of Object.entries(sources)) write(name, text);
  await play();
  t.ok(tally.steps > 20, `${tally.steps} steps of the playbook as it is`);

  const random = numbersBelow(7);
  let slowest = { ms: 0, what: '' };
  for (let round = 0; round < count; round++) {
    const name = yamls[round % yamls.length] ?? '';
    const text = mutateYaml(sources[name] ?? '', random);
    write(name, text);
    const started = processorMs();
    await playMutated(`${name}:\n${text}`);
    const ms = processorMs() - started;
    if (ms > slowest.ms) slowest = { ms, what: text };
    write(name, sources[name] ?? '');
  }
  t.comment(JSON.stringify({ ...tally, slowest: Math.round(slowest.ms) }));
  t.ok(tally.done > count / 20 && tally.wrong > count / 10 && tally.failed > 50, JSON.stringify(tally));
  t.ok(tally.steps > count, `${tally.steps} steps`);
  t.ok(slowest.ms < 5000, `${Math.round(slowest.ms)} ms for ${slowest.what}`);
});
