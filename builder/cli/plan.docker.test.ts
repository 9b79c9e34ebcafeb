import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { makeLayout } from '../image/fixtures/make-layout.js';
import { SmallProject } from '../run/fixtures/small-project.js';
import { PlatenProgram } from '../testing/platen-program.js';

const program = new PlatenProgram(t.testdir());
const nowhere = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };

const tasks = {
  'playbooks/small.yml': '- hosts: all\n  roles: [tool, site]\n',
  'playbooks/roles/tool/tasks/main.yml': `- name: Write
  copy: { src: input.txt, dest: /etc/input }
- name: Make
  shell: cat /etc/input > /etc/made; cat /etc/input
  register: made
`,
  'playbooks/roles/tool/files/input.txt': 'one\n',
  'playbooks/roles/site/defaults/main.yml': 'site_name: Site\n',
  'playbooks/roles/site/tasks/main.yml': `- name: Page
  template: { src: page.hbs, dest: /etc/page }
- name: More
  template: { src: more.j2, dest: /etc/more }
- name: Depends
  copy: { content: "{{ made.stdout }} {{ greeting }}", dest: /etc/depends }
- name: Only then
  copy: { content: x, dest: /etc/two }
  when: made.stdout == "two"
- name: Add
  lineinfile: { path: /etc/input, line: added }
- debug: { msg: done }
`,
  'playbooks/roles/site/templates/page.hbs': '{{site_name}}\n',
  'playbooks/roles/site/templates/more.j2': '{% include "part.j2" %}\n',
  'playbooks/roles/site/templates/part.j2': 'a part\n',
  'images/small/image.yaml': `name: small
base: { oci: ../../base }
playbook: small.yml
variables: { greeting: { type: string, default: hello } }
`,
};

t.test('a plan tells every step, its fate and the reason, and touches no engine', async (t) => {
  const folder = t.testdir();
  const small = await SmallProject.create(folder, tasks);
  const platen = (...argv: string[]) =>
    program.run(['build', 'small', ...argv], {
      folder,
      environment: { XDG_CACHE_HOME: small.cache, ...nowhere },
    });
  const plan = async (...argv: string[]) => {
    const { exitCode, stdout, stderr } = await platen('--plan', '--exit-code', ...argv);
    t.equal(stderr, '');
    return { exitCode, lines: stdout.trimEnd().split('\n') };
  };

  const before = await plan();
  t.equal(before.exitCode, 3);
  t.strictSame(before.lines.slice(0, 3), [
    'to run   file     tool : Write',
    'to run   exec     tool : Make',
    'to run   file     site : Page',
  ]);
  const { digest } = await small.build();
  const same = await plan('--explain');
  t.strictSame(same, {
    exitCode: 0,
    lines: [
      'cached   file     tool : Write',
      'cached   exec     tool : Make',
      'cached   file     site : Page',
      'cached   file     site : More',
      'cached   file     site : Depends',
      'cached   file     site : Add',
      '6 cached, 0 to run',
    ],
  });
  t.equal((JSON.parse((await platen('--plan', '--json')).stdout) as { digest: string }).digest, digest);

  const because = async (files: Readonly<Record<string, string>>, ...argv: string[]) => {
    small.write(files);
    const { lines, exitCode } = await plan('--explain', ...argv);
    t.equal(exitCode, 3);
    small.write(tasks);
    return lines.map((line) => line.trim());
  };
  const follows = (lines: readonly string[], step: string) =>
    lines[lines.findIndex((line) => line.endsWith(step)) + 1];

  const input = await because({ 'playbooks/roles/tool/files/input.txt': 'two\n' });
  t.equal(follows(input, 'tool : Write'), 'because playbooks/roles/tool/files/input.txt changed');
  t.equal(follows(input, 'tool : Make'), 'because a step before it changed the image');
  t.ok(input.includes('cached   file     site : Page'), 'what does not read it stays');
  t.match(follows(input, 'site : Add'), /because .*\/etc\/input.*/, 'a file of the image that a step reads');

  const part = await because({ 'playbooks/roles/site/templates/part.j2': 'another part\n' });
  t.equal(follows(part, 'site : More'), 'because playbooks/roles/site/templates/part.j2 changed');
  const value = await because({ 'playbooks/roles/site/defaults/main.yml': 'site_name: Other\n' });
  t.equal(follows(value, 'site : Page'), 'because variable site_name changed');
  const given = await because({}, '--var', 'greeting=bye');
  t.equal(follows(given, 'site : Depends'), 'because variable greeting changed');
  const task = await because({
    'playbooks/roles/tool/tasks/main.yml': tasks['playbooks/roles/tool/tasks/main.yml'].replace(
      'shell: cat',
      'shell: sleep 0; cat',
    ),
  });
  t.equal(follows(task, 'tool : Make'), 'because its arguments changed');
  const added = await because({
    'playbooks/roles/site/tasks/main.yml': `${tasks['playbooks/roles/site/tasks/main.yml']}- name: Another\n  copy: { content: x, dest: /etc/x }\n`,
  });
  t.equal(follows(added, 'site : Another'), 'because new step');
  t.equal(follows(await because({}, '--no-cache'), 'tool : Write'), 'because --no-cache');
  const epoch = await because({
    'images/small/image.yaml': `${tasks['images/small/image.yaml']}epoch: 1700000000\n`,
  });
  t.match(follows(epoch, 'tool : Write'), 'because');
});

t.test('another base is the reason for what runs', async (t) => {
  const folder = t.testdir();
  const small = await SmallProject.create(folder, tasks);
  await small.build();
  writeFileSync(join(folder, 'root/etc/passwd'), 'root:x:0:0::/:/bin/sh\n');
  await makeLayout(join(folder, 'root'), join(folder, 'other'), folder);
  small.write({
    'images/small/image.yaml': tasks['images/small/image.yaml'].replace('../../base', '../../other'),
  });
  const plan = () => small.plan({ explain: true }, nowhere);
  t.equal((await plan()).steps[0]?.reason, 'the base changed', 'before the base is known');
  const { ran } = await small.build();
  t.strictSame(ran, ['tool : Make'], 'what may have read all of it');
  t.strictSame((await plan()).ran, []);
});
