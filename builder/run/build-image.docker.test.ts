import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { StepError } from '../errors.js';
import { SmallProject } from './fixtures/small-project.js';

const nowhere = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };

const role = (name: string, tasks: string, more: Readonly<Record<string, string>> = {}) => ({
  [`playbooks/roles/${name}/tasks/main.yml`]: tasks,
  ...Object.fromEntries(
    Object.entries(more).map(([path, text]) => [`playbooks/roles/${name}/${path}`, text]),
  ),
});

const project = {
  'images/small/image.yaml': `name: small
base: { oci: ../../base }
playbook: small.yml
variables:
  greeting: { type: string, default: hello }
run:
  command: [cat, /etc/greeting]
`,
  'playbooks/small.yml': '- hosts: all\n  roles: [tool, site]\n',
  ...role(
    'tool',
    `- name: Make the tool
  shell: mkdir -p /opt/tool; echo made > /opt/tool/version
- name: Ask its version
  command: cat /opt/tool/version
  register: version
  changed_when: false
- set_fact: { tool: "tool {{ version.stdout }}" }
`,
  ),
  ...role(
    'site',
    `- name: Write the greeting
  template: { src: greeting.hbs, dest: /etc/greeting, mode: '0640' }
  notify: Note the change
- name: Write each
  copy: { content: "{{ item }} of {{ tool }}", dest: "/etc/{{ item }}" }
  loop: [one, two]
- name: Read nothing of it
  shell: echo x > /opt/other
- name: Look at all
  command: cat /etc/greeting
`,
    {
      'templates/greeting.hbs': '{{greeting}}, {{tool}}\n',
      'handlers/main.yml': '- name: Note the change\n  copy: { content: changed, dest: /etc/noted }\n',
    },
  ),
};

const inImage = (reference: string, ...argv: string[]) =>
  execFileSync('docker', ['run', '--rm', reference, ...argv], { encoding: 'utf8' });

t.test('what did not change is not done again', async (t) => {
  const small = await SmallProject.create(t.testdir(), project);
  const tag = `platen-test/small:${process.pid}`;
  t.teardown(() => execFileSync('docker', ['image', 'rm', '-f', tag], { stdio: 'ignore' }));

  const first = await small.build({ load: true, tags: [tag] });
  t.equal(first.steps.filter(({ cached }) => cached === true).length, 0);
  t.equal(inImage(tag), 'hello, tool made\n');
  t.equal(inImage(tag, 'cat', '/etc/two'), 'two of tool made');
  t.match(inImage(tag, 'find', '/etc/greeting', '-printf', '%m %u:%g'), '640 root:0');

  const again = await small.build({ load: true, tags: [tag] });
  t.same([again.ran, again.made, again.digest], [[], [], first.digest]);

  small.write({ 'playbooks/roles/site/templates/greeting.hbs': '{{greeting}}! {{tool}}\n' });
  const changed = await small.build({ load: true, tags: [tag] });
  t.same(changed.ran, ['site : Write the greeting', 'site : Read nothing of it', 'site : Look at all']);
  t.same(changed.made, ['site']);
  t.equal(inImage(tag), 'hello! tool made\n');
  t.equal(inImage(tag, 'cat', '/etc/noted'), 'changed', 'a handler of an unchanged task is in the image');

  const other = await small.build({ variables: { greeting: 'good day' }, load: true, tags: [tag] });
  t.ok(other.ran.includes('site : Write the greeting'));
  t.equal(inImage(tag), 'good day! tool made\n');

  small.write({ 'playbooks/roles/site/templates/greeting.hbs': '{{greeting}}, {{tool}}\n' });
  const back = await small.build();
  t.same([back.ran, back.digest], [[], first.digest], 'what was once made is found again');
});

t.test('a plan says what would run, and why, without Docker', async (t) => {
  const small = await SmallProject.create(t.testdir(), project);
  const plan = () => small.plan({ explain: true }, nowhere);
  t.ok((await plan()).ran.length > 5, 'all, before the first build');
  const { digest } = await small.build();
  const same = await plan();
  t.same([same.ran, same.digest], [[], digest]);

  const reasons = async () => {
    const { steps } = await plan();
    return new Map(steps.map(({ name, reason }) => [name, reason]));
  };
  small.write({ 'playbooks/roles/site/templates/greeting.hbs': '{{greeting}}!\n' });
  const site = 'site : Write the greeting';
  t.equal((await reasons()).get(site), 'playbooks/roles/site/templates/greeting.hbs changed');
  small.write({ 'playbooks/roles/site/templates/greeting.hbs': '{{greeting}}, {{tool}}\n' });
  const { steps } = await small.plan({ explain: true, variables: { greeting: 'hi' } }, nowhere);
  t.equal(steps.find(({ name }) => name === site)?.reason, 'variable greeting changed');
  const noCache = await small.plan({ explain: true, noCache: true }, nowhere);
  t.equal(noCache.steps[0]?.reason, '--no-cache');
});

t.test('only success is kept', async (t) => {
  const playbook = (command: string) => `- hosts: all
  tasks:
    - name: Before
      copy: { content: x, dest: /etc/before }
    - name: Break
      shell: ${command}
`;
  const small = await SmallProject.create(t.testdir(), {
    'playbooks/small.yml': playbook("'echo some words; echo why >&2; exit 3'"),
  });
  for (const attempt of ['first', 'second']) {
    const error = await small.build().then(
      () => undefined,
      (caught: unknown) => caught,
    );
    const { message, origin, output } = error as StepError;
    t.equal(message, '"Break" failed: exit code 3 of echo some words; echo why >&2; exit 3', attempt);
    t.equal(output, 'some words\nwhy');
    t.match(origin, { file: 'playbooks/small.yml', line: 5 });
  }
  t.strictSame(readdirSync(join(small.cache, 'platen/sandbox/sessions')), []);
  small.write({ 'playbooks/small.yml': playbook('echo better') });
  t.same((await small.build()).ran, ['Break']);
});

t.test('secrets are neither shown nor kept', async (t) => {
  const small = await SmallProject.create(t.testdir(), {
    'playbooks/small.yml': `- hosts: all
  vars: { password: swordfish-7 }
  tasks:
    - copy: { content: "{{ password }}", dest: /etc/secret }
      no_log: true
    - shell: "echo {{ password }}; exit 4"
      no_log: true
`,
  });
  const error = await small.build().catch((caught: unknown) => caught);
  t.notMatch(String((error as Error).message), 'swordfish');
  const records = join(small.cache, 'platen/records');
  const texts = readdirSync(records, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  t.ok(texts.length > 0);
  t.notMatch(texts.join('\n'), 'swordfish');
});

t.test('without Docker', async (t) => {
  const small = await SmallProject.create(t.testdir(), project);
  await t.rejects(small.build({ engine: 'docker' }, nowhere), {
    message: /^No Docker engine answers at/,
    code: 'unavailable',
  });
  const { digest } = await small.build({ engine: 'docker' });
  t.equal((await small.build({}, nowhere)).digest, digest, 'what is in the cache needs none');
});

t.test('an image goes to a layout and an archive that others read', async (t) => {
  const small = await SmallProject.create(t.testdir(), project);
  const layout = join(small.folder, 'out');
  const archive = join(small.folder, 'out.tar');
  const { digest } = await small.build({ output: { kind: 'oci', path: layout } });
  await small.build({ output: { kind: 'tar', path: archive }, tags: [`platen-test/out:${process.pid}`] });
  const inspect = (place: string) =>
    JSON.parse(execFileSync('skopeo', ['inspect', place], { encoding: 'utf8' })) as {
      Digest: string;
      Layers: string[];
    };
  t.equal(inspect(`oci:${layout}`).Digest, digest);
  t.equal(inspect(`docker-archive:${archive}`).Layers.length, inspect(`oci:${layout}`).Layers.length);
  const loaded = execFileSync('docker', ['load', '--input', archive], { encoding: 'utf8' });
  t.match(loaded, `platen-test/out:${process.pid}`);
  t.teardown(() => execFileSync('docker', ['image', 'rm', '-f', `platen-test/out:${process.pid}`]));
  t.equal(inImage(`platen-test/out:${process.pid}`), 'hello, tool made\n');
});

t.test('two builds at once make one image', async (t) => {
  const small = await SmallProject.create(t.testdir(), project);
  const [one, two] = await Promise.all([small.build(), small.build()]);
  t.equal(one.digest, two.digest);
  rmSync(small.cache, { recursive: true });
  t.equal((await small.build()).digest, one.digest, 'and so does a build from nothing');
});
