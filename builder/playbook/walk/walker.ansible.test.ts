import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { StepError } from '../../errors.js';
import type { StepRunner } from '../../plan/step.js';
import { LocalRunner } from '../fixtures/local-runner.js';
import { type PlaybookOptions, runPlaybook } from '../run-playbook.js';

const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url));

interface Trace {
  readonly lines: unknown[];
  readonly failed: boolean;
}

/** The trace of the real ansible-playbook, written by the callback plugin. */
function byAnsible(playbook: string, folder: string, more: readonly string[]): Trace {
  const trace = join(folder, 'trace');
  const run = spawnSync(
    '/usr/bin/ansible-playbook',
    ['-i', 'inventory', '-e', 'extra_wins=extra', '-e', `scratch=${folder}`, ...more, playbook],
    {
      cwd: fixtures,
      encoding: 'utf8',
      env: {
        PATH: '/usr/bin:/bin',
        HOME: folder,
        LANG: 'C.UTF-8',
        PYTHONDONTWRITEBYTECODE: '1',
        TRACE_FILE: trace,
        ANSIBLE_CALLBACK_PLUGINS: join(fixtures, 'callback'),
        ANSIBLE_STDOUT_CALLBACK: 'trace',
      },
    },
  );
  const lines = readFileSync(trace, 'utf8').trim().split('\n');
  return { lines: lines.map((line) => JSON.parse(line) as unknown), failed: run.status !== 0 };
}

async function byPlaten(playbook: string, folder: string, more: Partial<PlaybookOptions>): Promise<Trace> {
  const lines: unknown[] = [];
  const local = new LocalRunner();
  const runner: StepRunner = {
    run: async (step) => {
      const outcome = await local.run(step);
      const { changed: _changed, ...rest } = outcome.result;
      if (step.inputs.module.startsWith('debug@')) lines.push(['message', Object.values(rest)[0]]);
      return outcome;
    },
  };
  const options: PlaybookOptions = {
    projectFolder: fixtures,
    inventory: { host: 'localhost', named: false, groups: [] },
    variables: { from_image: 'image', who: 'image', level_image: 'image' },
    extraVariables: { extra_wins: 'extra', scratch: folder },
    runner,
    onTask: ({ name, action, state }) => {
      if (action !== 'meta') lines.push(['task', name, state]);
    },
    ...more,
  };
  let failed = false;
  try {
    await runPlaybook(join(fixtures, playbook), options);
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    failed = true;
  }
  return { lines, failed };
}

const cases: [name: string, playbook: string, ansible: string[], platen: Partial<PlaybookOptions>][] = [
  ['everything', 'main.yml', [], {}],
  ['without tags', 'tagged.yml', [], {}],
  ['some tags', 'tagged.yml', ['--tags', 'wanted,special'], { tags: ['wanted', 'special'] }],
  ['skipped tags', 'tagged.yml', ['--skip-tags', 'wanted,always'], { skipTags: ['wanted', 'always'] }],
  [
    'tagged',
    'tagged.yml',
    ['--tags', 'tagged', '--skip-tags', 'other'],
    { tags: ['tagged'], skipTags: ['other'] },
  ],
  ['a failure', 'failing.yml', [], {}],
];

for (const [name, playbook, ansible, platen] of cases)
  t.test(`${name} happens as with Ansible`, async (t) => {
    const folder = t.testdir();
    mkdirSync(join(folder, 'ours'));
    mkdirSync(join(folder, 'theirs'));
    const theirs = byAnsible(playbook, join(folder, 'theirs'), ansible);
    const ours = await byPlaten(playbook, join(folder, 'ours'), platen);
    t.ok(theirs.lines.length > 3, 'Ansible did something');
    t.same(ours.lines, theirs.lines);
    t.equal(ours.failed, theirs.failed);
  });
