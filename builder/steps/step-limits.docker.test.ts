import t, { type Test } from 'tap';
import { BuilderError, StepError } from '../errors.js';
import { SmallProject } from '../run/fixtures/small-project.js';

const tasks = (...lines: string[]) =>
  `- hosts: all\n  tasks:\n${lines.map((line) => `    ${line}\n`).join('')}`;
const play = (text: string) => ({ 'playbooks/small.yml': text });

const specOf = (more: string) => ({
  'images/small/image.yaml': `name: small\nbase: { oci: ../../base }\nplaybook: small.yml\n${more}`,
});

async function failureOf(t: Test, project: SmallProject, engine: 'docker' | 'sandbox') {
  const error: unknown = await project.build({ engine }).catch((caught: unknown) => caught);
  if (error instanceof BuilderError) return error;
  throw t.fail('it did not fail');
}

for (const engine of ['sandbox', 'docker'] as const)
  t.test(`limits of tasks, by ${engine}`, async (t) => {
    const project = await SmallProject.create(t.testdir(), play(''));

    t.test('a task past its time ends with all that it started, and says so', async (t) => {
      project.write(
        play(
          tasks(
            '- name: Wait',
            '  shell: echo begun; sleep 111 & sleep 100; echo done >/etc/done',
            '  timeout: 3',
          ),
        ),
      );
      const failure = await failureOf(t, project, engine);
      t.ok(failure instanceof StepError);
      t.match(failure, {
        message: '"Wait" failed: it still ran after 3 s, and was ended, with everything it had started',
        hint: /timeout: SECONDS.*steps/,
        origin: { file: 'playbooks/small.yml', line: 3, column: 7 },
        output: 'begun',
      });
    });

    t.test('that can be rescued; its processes are gone, and it is not kept', async (t) => {
      const lines = [
        '- timeout: 3',
        '  block:',
        '    - shell: sleep 111.5 & sleep 100',
        '      failed_when: false',
        '  rescue:',
        '    - shell: cat /proc/[0-9]*/cmdline',
        '      timeout: 60',
        '      register: left',
        `    - assert: { that: ["'111.5' not in left.stdout", ansible_failed_result.timedout.period == 3] }`,
        '    - copy: { content: rescued, dest: /etc/rescued }',
      ];
      project.write(play(tasks(...lines)));
      t.match((await project.build({ engine })).ran, ['shell', 'shell', 'copy']);
      t.strictSame((await project.build({ engine })).ran, ['shell']);
    });

    t.test('the spec has a default, which a task may leave', async (t) => {
      project.write(specOf('steps: { timeoutSeconds: 1.5 }\n'));
      project.write(play(tasks('- shell: sleep 100')));
      t.match((await failureOf(t, project, engine)).message, 'after 1.5 s');
      project.write(play(tasks('- shell: sleep 2; echo long >/etc/long', '  timeout: "{{ 0 }}"')));
      const first = await project.build({ engine });
      t.strictSame(first.ran, ['shell']);
      project.write(specOf(''));
      project.write(play(tasks('- shell: sleep 2; echo long >/etc/long', '  timeout: 50')));
      const again = await project.build({ engine });
      t.strictSame([again.ran, again.digest], [[], first.digest], 'a limit that was kept is not an input');
    });

    t.test('without network a task is another one', async (t) => {
      const look = '- shell: cat /proc/net/dev >/etc/seen; cat /proc/net/route';
      project.write(play(tasks(look, '  register: routes', '- debug: { var: routes.stdout }')));
      await project.build({ engine });
      const lines = [look, '  register: routes', '  vars: { platen_network: none }'];
      project.write(play(tasks(...lines, '- assert: { that: "\'0000\' not in routes.stdout" }')));
      t.strictSame((await project.build({ engine })).ran, ['shell']);
      t.strictSame((await project.build({ engine })).ran, []);
      project.write(specOf('variables: { platen_network: { type: string, default: none } }\n'));
      project.write(play(tasks(look)));
      t.strictSame((await project.build({ engine })).ran, [], 'it is a variable like others');
    });
  });

t.test('limits that are none', async (t) => {
  const project = await SmallProject.create(t.testdir(), play(''));
  for (const [line, message] of [
    ['timeout: soon', 'timeout: "soon" is not a number of seconds'],
    ['timeout: -1', 'timeout: -1 is not a number of seconds'],
    ['vars: { platen_network: lan }', 'platen_network: "lan" is not a network'],
  ] as const) {
    project.write(play(tasks('- shell: "true"', `  ${line}`)));
    t.match(await failureOf(t, project, 'sandbox'), { code: 'invalid', message, origin: { line: 3 } });
  }
});
