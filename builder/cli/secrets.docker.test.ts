import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { SmallProject } from '../run/fixtures/small-project.js';
import { PlatenProgram, withoutCoverage } from '../testing/platen-program.js';

const program = new PlatenProgram(t.testdir());
const secret = 'swordfish-7';

const image = `name: small
base: { oci: ../../base }
playbook: small.yml
variables: { password: { type: string, default: none } }
`;
const play = (tasks: string) => `- hosts: all\n  tasks:\n${tasks.replace(/^/gm, '    ')}\n`;

async function projectOf(t: Test, tasks: string) {
  const folder = t.testdir();
  const small = await SmallProject.create(folder, {
    'images/small/image.yaml': image,
    'playbooks/small.yml': play(tasks),
    'playbooks/templates/secret.hbs': '{{password}}\n',
    'playbooks/templates/secret.j2': '{{ password }}\n',
  });
  /** On a terminal, where what commands print is shown while they run. */
  const build = (...argv: string[]) => {
    const line = [
      withoutCoverage,
      'stty cols 300;',
      process.execPath,
      program.path,
      'build',
      'small',
      '--no-load',
      '--explain',
      ...argv,
    ];
    const { stdout, status } = spawnSync('script', ['-qec', line.join(' '), '/dev/null'], {
      cwd: folder,
      env: { ...process.env, XDG_CACHE_HOME: small.cache, TERM: 'xterm' },
      encoding: 'utf8',
      timeout: 120_000,
    });
    return { stdout, status };
  };
  const records = () =>
    readdirSync(join(small.cache, 'platen/records'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'));
  return { small, build, records };
}

t.test('what no_log hides is not shown, and not kept', async (t) => {
  const { build, records } = await projectOf(
    t,
    `- copy: { content: "{{ password }}", dest: /etc/copied }
  no_log: true
- template: { src: secret.hbs, dest: /etc/by-handlebars }
  no_log: true
- template: { src: secret.j2, dest: /etc/by-jinja }
  no_log: true
  register: written
- lineinfile: { path: /etc/copied, line: "again {{ password }}" }
  no_log: true
- shell: echo "plain words"; sleep 3
- name: Print it
  shell: echo "{{ password }}" > /etc/shell; echo "said {{ password }}"; sleep 1
  no_log: true
- name: Keep it
  shell: echo "said {{ password }}"
  register: said
  no_log: true
- name: Each
  shell: "echo {{ item }} > /etc/each"
  loop: ["{{ password }}"]
  no_log: true
- name: By environment
  shell: echo "$PASSWORD"
  environment: { PASSWORD: "{{ password }}" }
  no_log: true
- debug: { msg: "{{ password }}" }
  no_log: true
- name: Use
  copy: { content: "{{ said.stdout | length }} {{ written.changed }}", dest: /etc/used }
`,
  );
  const argv = ['--json', '--var', `password=${secret}`];
  const first = build(...argv);
  t.equal(first.status, 0, first.stdout);
  t.match(first.stdout, '  plain words', 'what is not a secret is shown');
  t.notMatch(first.stdout, secret);
  const again = build(...argv);
  t.notMatch(again.stdout, secret);
  const result = ({ stdout }: typeof first) =>
    JSON.parse(stdout.slice(stdout.indexOf('{"image"')).split('\r\n')[0] ?? '') as {
      digest: string;
      steps: { name: string; cached: boolean }[];
    };
  t.equal(result(again).digest, result(first).digest);
  t.strictSame(
    result(again)
      .steps.filter(({ cached }) => !cached)
      .map(({ name }) => name),
    ['Keep it'],
    'a result that is used and must not be kept is made again',
  );
  t.ok(records().length > 8);
  t.notMatch(records().join('\n'), secret);
});

for (const [what, task] of [
  ['a command', 'shell: echo "{{ password }}"; echo "{{ password }}" >&2; sleep 1; exit 4'],
  ['fail', 'fail: { msg: "{{ password }}" }'],
  ['assert', 'assert: { that: "password == 1", fail_msg: "{{ password }}" }'],
  ['arguments', 'copy: { content: "{{ password }}", "{{ password }}": 1, dest: /x }'],
  ['an expression', 'copy: { content: "{{ password | int(base=99) | nothing_of(password) }}", dest: /x }'],
  ['a folder', 'copy: { src: "{{ password }}", dest: /x }'],
  ['a path', 'lineinfile: { path: "/{{ password }}", line: x }'],
] as const)
  t.test(`what no_log hides is not in a failure: ${what}`, async (t) => {
    const { build, records } = await projectOf(t, `- ${task}\n  no_log: true\n`);
    const { stdout, status } = build('--var', `password=${secret}`);
    t.ok(status === 1 || status === 2, stdout);
    // A wrong argument is named as the playbook has it.
    t.match(stdout, what === 'arguments' ? /unknown argument '{{ password }}'/ : /hidden by no_log/);
    t.notMatch(stdout, secret);
    t.notMatch(records().join('\n'), secret);
  });
