import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { BuilderError, SpecError, StepError } from '../errors.js';
import type { Step, StepOutcome, StepRunner, TaskResult } from '../plan/step.js';
import { MemoryMemo } from '../testing/memory-memo.js';
import { processorMs } from '../testing/processor-ms.js';
import { LocalRunner } from './fixtures/local-runner.js';
import { type PlaybookOptions, runPlaybook } from './run-playbook.js';

type Files = Readonly<Record<string, string>>;

function project(t: Test, files: Files): string {
  const folder = t.testdir();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

async function run(t: Test, files: Files, options: Partial<PlaybookOptions> = {}): Promise<LocalRunner> {
  const folder = project(t, files);
  const runner = new LocalRunner();
  await runPlaybook(join(folder, 'site.yml'), { projectFolder: folder, runner, ...options });
  return runner;
}

async function problemsOf(t: Test, files: Files): Promise<string[]> {
  try {
    await run(t, files);
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.problems.map(
      ({ message, hint, origin }) => `${origin?.file}:${origin?.line} ${message} ${hint ?? ''}`,
    );
  }
  return [];
}

async function failureOf(
  t: Test,
  files: Files,
  options: Partial<PlaybookOptions> = {},
): Promise<BuilderError> {
  try {
    await run(t, files, options);
  } catch (error) {
    if (error instanceof BuilderError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

const tasks = (...lines: string[]): Files => ({
  'site.yml': `- hosts: all\n  tasks:\n${lines.map((line) => `    ${line}\n`).join('')}`,
});

t.test('a step says what it is and what it depends on', async (t) => {
  const { steps } = await run(t, {
    'site.yml': '- hosts: all\n  roles: [{ role: web, web_port: 80 }]\n',
    'roles/web/defaults/main.yml': 'text: "port {{ web_port }}"\nunused: 1\n',
    'roles/web/tasks/main.yml':
      '- name: Say {{ web_port }}\n  shell: echo {{ text }} {{ item }}\n  loop: [a, b]\n  become: true\n  become_user: daemon\n' +
      '  environment: { A: "{{ web_port }}" }\n- name: Say {{ web_port }}\n  shell: echo\n  no_log: true\n  loop: [secret]\n',
  });
  t.strictSame(
    steps.map(({ id, name, role, kind, secret }) => ({ id, name, role, kind, secret })),
    [
      {
        id: 'roles/web/tasks/main.yml: web : Say 80 (a)',
        name: 'web : Say 80 (a)',
        role: 'web',
        kind: 'exec',
        secret: false,
      },
      {
        id: 'roles/web/tasks/main.yml: web : Say 80 (b)',
        name: 'web : Say 80 (b)',
        role: 'web',
        kind: 'exec',
        secret: false,
      },
      {
        id: 'roles/web/tasks/main.yml: web : Say 80 (2bb80d537b1d)',
        name: 'web : Say 80',
        role: 'web',
        kind: 'exec',
        secret: true,
      },
    ],
  );
  t.match(steps[0]?.origin, { file: 'roles/web/tasks/main.yml', line: 1, column: 3 });
  t.match(steps[0]?.inputs.args, {
    args: { _raw_params: 'echo port 80 a' },
    user: 'daemon',
    environment: { A: '80' },
  });
  t.same(Object.keys(steps[0]?.inputs.variables ?? {}).sort(), ['item', 'text', 'web_port']);
  t.not(steps[0]?.inputs.variables['item'], steps[1]?.inputs.variables['item']);
  t.equal(steps[0]?.inputs.variables['text'], steps[1]?.inputs.variables['text']);
});

t.test(
  'variables beside the playbook are read, of all and of the groups and host that the image is',
  async (t) => {
    const files = {
      ...tasks(
        '- command: echo {{ a }} {{ b }} {{ c }} {{ d }} {{ group_names | join(",") }} {{ inventory_hostname }}',
      ),
      'group_vars/all/one.yml': 'a: all\nb: all\nc: all\nd: all\n',
      'group_vars/web.yml': 'b: web\nc: web\n',
      'host_vars/shop.yml': 'c: shop\n',
    };
    const words = async (options: Partial<PlaybookOptions>) =>
      (await run(t, files, options)).outcomes[0]?.result['stdout'];
    t.equal(await words({}), 'all all all all ungrouped image');
    const inventory = { host: 'shop', named: true, groups: ['web'] };
    t.equal(await words({ inventory, variables: { a: 'spec', c: 'spec' } }), 'spec web shop all web shop');
  },
);

/** The commands of a playbook, in order; runs none of them. */
async function commandsOf(t: Test, files: Files): Promise<string[]> {
  const folder = project(t, files);
  const ran: string[] = [];
  const local = new LocalRunner();
  const runner: StepRunner = {
    run: (step) => {
      if (step.kind === 'control') return local.run(step);
      ran.push((step.inputs.args as { args: { _raw_params: string } }).args._raw_params);
      return Promise.resolve({ known: true, result: { changed: true } });
    },
  };
  const playing = runPlaybook(join(folder, 'site.yml'), { projectFolder: folder, runner });
  await playing.catch((error: unknown) => {
    if (!(error instanceof StepError)) throw error;
    ran.push(error.message);
  });
  return ran;
}

t.test('imported handlers are notified by their names, and blocks notify', async (t) => {
  const ran = await commandsOf(t, {
    'site.yml':
      '- hosts: all\n  roles: [web]\n  tasks:\n    - notify: web | first\n      block:\n        - command: one\n        - { command: two, notify: second }\n' +
      '        - meta: flush_handlers\n        - command: three\n    - { command: four, changed_when: false, notify: second }\n',
    'roles/web/handlers/main.yml': '- import_tasks: more.yml\n- { name: second, command: second }\n',
    'roles/web/handlers/more.yml': '- { name: web | first, command: first }\n- import_tasks: deep.yml\n',
    'roles/web/handlers/deep.yml': '- { name: unused, command: unused }\n',
  });
  t.same(ran, ['one', 'two', 'first', 'second', 'three', 'four', 'first']);
});

t.test(
  'of handlers with one name that listen, the last runs: a role that runs twice restarts once',
  async (t) => {
    const ran = await commandsOf(t, {
      'site.yml':
        '- hosts: all\n  roles: [{ role: web, web_port: 80 }, { role: web, web_port: 81 }]\n  tasks: [{ command: x, notify: topic }]\n',
      'roles/web/handlers/main.yml':
        '- { name: restart, listen: topic, command: "restart {{ web_port }}" }\n- { name: reload, listen: topic, command: "reload {{ web_port }}" }\n',
      'roles/web/meta/main.yml': 'allow_duplicates: true\n',
    });
    t.same(ran, ['x', 'restart 81', 'reload 81']);
  },
);

t.test('force_handlers runs what was notified before a task failed', async (t) => {
  const files = (force: string): Files => ({
    'site.yml': `- hosts: all\n${force}  handlers: [{ name: h, command: handled }]\n  tasks: [{ command: "true", notify: h }, { fail: { msg: gone } }]\n`,
  });
  t.same(await commandsOf(t, files('  force_handlers: true\n')), ['true', 'handled', '"fail" failed: gone']);
  t.same(await commandsOf(t, files('')), ['true', '"fail" failed: gone']);
});

t.test('a command of another user sees the home and the names of that user', async (t) => {
  const { outcomes } = await run(t, {
    'site.yml':
      '- hosts: all\n  become: true\n  become_user: daemon\n  tasks:\n    - shell: echo $HOME $USER $LOGNAME\n    - shell: echo $HOME\n      environment: { HOME: /own }\n',
  });
  t.same(
    outcomes.map(({ result }) => result['stdout']),
    ['/usr/sbin daemon daemon', '/own'],
  );
});

t.test('relative creates and removes are looked for where the command runs', async (t) => {
  const folder = project(t, { ...tasks(), 'at/built': '' });
  writeFileSync(
    join(folder, 'site.yml'),
    `- hosts: all\n  tasks:\n    - command: "true"\n      args: { chdir: ${folder}/at, creates: built }\n    - command: "true"\n      args: { chdir: ${folder}/at, creates: missing }\n` +
      `    - shell: "true"\n      args: { chdir: ${folder}/at, removes: buil* }\n    - shell: "true"\n      args: { chdir: ${folder}/at, removes: old.* }\n`,
  );
  const runner = new LocalRunner();
  await runPlaybook(join(folder, 'site.yml'), { projectFolder: folder, runner });
  t.same(
    runner.outcomes.map(({ result }) => result.changed),
    [false, true, true, false],
  );
});

t.test('a skipped task says which condition did not hold, as it stands', async (t) => {
  const { outcomes } = await run(
    t,
    tasks(
      '- { command: x, when: false, register: a }',
      '- { command: x, when: [1 == 1, 1 == 2], register: b }',
      '- debug: { msg: "{{ a.false_condition }} {{ b.false_condition }}" }',
    ),
  );
  t.equal(outcomes[0]?.result.msg, 'False 1 == 2');
});

t.test('accounts and packages become facts, under their own names, too', async (t) => {
  const { outcomes } = await run(
    t,
    tasks(
      '- setup: { gather_subset: [min] }',
      '- package_facts: { manager: auto }',
      '- getent: { database: passwd, key: daemon }',
      '- getent: { database: group, key: no-such-group, fail_key: false }',
      "- debug: { msg: \"{{ packages['bash'][0].name }} {{ 'bash' in ansible_facts.packages }} {{ ansible_facts.getent_passwd['daemon'][4] }} {{ getent_group }}\" }",
    ),
  );
  t.equal(outcomes.at(-1)?.result.msg, "bash True /usr/sbin {'no-such-group': None}");
  const missing = await failureOf(t, tasks('- getent: { database: passwd, key: no-such-user }'));
  t.match(missing.message, /could not be found/);
});

t.test('steps with one name have different ids', async (t) => {
  const { steps } = await run(t, tasks('- debug: msg=a', '- debug: msg=a', '- debug: msg=a'));
  t.same(
    steps.map(({ id }) => id),
    ['site.yml: debug', 'site.yml: debug #2', 'site.yml: debug #3'],
  );
});

t.test('files count by digest, templates by what they render', async (t) => {
  const files = {
    ...tasks('- copy: { src: a.txt, dest: /a }', '- template: { src: b.j2, dest: /b }', '  vars: { x: 1 }'),
    'files/a.txt': 'A',
    'templates/b.j2': 'x is {{ x }}\n',
  };
  const folder = project(t, files);
  const steps: Step[] = [];
  const runner = planner((step) => {
    steps.push(step);
    return { known: true, result: { changed: true } };
  });
  await runPlaybook(join(folder, 'site.yml'), { projectFolder: folder, runner });
  t.same(Object.keys(steps[0]?.inputs.files ?? {}), ['files/a.txt']);
  t.same(steps[1]?.inputs.files, {});
  t.match(JSON.stringify(steps[1]?.inputs.args), /x is 1\\n/);
  t.same(Object.keys(steps[1]?.inputs.variables ?? {}).sort(), ['templates/b.j2', 'x']);
});

/** Runs nothing: returns the given outcome, as a cache or a plan does. */
function planner(give: (step: Step) => { known: boolean; result: TaskResult }): StepRunner {
  return {
    run: (step): Promise<StepOutcome> => Promise.resolve(give(step)),
  };
}

t.test('a result from the cache is judged, registered and notified anew', async (t) => {
  const messages: string[] = [];
  const folder = project(t, {
    'site.yml':
      '- hosts: all\n  handlers: [{ name: h, debug: { msg: handled } }]\n  tasks:\n    - command: first\n      register: r\n' +
      '      changed_when: r.stdout == "yes"\n      notify: h\n    - debug: { msg: "{{ r.stdout }} {{ r.changed }} {{ r.rc }}" }\n',
  });
  const local = new LocalRunner();
  const result = { changed: false, rc: 0, stdout: 'yes' };
  const cached: StepOutcome = { known: true, result };
  const runner: StepRunner = {
    run: (step) => (step.kind === 'exec' ? Promise.resolve(cached) : local.run(step)),
  };
  const onMessage = (text: string): void => void messages.push(text);
  await runPlaybook(join(folder, 'site.yml'), { projectFolder: folder, runner, onMessage });
  t.same(messages, ['yes True 0', 'handled']);
});

t.test('a plan goes on where results are not known', async (t) => {
  const seen: string[] = [];
  const folder = project(t, {
    ...tasks(
      '- { name: ask, command: x, register: r, failed_when: r.rc != 0, changed_when: r.stdout }',
      '- { name: conditional, command: y, when: r.rc == 3 }',
      '- { name: argument, command: "echo {{ r.stdout_lines[0].x }}" }',
      '- { name: looped, command: "echo {{ item }}", loop: "{{ r.stdout_lines }}" }',
      '- { name: fact, set_fact: { made: "{{ r.changed }}" } }',
      '- { name: asserted, assert: { that: r.rc == 0 } }',
      '- { name: by fact, command: z, when: made.deep.value }',
      '- { name: included, include_tasks: more.yml, when: r.rc == 0 }',
      '- { name: known, command: w, when: 1 == 2 }',
    ),
    'more.yml': '- { name: inside, command: v }\n',
  });
  const runner: StepRunner = {
    run: async (step): Promise<StepOutcome> => {
      seen.push(step.name);
      const guess = { known: false, result: { changed: true } };
      if (step.kind !== 'control') return guess;
      return {
        ...guess,
        known: true,
        result: await step.run({ root: {} as never, epoch: 0, exec: () => Promise.reject(new Error('no')) }),
      };
    },
  };
  await runPlaybook(join(folder, 'site.yml'), { projectFolder: folder, runner });
  t.same(seen, ['ask', 'conditional', 'argument', 'looped', 'asserted', 'by fact', 'inside']);
});

t.test('all that is wrong with the files is said at once', async (t) => {
  const problems = await problemsOf(t, {
    'site.yml':
      '- hosts: all\n  rolls: [web]\n  roles: [web, wep]\n  tasks:\n    - debug: { msg: a }\n      wen: true\n' +
      '    - copyy: { src: a }\n    - name: nothing\n    - debug: msg=a\n      command: x\n    - command: x\n      async: 5\n' +
      '    - { debug: { msg: a }, with_random: [1] }\n    - local_action: command x\n    - just text\n',
    'roles/web/tasks/main.yml': '- debug: msg=1\n  loop_control: { lop_var: x }\n- file: junk\n',
    'roles/web/meta/main.yml': 'dependencies: [missing]\n',
    'roles/web/vars/main.yml': '- not a mapping\n',
  });
  const expected = [
    /site.yml:2 "rolls" is not known here Did you mean "roles"/,
    /site.yml:6 "wen" is not known here Did you mean "when"/,
    /site.yml:7 "copyy" is not known here Did you mean "copy"/,
    /site.yml:8 This task has no module/,
    /site.yml:9 A task has one module, but this one has debug and command/,
    /site.yml:12 "async" is not supported Use instead/,
    /site.yml:13 "with_random" is not supported/,
    /site.yml:14 "local_action" is not supported/,
    /site.yml:15 A task must be a mapping/,
    /site.yml:3 There is no role "wep" Did you mean "web"/,
    /roles\/web\/tasks\/main.yml:2 "lop_var" is not known in loop_control/,
    /roles\/web\/tasks\/main.yml:3 "junk" is not an argument of "file"/,
    /roles\/web\/meta\/main.yml:1 There is no role "missing"/,
    /roles\/web\/vars\/main.yml:1 A file of variables must be a mapping/,
  ];
  for (const one of expected)
    t.ok(
      problems.some((problem) => one.test(problem)),
      String(one),
    );
  t.match(
    problems.filter((problem) => !expected.some((one) => one.test(problem))),
    [],
    'and nothing else',
  );
});

t.test('a failed task ends the run with its place and its last words', async (t) => {
  const error = await failureOf(t, tasks('- name: Try', '  shell: echo out; echo err >&2; exit 7'));
  t.type(error, StepError);
  t.match(error, {
    step: 'Try',
    message: /^"Try" failed: exit code 7 of echo out; echo err >&2; exit 7$/,
    output: 'out\nerr',
    origin: { file: 'site.yml', line: 3 },
  });
  const hidden = await failureOf(t, tasks('- name: Try', '  shell: echo out; exit 7', '  no_log: true'));
  t.match(hidden, { message: /hidden by no_log/ });
  t.equal((hidden as StepError).output, '');
});

const refused: [string, string[], RegExp][] = [
  ['arguments of a module', ['- copy: { dset: /x, content: a }'], /'dest'/],
  ['modules that are none of ours', ['- zypper: { name: x }'], /zypper/],
  ['other machines', ['- { command: x, delegate_to: db1 }'], /delegate_to: db1 is not supported/],
  ['check mode', ['- { command: x, check_mode: true }'], /check_mode/],
  ['handlers that are not there', ['- { command: "true", notify: restrat }'], /no handler "restrat"/],
  ['files that are not there', ['- include_tasks: nope.yml'], /There is no file "nope.yml"/],
  ['roles that are not there', ['- include_role: { name: nope }'], /There is no role "nope"/],
  ['unknown arguments of includes', ['- include_tasks: { fiel: x.yml }'], /"fiel" is not an argument/],
  ['unknown metas', ['- meta: flush'], /There is no "meta: flush"/],
];

for (const [what, lines, message] of refused)
  t.test(`refused: ${what}`, async (t) => {
    const error = await failureOf(t, tasks(...lines));
    t.match(error.message, message);
    t.match(error, { code: 'invalid', origin: { file: 'site.yml' } });
  });

t.test('a module that is not supported may be skipped', async (t) => {
  const { steps } = await run(t, tasks('- { zypper: { name: x }, when: false }'));
  t.equal(steps.length, 0);
});

t.test('undefined variables are named', async (t) => {
  t.match((await failureOf(t, tasks('- debug: { msg: "{{ nothing_here }}" }'))).message, /nothing_here/);
  t.match((await failureOf(t, tasks('- { command: x, when: nothing_here }'))).message, /nothing_here/);
});

t.test('what the builder itself fails at is not rescued', async (t) => {
  const folder = project(
    t,
    tasks('- block: [{ command: x, ignore_errors: true }]', '  rescue: [{ debug: { msg: no } }]'),
  );
  const gone = new BuilderError('No engine answers', { code: 'unavailable' });
  const ran: string[] = [];
  const runner: StepRunner = {
    run: (step) => {
      ran.push(step.name);
      return Promise.reject(gone);
    },
  };
  await t.rejects(runPlaybook(join(folder, 'site.yml'), { projectFolder: folder, runner }), gone);
  t.same(ran, ['command']);
});

t.test('roles and includes that go in circles are refused', async (t) => {
  const problems = await problemsOf(t, {
    'site.yml': '- hosts: all\n  roles: [a]\n',
    'roles/a/meta/main.yml': 'dependencies: [b]\n',
    'roles/b/meta/main.yml': 'dependencies: [a]\n',
  });
  t.match(problems, [/depends on itself/]);
  const error = await failureOf(t, {
    ...tasks('- include_tasks: loop.yml'),
    'loop.yml': '- include_tasks: loop.yml\n',
  });
  t.match(error.message, /includes itself/);
});

const seed: Files = {
  'site.yml':
    '- hosts: all\n  vars: { a: 1, b: [x, y] }\n  roles:\n    - { role: web, web_port: 80, tags: [t] }\n  handlers:\n' +
    '    - { name: h, debug: { msg: handled }, listen: topic }\n  tasks:\n    - name: One {{ a }}\n' +
    '      command: echo "{{ a }}" creates=/x\n      register: r\n      notify: [h, topic]\n      when: a == 1 and b\n' +
    '    - block:\n        - set_fact: { c: "{{ b | length }}" }\n        - fail: { msg: no }\n      rescue:\n' +
    '        - debug: var=c\n      always: [{ meta: flush_handlers }]\n    - copy: { content: "{{ r }}", dest: /y, mode: 0644 }\n' +
    '      loop: "{{ b }}"\n      loop_control: { index_var: i, label: "{{ item }}" }\n    - include_tasks: more.yml\n',
  'more.yml':
    '- file: path=/z state=directory\n  with_items: [1, [2]]\n  until: true\n  retries: 1\n  delay: 0\n',
  'roles/web/tasks/main.yml':
    '- import_tasks: ../../../more.yml\n- service: { name: x, state: started }\n  tags: always\n',
};

/** mulberry32: generates the same mutations every time. */
function randomNumbers(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const bits = [
  '{',
  '}',
  '[',
  ']',
  ': ',
  '- ',
  '\n',
  '&a ',
  '*a',
  "'",
  '"',
  '{{',
  '}}',
  '{%',
  'item',
  '|',
  '~',
  '0',
  'when',
  'loop: ',
  '=',
  'null',
  '\\',
];

t.test('three thousand mutated playbooks run or are refused', async (t) => {
  const folder = project(t, seed);
  const random = randomNumbers(7);
  const runner = planner(() => ({ known: true, result: { changed: true, rc: 0, stdout: 'out' } }));
  const names = Object.keys(seed);
  // Keeps parsed files: a round mutates only one.
  const memo = new MemoryMemo();
  const write = (name: string, text: string) => {
    // Removed first: some file systems flush a file to disk when it is overwritten.
    rmSync(join(folder, name));
    writeFileSync(join(folder, name), text);
  };
  const ended = { well: 0, refused: 0 };
  for (let round = 0; round < 3000; round++) {
    const name = names[random(names.length)] ?? 'site.yml';
    let text = seed[name] ?? '';
    for (let edit = random(2); edit >= 0; edit--) {
      const at = random(text.length);
      text =
        text.slice(0, at) + (random(4) > 0 ? bits[random(bits.length)] : '') + text.slice(at + random(5));
    }
    write(name, text);
    try {
      await runPlaybook(join(folder, 'site.yml'), { projectFolder: folder, memo, runner });
      ended.well++;
    } catch (error) {
      if (!(error instanceof BuilderError))
        throw new Error(`round ${round}: ${name}\n${text}`, { cause: error });
      ended.refused++;
    }
    write(name, seed[name] ?? '');
  }
  t.comment(JSON.stringify(ended));
  t.ok(ended.well > 100 && ended.refused > 1000, JSON.stringify(ended));
});

t.test('a thousand templates and a loop of a thousand cost less than a second', async (t) => {
  const lines = Array.from(
    { length: 1000 },
    (_, index) => `- template: { src: t.j2, dest: "/etc/{{ name }}/${index}" }`,
  );
  const folder = project(t, {
    ...tasks(...lines, '- debug: { msg: "{{ item }} {{ name }}" }', '  loop: "{{ range(1000) | list }}"'),
    'templates/t.j2': 'name {{ name }}\n',
  });
  let steps = 0;
  const runner = planner(() => {
    steps++;
    return { known: true, result: { changed: true } };
  });
  const begin = processorMs();
  await runPlaybook(join(folder, 'site.yml'), { projectFolder: folder, runner, variables: { name: 'x' } });
  const ms = processorMs() - begin;
  t.equal(steps, 2000);
  // Quadratic code would take minutes.
  t.ok(ms < 6000, `${Math.round(ms)} ms`);
});
