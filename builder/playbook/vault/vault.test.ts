import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import type { BuilderError } from '../../errors.js';
import type { Step, StepRunner, TaskResult } from '../../plan/step.js';
import { MemoryMemo } from '../../testing/memory-memo.js';
import { LocalRunner } from '../fixtures/local-runner.js';
import { runPlaybook } from '../run-playbook.js';
import type { VaultSource } from './vault-password.js';

const secret = 'plain-{{ text }}-42';

/** Files made by the real ansible-vault: format 1.1 with "first", 1.2 with the password named "prod". */
const made = t.testdir({
  first: 'first password\n',
  prod: '  second password\n',
  'one.txt': secret,
  'vars.yml': `token: token-of-a-file\nnested: { token: deep-token }\n`,
  'archive.bin': 'bytes \0 of an archive',
  'prod.txt': `prod ${secret}`,
});

function ansibleVault(...argv: string[]): void {
  const { status, stderr } = spawnSync('/usr/bin/ansible-vault', argv, { cwd: made, encoding: 'utf8' });
  if (status !== 0) throw new Error(`ansible-vault ${argv.join(' ')}: ${stderr}`);
}
ansibleVault('encrypt', '--vault-password-file', 'first', 'one.txt', 'vars.yml', 'archive.bin');
ansibleVault('encrypt', '--vault-id', 'prod@prod', '--encrypt-vault-id', 'prod', 'prod.txt');

const text = (name: string): string => readFileSync(join(made, name), 'utf8');
const inline = (name: string): string => `!vault |\n${text(name).replace(/^/gm, '            ').trimEnd()}\n`;
const source = (id: string, file = id): VaultSource => ({ id, path: join(made, file) });
const both = [source('default', 'first'), source('prod')];

interface Ran {
  readonly steps: Step[];
  readonly results: TaskResult[];
  readonly messages: string[];
  readonly names: string[];
  readonly memo: MemoryMemo;
}

/** Plays `site.yml` without running file steps. */
async function play(
  t: Test,
  files: Readonly<Record<string, string>>,
  vault: readonly VaultSource[],
): Promise<Ran> {
  const folder = t.testdir();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  const ran: Ran = { steps: [], results: [], messages: [], names: [], memo: new MemoryMemo() };
  const local = new LocalRunner();
  const runner: StepRunner = {
    run: async (step) => {
      ran.steps.push(step);
      if (step.kind === 'file') return { known: true, result: { changed: true } };
      const outcome = await local.run(step);
      ran.results.push(outcome.result);
      return outcome;
    },
  };
  await runPlaybook(join(folder, 'site.yml'), {
    projectFolder: folder,
    runner,
    vault,
    memo: ran.memo,
    onMessage: (message) => ran.messages.push(message),
    onTask: ({ name }) => ran.names.push(name),
  });
  return ran;
}

const site = (tasks: string, more = ''): string => `- hosts: all\n${more}  tasks:\n${tasks}`;
const args = (step: Step | undefined): string => JSON.stringify(step?.inputs.args);

t.test('vars_files, include_vars, inline values, templates and lookups are decrypted', async (t) => {
  const files = {
    'site.yml': site(
      '    - shell: echo "{{ token }} {{ nested.token }}"\n' +
        '    - include_vars: later.yml\n' +
        '    - copy: { dest: /a, content: "{{ inline }} {{ listed[0] }} {{ later }}" }\n' +
        '    - template: { dest: /b, src: one.txt }\n      vars: { text: rendered }\n' +
        "    - copy: { dest: /c, content: \"{{ lookup('file', 'one.txt') }}\" }\n" +
        `    - copy:\n        dest: /d\n        content: ${inline('prod.txt')}`,
      `  vars_files: [secret.yml]\n  vars:\n      inline: ${inline('one.txt')}      listed: ["{{ inline }}"]\n`,
    ),
    'secret.yml': text('vars.yml'),
    'later.yml': `later: ${inline('prod.txt')}`,
    'templates/one.txt': text('one.txt'),
    'files/one.txt': text('one.txt'),
  };
  const { steps, results } = await play(t, files, both);
  t.equal(results[0]?.['stdout'], 'token-of-a-file deep-token');
  t.match(args(steps[1]), `${secret} ${secret} prod ${secret}`, 'and is no template itself');
  t.match(args(steps[2]), 'plain-rendered-42', 'but an encrypted template is one');
  t.match(args(steps[3]), secret);
  t.match(args(steps[4]), `prod ${secret}`);
  t.notMatch(JSON.stringify(steps.map(({ inputs }) => inputs)), 'ANSIBLE_VAULT');
});

t.test('copy, unarchive and script take the plain text, and their keys follow it', async (t) => {
  const tasks =
    '    - copy: { dest: /a, src: one.txt }\n    - copy: { dest: /a, src: one.txt, decrypt: false }\n' +
    '    - unarchive: { dest: /a, src: archive.bin }\n';
  const files = (one: string) => ({
    'site.yml': site(tasks),
    'files/one.txt': one,
    'files/archive.bin': text('archive.bin'),
  });
  const encrypted = await play(t, files(text('one.txt')), both);
  const plain = await play(t, files(secret), []).catch((error: unknown) => error);
  t.match(plain, { code: 'invalid', origin: { file: 'files/archive.bin', line: 1 } });
  const other = await play(t, files(secret), both);
  t.equal(args(encrypted.steps[0]), args(other.steps[0]), 'the same plain text, the same key');
  t.not(args(encrypted.steps[1]), args(other.steps[1]));
  t.same(encrypted.steps[0]?.inputs.files, other.steps[0]?.inputs.files);
});

t.test('the first password that fits decrypts, whatever it is called; a program may print it', async (t) => {
  const files = {
    'site.yml': site('    - shell: echo {{ token }}\n', '  vars_files: [v.yml]\n'),
    'v.yml': text('vars.yml'),
  };
  const out = async (...vault: VaultSource[]) => (await play(t, files, vault)).results[0]?.['stdout'];
  t.equal(await out(source('prod'), source('other', 'first')), 'token-of-a-file');
  writeFileSync(
    join(made, 'pass-client.sh'),
    '#!/bin/sh\n[ "$*" = "--vault-id dev" ] && echo "first password"\n',
  );
  chmodSync(join(made, 'pass-client.sh'), 0o755);
  t.equal(await out(source('dev', 'pass-client.sh')), 'token-of-a-file');
  await t.rejects(out(source('prod', 'pass-client.sh')), { code: 'invalid', message: /program .*failed/ });
});

t.test('a missing or wrong password is one error with its place', async (t) => {
  const whole = { 'site.yml': site('    - ping:\n', '  vars_files: [v.yml]\n'), 'v.yml': text('vars.yml') };
  const value = {
    'site.yml': site(
      '    - shell: echo {{ x }}\n',
      `  no_log: true\n  vars:\n      x: ${inline('prod.txt')}`,
    ),
  };
  const error = (files: Record<string, string>, vault: VaultSource[]): Promise<BuilderError> =>
    play(t, files, vault).then(
      () => Promise.reject(new Error('it went through')),
      (one: BuilderError) => one,
    );
  t.match(await error(whole, []), {
    code: 'invalid',
    message: 'No password is given for v.yml, which ansible-vault encrypted',
    origin: { file: 'v.yml', line: 1, column: 1 },
    hint: /--vault-password-file/,
  });
  t.match(await error(whole, [source('prod')]), { message: /the vault password given does not fit/ });
  t.match(await error(value, [source('default', 'first')]), {
    message: /this value: the vault password given does not fit/,
    origin: { file: 'site.yml', line: 4, column: 17 },
    hint: /named "prod"/,
  });
  t.match(await error(value, [source('prod', 'nowhere')]), { message: /nowhere does not exist/ });
  const unused = { 'site.yml': site('    - ping:\n', `  vars:\n      x: ${inline('prod.txt')}`) };
  await play(t, unused, []);
});

t.test(
  'what was decrypted is in no message, name or memo, also by way of facts, results and loops',
  async (t) => {
    const files = {
      'site.yml': site(
        '    - name: Use {{ token }}\n      shell: echo {{ token }}\n      register: result\n' +
          '    - debug: { msg: "{{ result.stdout }}" }\n' +
          '    - set_fact: { made: "x{{ nested.token }}" }\n' +
          '    - debug: { var: made }\n' +
          '    - debug: { msg: "{{ item }}" }\n      loop: ["{{ token }}"]\n' +
          '    - include_tasks: each.yml\n      loop: ["{{ token }}"]\n' +
          '    - template: { src: t.hbs, dest: /t }\n' +
          '    - debug: { msg: public }\n' +
          '    - block: [{ shell: "echo {{ token }}; exit 3" }]\n      rescue: [{ debug: { var: ansible_failed_result } }]\n' +
          '    - shell: echo {{ token }} >&2; exit 4\n',
        '  vars_files: [v.yml]\n',
      ),
      'each.yml': '- debug: { msg: "each {{ item }}" }\n',
      'templates/t.hbs': 'is {{token}}\n',
      'v.yml': text('vars.yml'),
    };
    const folder = t.testdir();
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    const said: unknown[] = [];
    const memo = new MemoryMemo();
    const local = new LocalRunner();
    const error = await runPlaybook(join(folder, 'site.yml'), {
      projectFolder: folder,
      vault: both,
      memo,
      runner: {
        run: (step) => {
          said.push([step.id, step.name, step.secret ? '' : step.inputs.args, step.inputs.variables]);
          if (step.kind === 'file') return Promise.resolve({ known: true, result: { changed: true } });
          return local.run(step);
        },
      },
      onMessage: (message) => said.push(message),
      onTask: (event) => said.push(event),
    }).then(
      () => undefined,
      (one: BuilderError) => one,
    );
    t.match(error?.message, /hidden/);
    said.push(error?.message, error?.hint, (error as { output?: string }).output);
    t.match(JSON.stringify(said), 'public');
    t.notMatch(JSON.stringify(said), 'token-of-a-file');
    t.notMatch(JSON.stringify(said), 'deep-token');
    t.ok(memo.entries.size > 0);
    t.notMatch(JSON.stringify([...memo.entries]), /token-of-a-file|deep-token/);
  },
);
