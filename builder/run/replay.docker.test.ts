import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { SmallProject } from './fixtures/small-project.js';

const spec = `name: small
base: { oci: ../../base }
playbook: small.yml
variables:
  greeting: { type: string, default: hello }
`;

const project = async (t: Test, tasks: string, more: Readonly<Record<string, string>> = {}) =>
  SmallProject.create(t.testdir({ root: { etc: { unique: randomUUID() } } }), {
    'images/small/image.yaml': spec,
    'playbooks/small.yml': `- hosts: all\n  tasks:\n${tasks.replace(/^(?=.)/gm, '    ')}\n`,
    ...more,
  });

const write = (small: SmallProject, tasks: string) =>
  small.write({
    'playbooks/small.yml': `- hosts: all\n  tasks:\n${tasks.replace(/^(?=.)/gm, '    ')}\n`,
  });

const inImage = (reference: string, ...argv: string[]) =>
  execFileSync('docker', ['run', '--rm', reference, ...argv], { encoding: 'utf8' });

/** Cases of the bugs in ansible-bender's cache (its issues 98, 104, 226, 229, 253, 256). */
t.test('104: a variable that changed is a change, wherever it stands', async (t) => {
  const small = await project(
    t,
    `- name: In a loop
  copy: { content: x, dest: "/etc/{{ item }}" }
  loop: ["{{ greeting }}", two]
- name: In a name only "{{ greeting }}"
  copy: { content: x, dest: /etc/named }
- name: In a condition
  copy: { content: x, dest: /etc/condition }
  when: greeting == "hello"
- name: In the environment
  shell: echo "$GREETING" > /etc/environment
  environment: { GREETING: "{{ greeting }}" }
- name: By way of another
  copy: { content: "{{ other }}", dest: /etc/other }
  vars: { other: "{{ greeting | upper }}" }
- name: In a file
  template: { src: greeting.j2, dest: /etc/file }
- name: Not at all
  copy: { content: x, dest: /etc/none }
`,
    {
      'playbooks/templates/greeting.j2': '{% include "part.j2" %}\n',
      'playbooks/templates/part.j2': '{{ greeting }}',
    },
  );
  await small.build();
  t.strictSame((await small.build()).ran, []);
  const { ran } = await small.build({ variables: { greeting: 'bye' } });
  t.strictSame(ran, ['In a loop (bye)', 'In the environment', 'By way of another', 'In a file']);
  const names = (await small.build({ variables: { greeting: 'bye' } })).steps.map(({ name }) => name);
  t.notOk(names.includes('In a condition'), 'what was skipped is not in the image');
});

t.test('229: loops are replayed, one item at a time', async (t) => {
  const tasks = (items: string) => `- name: Each
  shell: echo {{ item }} > /etc/{{ item }}; echo "made {{ item }}"
  loop: ${items}
  register: each
- name: All
  copy: { content: "{{ each.results | map(attribute='stdout') | join(',') }}", dest: /etc/all }
- name: Files
  copy: { content: "{{ item.key }}", dest: "/etc/{{ item.key }}" }
  loop: "{{ {'a': 1, 'b': 2} | dict2items }}"
`;
  const small = await project(t, tasks('[one, two]'));
  const first = await small.build();
  t.strictSame((await small.build()).ran, []);
  write(small, tasks('[one, two, three]'));
  const more = await small.build();
  t.strictSame(more.ran, ['Each (three)', 'All']);
  write(small, tasks('[one, two]'));
  const back = await small.build();
  t.strictSame([back.ran, back.digest], [[], first.digest]);
});

t.test('226: what failed, or was ignored, is done again', async (t) => {
  const small = await project(
    t,
    `- name: Ignored
  shell: echo half > /etc/half; exit 1
  ignore_errors: true
  register: half
- name: Judged
  shell: echo bad
  register: judged
  failed_when: "'bad' in judged.stdout"
  ignore_errors: true
- block:
    - name: Rescued
      shell: exit 1
  rescue:
    - name: Mend
      copy: { content: "{{ half.rc }} {{ judged.failed }}", dest: /etc/mended }
`,
  );
  const first = await small.build();
  const again = await small.build();
  t.strictSame(again.ran, ['Ignored', 'Judged', 'Rescued']);
  t.equal(again.digest, first.digest);
});

t.test('253, 256: registered results and facts are there after a hit', async (t) => {
  const tasks = (last: string) => `- name: Ask
  shell: echo answer; echo trouble >&2
  register: asked
- name: Look
  stat: { path: /etc/passwd }
  register: looked
- set_fact: { told: "{{ asked.stdout }} {{ asked.stderr_lines | length }}", size: "{{ looked.stat.size }}" }
- name: Changed or not
  copy: { content: "{{ asked.changed }}", dest: /etc/changed }
  when: asked is changed
- name: Use
  copy: { content: "${last} {{ told }} {{ size | int > 0 }} {{ asked.rc }}", dest: /etc/use }
`;
  const small = await project(t, tasks('a'));
  await small.build();
  write(small, tasks('b'));
  const tag = `platen-test/replay:${process.pid}`;
  t.teardown(() => execFileSync('docker', ['image', 'rm', '-f', tag], { stdio: 'ignore' }));
  const { ran } = await small.build({ load: true, tags: [tag] });
  t.strictSame(ran, ['Use']);
  t.equal(inImage(tag, 'cat', '/etc/use'), 'b answer 1 True 0');
});

t.test('98: blocks, their rescue and their handlers are replayed as they ran', async (t) => {
  const more = {
    'playbooks/small.yml': `- hosts: all
  roles: [site]
`,
    'playbooks/roles/site/handlers/main.yml': `- name: Restart
  shell: echo restarted >> /etc/restarted
- name: Listen
  copy: { content: heard, dest: /etc/heard }
  listen: ears
`,
    'playbooks/roles/site/tasks/main.yml': `- block:
    - name: First
      copy: { content: x, dest: /etc/first }
      notify: Restart
    - name: Second
      shell: echo x > /etc/second
      notify: [Restart, ears]
  always:
    - name: Always
      copy: { content: x, dest: /etc/always }
- meta: flush_handlers
- name: After
  copy: { content: x, dest: /etc/after }
`,
  };
  const small = await project(t, '', more);
  const order = (build: { steps: readonly { name: string; kind: string }[] }) =>
    build.steps.filter(({ kind }) => kind !== 'control').map(({ name }) => name.replace('site : ', ''));
  const first = await small.build();
  t.strictSame(order(first), ['First', 'Second', 'Always', 'Restart', 'Listen', 'After']);
  const again = await small.build();
  t.strictSame([order(again), again.ran, again.digest], [order(first), [], first.digest]);
  small.write({
    'playbooks/roles/site/handlers/main.yml': `- name: Restart
  shell: echo started anew >> /etc/restarted
- name: Listen
  copy: { content: heard, dest: /etc/heard }
  listen: ears
`,
  });
  t.strictSame(
    (await small.build()).ran,
    ['site : Restart'],
    'the handler alone, though cached tasks notify it',
  );
});

t.test(
  'a command runs again when what it may have read changed, and not when that is as it was',
  async (t) => {
    const tasks = (content: string) => `- name: Write
  copy: { content: "${content}", dest: /etc/input }
- name: Derive
  shell: cat /etc/input > /etc/output
- name: Copy on
  copy: { content: same, dest: /etc/same }
`;
    const small = await project(t, tasks('one'));
    await small.build();
    write(small, tasks('two'));
    t.strictSame((await small.build()).ran, ['Write', 'Derive']);
    write(small, tasks('one'));
    t.strictSame((await small.build()).ran, []);
  },
);

t.test('a changed line moves less than 100 kB, and nothing when nothing changed', async (t) => {
  const more = {
    'images/small/image.yaml': spec,
    'playbooks/small.yml': '- hosts: all\n  roles: [large, site]\n',
    'playbooks/roles/large/tasks/main.yml':
      '- shell: cat /bin/* > /srv.bin || true\n- file: { path: /srv.bin, mode: "0444", owner: 7, group: "8" }\n',
    'playbooks/roles/site/tasks/main.yml':
      '- template: { src: site.hbs, dest: /etc/site, owner: 33, group: "44", mode: "0640" }\n- file: { path: /var/site, state: directory, owner: 1000, mode: "2770" }\n',
    'playbooks/roles/site/templates/site.hbs': 'one {{greeting}}\n',
  };
  const small = await project(t, '', more);
  const tag = `platen-test/moved:${process.pid}`;
  t.teardown(() => execFileSync('docker', ['image', 'rm', '-f', tag], { stdio: 'ignore' }));
  // The path of a socket must be short.
  const sockets = mkdtempSync(join(tmpdir(), 'platen-test-'));
  const engine = await countingEngine(join(sockets, 'engine'));
  t.teardown(() => {
    engine.close();
    rmSync(sockets, { recursive: true });
  });
  const build = async () => {
    engine.sent = 0;
    const options = { load: true, tags: [tag] };
    return small.build(options, { DOCKER_HOST: `unix://${engine.path}` });
  };
  const first = await build();
  t.ok(engine.sent > 2_000_000, `first ${engine.sent}`);
  await build();
  t.ok(engine.sent < 3000, `nothing changed: ${engine.sent}`);
  small.write({ 'playbooks/roles/site/templates/site.hbs': 'two {{greeting}}\n' });
  const changed = await build();
  t.ok(engine.sent < 100_000, `one line changed: ${engine.sent}`);
  t.strictSame([changed.ran, changed.made], [['site : template'], ['site']]);
  const made = changed.layers.filter(({ cached }) => !cached);
  t.ok(made.length <= 2 && made.reduce((sum, { size }) => sum + size, 0) < 100_000);
  t.not(changed.digest, first.digest);

  t.equal(inImage(tag, 'cat', '/etc/site'), 'two hello\n');
  const listing = inImage(tag, 'find', '/etc/site', '/var/site', '/srv.bin', '-printf', '%p %U:%G %m %T@\n');
  t.strictSame(listing.trim().split('\n'), [
    '/etc/site 33:44 640 1735689600.0000000000',
    '/var/site 1000:0 2770 1735689600.0000000000',
    '/srv.bin 7:8 444 1735689600.0000000000',
  ]);
});

/** A proxy of Docker's socket that counts the bytes sent to the engine. */
async function countingEngine(path: string): Promise<{ sent: number; path: string; close(): void }> {
  const counted = { sent: 0 };
  const open = new Set<Socket>();
  const target = (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace('unix://', '');
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const docker = createConnection({ path: target, allowHalfOpen: true });
    client.on('data', (chunk) => (counted.sent += chunk.length));
    const ends = [client, docker];
    for (const socket of ends) {
      open.add(socket);
      socket.on('error', () => ends.forEach((end) => end.destroy()));
    }
    client.pipe(docker).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const close = () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  return Object.assign(counted, { path, close });
}
