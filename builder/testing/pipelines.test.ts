import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { parse } from 'yaml';
import { MotoServer } from './moto-server.js';
import { PlatenProgram } from './platen-program.js';

/** The pipelines of GitHub and Jenkins: their commands, by the shell that each gives them to, with npm recorded or for real. */

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

/** Runs commands like a pipeline; returns the calls of npm, one a line, and the output. */
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

t.test('the program', async (t) => {
  const program = new PlatenProgram(t.testdir());

  t.test('takes the options that the pipelines give it', async (t) => {
    for (const [script, command] of [
      ['build-image', 'build'],
      ['provision', 'provision'],
    ] as const) {
      const { stdout } = await program.start([command, '--help'], { folder: '.' }).outcome;
      const lines = [...githubCommands, ...jenkinsCommands].filter((line) => line.includes(` ${script} `));
      t.ok(lines.length >= 2, script);
      const options = lines
        .flatMap((line) => line.match(/ --[a-z-]{2,}/g) ?? [])
        .filter((name) => name !== ' --silent');
      for (const option of new Set(options)) t.match(stdout, option.trim());
    }
  });

  /** Runs one command with the program behind npm; what it printed, and how it ended. */
  function really(folder: string, shell: readonly [string, ...string[]], command: string, more = {}) {
    const npm = join(folder, 'npm');
    const own = `cd '${process.cwd()}' && exec '${process.execPath}' '${program.path}' provision "$@"`;
    writeFileSync(
      npm,
      `#!/bin/sh\n[ "$1 $2 $3 $4" = 'run --silent provision --' ] || exit 99\nshift 4\n${own}\n`,
    );
    chmodSync(npm, 0o755);
    const [file, ...options] = shell;
    const nobody = {
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    };
    const env = {
      PATH: `${folder}:/usr/bin:/bin`,
      HOME: folder,
      GITHUB_STEP_SUMMARY: join(folder, 'plan.md'),
      ...nobody,
      ...more,
    };
    return promisify(execFile)(file, [...options, command], { cwd: folder, env });
  }

  t.test('plans prod for a pull request without credentials, as both pipelines call it', async (t) => {
    const plans: string[] = [];
    for (const [shell, commands] of [
      [['bash', '-e', '-c'], githubCommands],
      [['sh', '-xe', '-c'], jenkinsCommands],
    ] as const) {
      const folder = mkdtempSync(join(t.testdir(), 'run-'));
      await really(
        folder,
        shell,
        commands.find((line) => line.includes('--plan'))!,
      );
      plans.push(readFileSync(join(folder, 'plan.md'), 'utf8'));
    }
    t.equal(plans[0], plans[1]);
    t.match(plans[0], /^### Plan for prod\n/);
    t.match(plans[0], /\$\d+ a month/, 'with what it costs');
    t.match(plans[0], 'Prices are those of us-east-1', 'and whose prices these are');
  });

  t.test('deploys where the environment says its account, and nowhere else', async (t) => {
    const moto = await MotoServer.start(t);
    const command = githubCommands.find((line) => line.includes('--env staging --image'))!;
    const wanted = { ...moto.environment, DIGEST: digest };
    const failure = (await really(t.testdir(), ['bash', '-e', '-c'], command, wanted).catch(
      (error: unknown) => error,
    )) as { code: number; stderr: string };
    t.match(failure.stderr, 'staging.yaml says no account', failure.stderr);
    t.equal(failure.code, 2);
  });
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
