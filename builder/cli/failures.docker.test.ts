import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { SmallProject } from '../run/fixtures/small-project.js';
import { baseOfLayout, DockerTraces } from '../testing/docker-traces.js';
import { PlatenProgram, type ProgramOutcome, withoutCoverage } from '../testing/platen-program.js';

const program = new PlatenProgram(t.testdir());
const nowhere = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };

/** A project on a base that no other test has. */
async function projectOf(t: Test, files: Readonly<Record<string, string>>) {
  const folder = t.testdir({ root: { etc: { unique: randomUUID() } } });
  const small = await SmallProject.create(folder, files);
  const traces = new DockerTraces(baseOfLayout(join(folder, 'base')));
  const build = (argv: readonly string[] = [], environment = {}) =>
    program.run(['build', 'small', '--no-load', ...argv], {
      folder,
      environment: { XDG_CACHE_HOME: small.cache, ...environment },
    });
  return { folder, small, traces, build };
}

/** One message, no result, no trace of the program's insides. */
function told(t: Test, { exitCode, stdout, stderr }: ProgramOutcome, code: number): void {
  t.equal(exitCode, code, stderr);
  t.equal(stdout, '');
  t.equal(stderr.match(/platen: /g)?.length, 1, stderr);
  t.notMatch(stderr, / {4}at |this is a bug|\[object |undefined(?!\n)/);
}

t.test('a command that fails: what, where, how, its last words, and nothing is left', async (t) => {
  const { small, traces, build } = await projectOf(t, {
    'playbooks/small.yml': '- hosts: all\n  roles: [tool]\n',
    'playbooks/roles/tool/tasks/main.yml': `- name: Write
  copy: { content: x, dest: /etc/before }
- name: Prepare
  shell: echo made > /etc/made

- name: Make the tool
  shell: |
    for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do echo "line $n"; done
    echo "no such compiler" >&2
    exit 42
`,
  });
  const failed = await build();
  told(t, failed, 1);
  t.match(failed.stderr, /^changed +[\d.]+ s {2}tool : Write\nchanged +[\d.]+ s {2}tool : Prepare\n/m);
  t.match(failed.stderr, /^failed +[\d.]+ s {2}tool : Make the tool\n/m);
  t.match(
    failed.stderr,
    `platen: "tool : Make the tool" failed: exit code 42 of for n in 1 2 3`,
    failed.stderr,
  );
  t.match(failed.stderr, '  at playbooks/roles/tool/tasks/main.yml:6:3\n  6 | - name: Make the tool\n');
  t.match(failed.stderr, / {4}line 25\n {4}no such compiler\n/);
  t.notMatch(failed.stderr, / line 2\n/);
  t.match(failed.stderr, /--on-error shell\n/);
  t.strictSame([await traces.containers(), await traces.images()], [[], []]);

  small.write({
    'playbooks/roles/tool/tasks/main.yml':
      '- name: Write\n  copy: { content: x, dest: /etc/before }\n- name: Prepare\n  shell: echo made > /etc/made\n',
  });
  const mended = await build(['--json'], nowhere);
  t.equal(mended.exitCode, 0, mended.stderr);
  const { steps } = JSON.parse(mended.stdout) as { steps: { cached: boolean }[] };
  t.strictSame(
    steps.map(({ cached }) => cached),
    [true, true],
    'what was done before is kept',
  );
});

interface Case {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  readonly argv?: readonly string[];
  readonly code: number;
  readonly says: readonly (string | RegExp)[];
}

const play = (...tasks: string[]) =>
  `- hosts: all\n  tasks:\n${tasks.map((task) => `    ${task}\n`).join('')}`;
const image = (more: string) => `name: small\nbase: { oci: ../../base }\nplaybook: small.yml\n${more}`;

const cases: readonly Case[] = [
  {
    what: 'an unknown module',
    files: { 'playbooks/small.yml': play('- name: Say', '  templat: { src: a, dest: /b }') },
    code: 2,
    says: ['templat', 'playbooks/small.yml:', '^', 'template'],
  },
  {
    what: 'a keyword that is none',
    files: { 'playbooks/small.yml': play('- name: Say', '  copy: { content: a, dest: /b }', '  wen: true') },
    code: 2,
    says: ['wen', 'playbooks/small.yml:', '^'],
  },
  {
    what: 'an argument that is none',
    files: { 'playbooks/small.yml': play('- copy: { content: a, dst: /b }') },
    code: 2,
    says: ['dst', 'playbooks/small.yml:3:7', 'dest'],
  },
  {
    what: 'a variable of a Handlebars template that is not there',
    files: {
      'playbooks/small.yml': play('- template: { src: page.hbs, dest: /etc/page }'),
      'playbooks/templates/page.hbs': 'one\n  two {{greting}}\n',
    },
    argv: ['--var', 'greeting=hello'],
    code: 2,
    says: [
      'greting',
      'playbooks/templates/page.hbs:2:9',
      '  2 |   two {{greting}}\n    |         ^',
      'greeting',
    ],
  },
  {
    what: 'a variable of a Jinja template that is not there',
    files: {
      'playbooks/small.yml': play('- template: { src: page.j2, dest: /etc/page }'),
      'playbooks/templates/page.j2': 'one\n  two {{ greting }}\n',
    },
    code: 1,
    says: ['greting', /playbooks\/templates\/page\.j2:2:\d+/, '  2 |   two {{ greting }}\n    |  '],
  },
  {
    what: 'a variable of a task that is not there',
    files: { 'playbooks/small.yml': play('- copy: { content: "{{ greting }}", dest: /etc/page }') },
    code: 1,
    says: ['greting', 'playbooks/small.yml:3:', '^'],
  },
  {
    what: 'a file that is not there',
    files: { 'playbooks/small.yml': play('- copy: { src: nothing.txt, dest: /etc/page }') },
    code: 1,
    says: ['nothing.txt', 'playbooks/small.yml:3:7'],
  },
  {
    what: 'a playbook that is not there',
    files: { 'images/small/image.yaml': image('').replace('small.yml', 'smal.yml') },
    code: 2,
    says: ['smal.yml'],
  },
  {
    what: 'a role that is not there',
    files: { 'playbooks/small.yml': '- hosts: all\n  roles: [nothing]\n' },
    code: 2,
    says: ['nothing', 'playbooks/small.yml:2:11'],
  },
  {
    what: 'a key of the spec that is none',
    files: { 'images/small/image.yaml': image('playbok: x.yml\n') },
    code: 2,
    says: ['playbok', 'images/small/image.yaml:4:1', '^', 'playbook'],
  },
  {
    what: 'a base that is not there',
    files: { 'images/small/image.yaml': image('').replace('../../base', '../../bas') },
    code: 2,
    says: ['/bas/oci-layout', 'it is not there'],
  },
  {
    what: 'a variable that the spec does not have',
    files: {},
    argv: ['--var', 'greting=x'],
    code: 2,
    says: ['greting', 'greeting'],
  },
  {
    what: 'a value of another type',
    files: {},
    argv: ['--var', 'port=many'],
    code: 2,
    says: ['port', 'many'],
  },
  {
    what: 'a value without a name',
    files: {},
    argv: ['--var', 'x'],
    code: 2,
    says: ['--var x has no value'],
  },
  {
    what: 'YAML that is none',
    files: { 'playbooks/small.yml': '- hosts: all\n  tasks: [\n' },
    code: 2,
    says: ['playbooks/small.yml:', '^'],
  },
];

const variables =
  'variables:\n  greeting: { type: string, default: hello }\n  port: { type: integer, default: 80 }\n';

t.test('what is wrong with files and calls', async (t) => {
  const { build, small } = await projectOf(t, {});
  for (const { what, files, argv, code, says } of cases) {
    small.write({
      'images/small/image.yaml': image(variables),
      'playbooks/small.yml': play('- copy: { content: x, dest: /x }'),
      ...files,
    });
    const outcome = await build(argv);
    told(t, outcome, code);
    t.notMatch(outcome.stderr, '--on-error', 'there is no container');
    for (const words of says) t.match(outcome.stderr, words, `${what}: ${outcome.stderr}`);
  }
});

t.test('an image that is not there', async (t) => {
  const { folder } = await projectOf(t, { 'playbooks/small.yml': '[]\n' });
  const outcome = await program.run(['build', 'smal'], { folder });
  told(t, outcome, 2);
  t.match(outcome.stderr, /smal[^]*small/);
});

t.test('no Docker', async (t) => {
  const { build } = await projectOf(t, { 'playbooks/small.yml': play('- shell: echo') });
  const outcome = await build(['--engine', 'docker'], nowhere);
  told(t, outcome, 1);
  t.match(outcome.stderr, /platen: No Docker engine answers at \/nowhere\/docker\.sock\n {2}.*start/);
  const file = await build(['--engine', 'docker', '--output', 'oci:out'], nowhere);
  told(t, file, 1);
});

t.test('a smoke check that fails: no tag, the end of the log, and no image is left', async (t) => {
  const tag = `platen-test/smoke:${process.pid}`;
  const { traces, folder, small } = await projectOf(t, {
    'images/small/image.yaml': image(
      `smoke:\n  - { name: it says so, command: [sh, -c, 'echo one; echo two; exit 3'] }\n`,
    ),
    'playbooks/small.yml': play('- copy: { content: x, dest: /x }'),
  });
  const environment = { XDG_CACHE_HOME: small.cache };
  const run = (...argv: string[]) =>
    program.run(['build', 'small', '--tag', tag, ...argv], { folder, environment });
  t.teardown(() => execFileSync('docker', ['image', 'rm', '-f', tag], { stdio: 'ignore' }));
  for (const attempt of [1, 2]) {
    const outcome = await run();
    told(t, outcome, 1);
    t.match(outcome.stderr, /The smoke check "it says so" failed: exit code 3, not 0\n {2}one\n {2}two\n/);
    t.match(outcome.stderr, 'was not tagged', `attempt ${attempt}`);
    t.strictSame([await traces.containers(), await traces.images()], [[], []]);
  }
  t.equal((await run('--no-smoke')).exitCode, 0);
  t.strictSame(await traces.images(), [tag]);
  told(t, await run(), 1);
  t.strictSame(await traces.images(), [tag], 'an image that was tagged before keeps its tag');
});

for (const engine of ['sandbox', 'docker'])
  t.test(`--on-error shell is a shell where it failed, by ${engine}`, async (t) => {
    const { folder, small, traces } = await projectOf(t, {
      'playbooks/small.yml': play('- shell: echo half > /etc/made; exit 9'),
    });
    const line = `${withoutCoverage} ${process.execPath} ${program.path} build small --no-load --engine ${engine} --on-error shell`;
    const { stdout, status } = spawnSync('script', ['-qec', line, '/dev/null'], {
      cwd: folder,
      env: { ...process.env, XDG_CACHE_HOME: small.cache, TERM: 'xterm' },
      input:
        'echo "it has $(cat /etc/made)"; [ /dev/pts/0 -ef /proc/$$/fd/0 ] && echo "its own term""inal"; exit\n',
      encoding: 'utf8',
      timeout: 60_000,
    });
    t.match(stdout, /You are in the build container/);
    t.match(stdout, /it has half/);
    t.match(stdout, /its own terminal/, 'not the one that what comes after is typed at');
    t.equal(status, 1, 'and then the build has failed all the same');
    t.strictSame([await traces.containers(), await traces.images()], [[], []]);
  });
