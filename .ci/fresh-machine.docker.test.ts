import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { BareMachine } from '../builder/testing/bare-machine.js';

// Two whole set-ups, with all that they download.
t.setTimeout(1_800_000);

/** One file of tests of each kind, the quickest that start most. */
const kinds = [
  'image/read-oci-layout',
  'modules/root/module-regex',
  'engine/sandbox/sandbox-process',
  'registry/skopeo',
  'engine/docker/session-images.docker',
  'aws/ecr/ecr.moto',
  'playbook/parse/key-value.ansible',
];
/** Debian 13 has a later Ansible, which does some things in another way. */
const asInDebian12 = ['jinja/templar.ansible', 'modules/commands/command.ansible'];

/** The programs that files of tests name where they start one. */
function programsOfTests(): string[] {
  const start = /(?:\b(?:execFile|spawn)(?:Sync)?\(|executablePath:)\s*'([\w./-]+)'/g;
  const found = ['builder', 'images'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .flatMap((path) => [...readFileSync(join(folder, path), 'utf8').matchAll(start)])
      .map(([, program = '']) => program),
  );
  return [...new Set(found)].sort();
}

async function testsPass(t: Test, machine: BareMachine, files: readonly string[]): Promise<void> {
  const paths = files.map((name) => `builder/${name}.test.ts`);
  // The engine of the set-up ended with it, and is started again; nothing else is left to set up.
  const line = `scripts/setup test && echo "as before" && npx tap run --disable-coverage ${paths.join(' ')}`;
  const { code, output } = await machine.run(line);
  t.match(output, /^setup: starting dockerd.*\nas before\n/);
  const lines = output.split('\n');
  const passed = lines.filter((told) => told.startsWith('ok '));
  for (const path of paths)
    t.ok(
      passed.some((told) => told.includes(` - ${path} `)),
      path,
    );
  t.same(
    lines.filter((told) => /^ *not ok|# skip/i.test(told)),
    [],
  );
  t.equal(code, 0, lines.slice(-20).join('\n'));
}

const releases = [
  { suite: 'bookworm', nodeModules: false, files: [...kinds, ...asInDebian12] },
  { suite: 'trixie', nodeModules: true, files: kinds },
];

for (const { suite, nodeModules, files } of releases)
  t.test(`a bare ${suite} has all that the tests need after scripts/setup test`, async (t) => {
    const machine = new BareMachine(t, { suite, nodeModules });
    const setUp = await machine.run('scripts/setup test');
    t.equal(setUp.code, 0, setUp.output);
    const look = 'for program; do command -v "$program" >/dev/null || echo "$program"; done';
    const programs = programsOfTests();
    t.ok(programs.length > 25, `${programs.length} programs`);
    const { output } = await machine.run(`set -- ${programs.join(' ')}; ${look}`);
    t.equal(output, '', 'no program is missing');
    await testsPass(t, machine, files);
  });
