import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { PlatenProgram } from './platen-program.js';

/** The pipelines of GitHub and Jenkins: their commands, by the shell that each gives them to, with npm recorded. */

interface Step {
  readonly uses?: string;
  readonly run?: string;
}
interface Job {
  readonly needs?: string | readonly string[];
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
}
interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflow = (name: string) => parse(readFileSync(`.github/workflows/${name}.yml`, 'utf8')) as Workflow;
const check = workflow('check');
const deploy = workflow('deploy');
const steps = [check, deploy].flatMap(({ jobs }) => Object.values(jobs).flatMap((job) => job.steps ?? []));
const jenkinsfile = readFileSync('Jenkinsfile', 'utf8');
const githubCommands = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));
const jenkinsCommands = [...jenkinsfile.matchAll(/\bsh(?: |\(script: )'([^']+)'/g)].map(
  ([, command]) => command!,
);
const digest = `sha256:${'a'.repeat(64)}`;

/** Runs commands as a pipeline does; what npm was called with, each call a line, and what the commands printed. */
function record(folder: string, shell: readonly [string, ...string[]], commands: readonly string[]) {
  const calls = join(folder, 'calls');
  const summary = join(folder, 'summary');
  const npm = `#!/bin/sh\necho "$*" >>'${calls}'\ncase "$*" in *build-image*) echo ${digest} ;; esac\n`;
  writeFileSync(join(folder, 'npm'), npm);
  chmodSync(join(folder, 'npm'), 0o755);
  writeFileSync(calls, '');
  const environment = {
    PATH: `${folder}:/usr/bin:/bin`,
    DIGEST: digest,
    GITHUB_OUTPUT: join(folder, 'output'),
    GITHUB_STEP_SUMMARY: summary,
  };
  const [program, ...options] = shell;
  const printed = commands.map((command) =>
    execFileSync(program, [...options, command], { cwd: folder, env: environment, encoding: 'utf8' }),
  );
  return { calls: readFileSync(calls, 'utf8').trim().split('\n'), printed };
}

t.test('both pipelines call the same npm scripts, which there are', async (t) => {
  const folder = t.testdir();
  const github = record(folder, ['bash', '-e', '-c'], githubCommands);
  t.match(
    readFileSync(join(folder, 'output'), 'utf8'),
    `digest=${digest}\n`,
    'the image goes on by its digest',
  );
  const jenkins = record(folder, ['sh', '-xe', '-c'], jenkinsCommands);
  const sorted = (calls: readonly string[]) => calls.toSorted();
  t.strictSame(sorted(github.calls), sorted(jenkins.calls));
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  for (const call of github.calls) {
    const [verb, ...rest] = call.split(' ').filter((word) => word !== '--silent');
    if (verb === 'ci') continue;
    t.hasProp(scripts, verb === 'run' ? rest[0]! : verb!, call);
  }
  const deployed = github.calls.filter((call) => call.includes('--image'));
  const environments = ['dev', 'staging', 'prod'];
  t.strictSame(
    deployed,
    environments.map((name) => `run --silent provision -- --env ${name} --image ${digest} --yes`),
  );
});

t.test('the command that builds takes the options that it is given', async (t) => {
  const program = new PlatenProgram(t.testdir());
  const { stdout } = await program.start(['build', '--help'], { folder: '.' }).outcome;
  const [build] = jenkinsCommands.filter((command) => command.includes('build-image'));
  for (const option of build!.match(/--[a-z-]{2,}/g)!.filter((name) => name !== '--silent'))
    t.match(stdout, option);
});

t.test('a pipeline has no more rights than it needs, and runs no action that may change', async (t) => {
  for (const { uses } of steps) if (uses !== undefined) t.match(uses, /^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  t.strictSame([check.permissions, deploy.permissions], [{ contents: 'read' }, { contents: 'read' }]);
  for (const [name, job] of Object.entries(check.jobs)) t.notOk(job.permissions, `${name} has no token`);
});

t.test('prod comes last, and after somebody has agreed', async (t) => {
  t.match(deploy.jobs, {
    'deploy-dev': { environment: 'dev', needs: 'build' },
    'deploy-staging': { environment: 'staging', needs: ['build', 'deploy-dev'] },
    'deploy-prod': { environment: 'prod', needs: ['build', 'deploy-staging'] },
  });
  const order = ['Deploy dev', 'Deploy staging', 'Approve prod', 'Deploy prod'];
  const found = order.map((stage) => jenkinsfile.indexOf(`stage('${stage}')`));
  t.ok(found.every((at) => at > 0));
  t.strictSame(
    found.toSorted((one, other) => one - other),
    found,
  );
  t.match(jenkinsfile.slice(found[2], found[3]), /input message/);
});
