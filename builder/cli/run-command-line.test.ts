import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { BuilderError, SpecError, StepError } from '../errors.js';
import type { BuildOptions, BuildResult } from '../run/build-options.js';
import type { BuildContext } from '../context.js';
import type { WholeStats } from '../run/count-all.js';
import type { PushOptions } from '../run/push-options.js';
import type { RunRequest } from '../run/run-image.js';
import type { PruneOptions, PruneReport } from '../store/prune-cache.js';
import type { CommandLine, Work } from './command-line.js';
import { findProjectFolder } from './project-folder.js';
import { runCommandLine } from './run-command-line.js';
import { version } from './version.js';

const digest = `sha256:${'d'.repeat(64)}`;
const result: BuildResult = {
  image: 'web',
  digest,
  tags: ['web:latest'],
  layers: [
    { name: 'base', digest, diffId: digest, size: 30_000_000, cached: true },
    { name: 'configuration', digest, diffId: digest, size: 1234, cached: false },
  ],
  steps: [
    { name: 'nginx : Install', kind: 'exec', cached: true, ms: 0 },
    {
      name: 'nginx : Configure',
      kind: 'file',
      cached: false,
      ms: 3,
      reason: 'the file nginx.conf.hbs changed',
    },
    { name: 'Say it', kind: 'control', cached: false, ms: 0 },
  ],
  ms: 345,
  loaded: true,
  pushed: null,
};

const stats: WholeStats = {
  folder: '/c',
  records: 3,
  blobs: 3,
  bytes: 100_104_000,
  kinds: {
    base: {
      records: 1,
      blobs: 2,
      bytes: 100_000_000,
      oldestUse: '2026-11-20T10:00:59.000Z',
      newestUse: '2026-11-21T10:00:00.000Z',
    },
    step: {
      records: 2,
      blobs: 0,
      bytes: 0,
      oldestUse: new Date(0).toISOString(),
      newestUse: '2026-11-21T10:00:00.000Z',
    },
  },
  unnamed: { blobs: 1, bytes: 4000 },
  sandbox: { layers: 2, bytes: 160_000_000 },
};

const pushed = { registry: 'localhost:5000', uploaded: 1, mounted: 0, existing: 2, bytes: 3 };

/** As many records as days were given. */
function pruned({ olderThan, dryRun }: PruneOptions): PruneReport {
  const left = { records: 4, blobs: 5, bytes: 2000 };
  const records = olderThan / 86_400_000;
  return { folder: '/c', records, blobs: 1, bytes: 1_000_000, left, running: dryRun ? 1 : 0, dryRun };
}

interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly options: BuildOptions | undefined;
  /** A plan was asked for instead. */
  readonly planned: boolean;
  readonly pushes: readonly PushOptions[];
  readonly runs: readonly RunRequest[];
}

type Build = (options: BuildOptions, context: BuildContext) => Promise<BuildResult>;

interface Setting {
  readonly build?: Build;
  readonly environment?: Record<string, string>;
  readonly signal?: AbortSignal;
}

async function platen(t: Test, argv: string[], setting: Setting = {}): Promise<Outcome> {
  const {
    build = () => Promise.resolve(result),
    environment = {},
    signal = new AbortController().signal,
  } = setting;
  const written = { stdout: '', stderr: '' };
  let options: BuildOptions | undefined;
  let planned = false;
  const pushes: PushOptions[] = [];
  const runs: RunRequest[] = [];
  const work: Work = {
    buildImage: (given, context) => {
      options = given;
      return build(given, context);
    },
    planImage: (given, context) => {
      planned = true;
      return build(given as BuildOptions, context);
    },
    pushImage: (given) => {
      pushes.push(given);
      return Promise.resolve({ image: given.image, digest, tags: [], ms: 1, pushed });
    },
    inspectImage: () => Promise.reject(new Error('not here')),
    diffImages: () => Promise.reject(new Error('not here')),
    pullImage: () => Promise.reject(new Error('not here')),
    runImage: (request) => {
      runs.push(request);
      return Promise.resolve(request.command?.length ?? 42);
    },
    preparePromotion: () => Promise.reject(new Error('not here')),
    accountRegistry: () => Promise.reject(new Error('not here')),
    cacheStats: () => Promise.resolve(stats),
    runTask: () => Promise.reject(new Error('not here')),
    openPlatform: () => Promise.reject(new Error('no platform here')),
    pruneCache: (_, options) => Promise.resolve(pruned(options)),
  };
  const commandLine: CommandLine = {
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    streams: { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr },
    environment: { XDG_CONFIG_HOME: '/nowhere', ...environment },
    workingFolder: t.testdir({ images: { web: { 'image.yaml': 'a: b\nc: d\n' } }, playbooks: {} }),
    signal,
    work,
  };
  const exitCode = await runCommandLine(argv, commandLine);
  return { exitCode, ...written, options, planned, pushes, runs };
}

t.test('a build prints its digest, and everything else elsewhere', async (t) => {
  const { exitCode, stdout, stderr, options } = await platen(t, ['build']);
  t.equal(exitCode, 0);
  t.equal(stdout, `${digest}\n`);
  t.match(stderr, /configuration +1\.2 kB +new\n/);
  t.match(stderr, /total +30\.0 MB/);
  t.match(stderr, `web:latest, in Docker: ${digest}`);
  t.match(stderr, /0\.3[45] s; 3 steps, 1 of them cached/);
  t.strictSame(options, {
    image: 'wordpress',
    onlyTags: [],
    skipTags: [],
    tags: [],
    registry: undefined,
    push: undefined,
    explain: false,
    noCache: false,
    load: 'auto',
    smoke: true,
    onError: undefined,
    variables: {},
    vault: [],
    output: undefined,
    engine: 'auto',
  });
});

t.test('every option arrives', async (t) => {
  const argv =
    'build web --tag web --tag host:5000/a/web:1 --explain --no-cache --no-load --no-smoke --var a=b=c --var d= --output oci:out --on-error shell --engine docker --tags a,b --tags c --skip-tags d --vault-id dev@/dev --vault-password-file /all';
  const { options } = await platen(t, argv.split(' '));
  t.strictSame(options, {
    image: 'web',
    onlyTags: ['a', 'b', 'c'],
    skipTags: ['d'],
    tags: ['web:latest', 'host:5000/a/web:1'],
    registry: undefined,
    push: undefined,
    explain: true,
    noCache: true,
    load: false,
    smoke: false,
    onError: 'shell',
    variables: { a: 'b=c', d: '' },
    vault: [
      { id: 'dev', path: '/dev' },
      { id: 'default', path: '/all' },
    ],
    output: { kind: 'oci', path: 'out' },
    engine: 'docker',
  });
});

t.test('the engine: the option, else the variable, else what the user configured', async (t) => {
  const home = t.testdir({ one: { platen: { 'config.yaml': 'engine: docker\n' } }, two: { platen: {} } });
  const asked = async (argv: string[], configured: 'one' | 'two', PLATEN_ENGINE = '') => {
    const environment = { XDG_CONFIG_HOME: `${home}/${configured}`, PLATEN_ENGINE };
    let outcome: Outcome | undefined;
    // Each call makes a folder for its test.
    await t.test(`build ${argv.join(' ')}`, async (inner) => {
      outcome = await platen(inner, ['build', ...argv], { environment });
    });
    return `${outcome?.options?.engine} ${outcome?.options?.load}`;
  };
  t.equal(await asked(['--engine', 'sandbox'], 'one', 'auto'), 'sandbox auto');
  t.equal(await asked([], 'one', 'sandbox'), 'sandbox auto');
  t.equal(await asked([], 'one'), 'docker true', 'who wants Docker wants the image in it');
  t.equal(await asked([], 'two'), 'auto auto');
  t.equal(await asked(['--load'], 'two'), 'auto true');
  t.equal(await asked(['--no-load'], 'one'), 'docker false');
});

t.test('--json and --quiet', async (t) => {
  const json = await platen(t, ['build', '--json', '--quiet']);
  t.strictSame(JSON.parse(json.stdout), result);
  t.equal(json.stderr, '');
  const quiet = await platen(t, ['build', '--quiet']);
  t.equal(quiet.stdout, `${digest}\n`);
  t.equal(quiet.stderr, '');
});

t.test('a plan is the result itself', async (t) => {
  const { stdout, stderr, exitCode, options, planned } = await platen(t, ['build', '--plan', '--explain']);
  t.strictSame([options, planned], [undefined, true], 'nothing is built');
  t.equal(
    stdout,
    `cached   exec     nginx : Install
to run   file     nginx : Configure
                  because the file nginx.conf.hbs changed
-        control  Say it
1 cached, 1 to run
`,
  );
  t.equal(stderr, '');
  t.equal(exitCode, 0);
  t.equal((await platen(t, ['build', '--plan', '--exit-code'])).exitCode, 3);
  const nothing = { ...result, steps: result.steps.filter(({ name }) => name !== 'nginx : Configure') };
  const unchanged = await platen(t, ['build', '--plan', '--exit-code'], {
    build: () => Promise.resolve(nothing),
  });
  t.equal(unchanged.exitCode, 0);
});

t.test('calls that are wrong end with 2 and one message', async (t) => {
  const cases: [string, string][] = [
    ['build --tga x', 'platen: Unknown option "--tga"\n  Did you mean --tag?\n'],
    ['buld', 'platen: Unknown command "buld"\n  Did you mean build?\n'],
    ['build a b', 'platen: Too many arguments'],
    ['build --tag', 'platen: Option "--tag <tag>" argument missing'],
    ['build --tag A:b:c', 'platen: "A:b:c" can\'t be a tag\n'],
    ['build --var x', 'platen: --var x has no value\n'],
    ['build --output zip:x', 'platen: --output zip:x is not valid\n  Write it as oci:FOLDER or tar:FILE.\n'],
    ['build --engine lxc', 'platen: "lxc" is not a value of --engine'],
    ['build --exit-code', 'platen: --exit-code works only with --plan\n'],
    [
      'build --tags a --load',
      'platen: --load needs --tag: with --tags or --skip-tags, the image does not get its usual name',
    ],
    ['build --skip-tags a --push --registry a.example', 'platen: --push needs --tag: '],
    ['cache prun', 'platen: Unknown command "prun"\n  Did you mean prune?\n'],
  ];
  for (const [argv, message] of cases) {
    const { exitCode, stderr, stdout } = await platen(t, argv.split(' '));
    t.equal(exitCode, 2, argv);
    t.equal(stderr.slice(0, message.length), message);
    t.equal(stdout, '');
    t.equal(stderr.match(/platen:/g)?.length, 1);
  }
});

t.test('errors show the place, the line and what to do', async (t) => {
  const origin = { file: 'images/web/image.yaml', line: 2, column: 4 };
  const one = new BuilderError('c must be a number', { code: 'invalid', origin, hint: 'Write 3.' });
  const { exitCode, stderr } = await platen(t, ['build'], { build: () => Promise.reject(one) });
  t.equal(exitCode, 2);
  t.equal(
    stderr,
    `platen: c must be a number
  at images/web/image.yaml:2:4
  2 | c: d
    |    ^
  Write 3.
`,
  );
  const lower = new BuilderError('it failed', { code: 'failed', hint: 'build again: it may be there' });
  t.match((await platen(t, ['build'], { build: () => Promise.reject(lower) })).stderr, /^ {2}Build again: /m);
  const two = new SpecError([one, new BuilderError('a is missing', { code: 'invalid' })]);
  const both = await platen(t, ['build'], { build: () => Promise.reject(two) });
  t.match(both.stderr, /c must be a number[^]*\n\nplaten: a is missing\n\n2 problems\n$/);
});

t.test('a failed step shows the end of its output and the way to a shell', async (t) => {
  const output = Array.from({ length: 30 }, (_, index) => `line ${index}\x1b[31m`).join('\n');
  const error = new StepError('apt-get ended with 100', { step: 'Install', output });
  const { exitCode, stderr } = await platen(t, ['build'], { build: () => Promise.reject(error) });
  t.equal(exitCode, 1);
  t.match(
    stderr,
    /The end of its output:\n {4}line 10\n[^]* {4}line 29\n {2}To get a shell .* --on-error shell\n/,
  );
  t.notMatch(stderr, 'line 9\n');
  t.notMatch(stderr, '\x1b');
});

t.test('what nobody foresaw shows no stack trace, unless asked for', async (t) => {
  const build: Build = () => Promise.reject(new TypeError('x is not a function'));
  const plain = await platen(t, ['build'], { build });
  t.equal(plain.exitCode, 1);
  t.match(plain.stderr, 'platen: failed: x is not a function; this is a bug');
  t.notMatch(plain.stderr, / {4}at /);
  t.match((await platen(t, ['build'], { build, environment: { PLATEN_DEBUG: '1' } })).stderr, / {4}at /);
  const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', path: '/cache/blob' });
  const disk = await platen(t, ['build'], { build: () => Promise.reject(full) });
  t.match(disk.stderr, 'platen: No space is left on the disk: /cache/blob\n');
  t.notMatch(disk.stderr, 'bug');
});

t.test('an interrupt ends with 130, whatever broke because of it', async (t) => {
  const controller = new AbortController();
  controller.abort();
  const build: Build = () => Promise.reject(new Error('socket hang up'));
  const { exitCode, stderr } = await platen(t, ['build'], { build, signal: controller.signal });
  t.equal(exitCode, 130);
  t.equal(stderr, 'platen: Interrupted\n');
});

t.test('the cache: what is in it', async (t) => {
  t.equal(
    (await platen(t, ['cache', 'stats'])).stdout,
    `/c
           records  blobs      size  oldest use        newest use (UTC)
base             1      2  100.0 MB  2026-11-20 10:00  2026-11-21 10:00
step             2      0       0 B  -                 2026-11-21 10:00
no record               1    4.0 kB
all              3      3  100.1 MB
2 unpacked layers, 160.0 MB, for the sandbox
`,
  );
  t.strictSame(JSON.parse((await platen(t, ['cache', 'stats', '--json'])).stdout), stats);
});

t.test('the cache: making it smaller', async (t) => {
  const prune = (...argv: string[]) => platen(t, ['cache', 'prune', ...argv]);
  t.match(await prune(), {
    exitCode: 0,
    stdout: 'removed 30 records and 1 blob, 1.0 MB; left 4 records and 5 blobs, 2.0 kB\n',
    stderr: '',
  });
  t.match((await prune('--older-than', '12h')).stdout, 'removed 0.5 records');
  t.match((await prune('--older-than', '2w')).stdout, 'removed 14 records');
  t.match((await prune('--all')).stdout, 'removed 0 records');
  const dry = await prune('--dry-run', '--older-than', '1d');
  t.equal(
    dry.stdout,
    'would remove 1 record and 1 blob, 1.0 MB; would leave 4 records and 5 blobs, 2.0 kB\n',
  );
  t.equal(dry.stderr, 'a build is running, so blobs stay: prune again afterwards\n');
  t.match(JSON.parse((await prune('--json')).stdout), { records: 30, blobs: 1, running: 0, dryRun: false });
  for (const age of ['30', '0d', '1y', 'd', '-1d', '1.5d'])
    t.match(await prune(`--older-than=${age}`), {
      exitCode: 2,
      stdout: '',
      stderr: `platen: "${age}" is not a span of time\n`,
    });
  t.match(await prune('--all', '--older-than', '1d'), { exitCode: 2, stderr: /--all.*--older-than/ });
});

t.test('a push is told of images, names and registry', async (t) => {
  const { exitCode, stdout, pushes } = await platen(t, [
    'push',
    'web',
    'oci:out',
    '--registry',
    'localhost:5000/team/',
    '--tag',
    ':6.8',
    '--create-repository',
    '--scan-threshold',
    'high',
  ]);
  t.equal(exitCode, 0);
  t.equal(stdout, `${digest}\n${digest}\n`);
  const common = { tags: [':6.8'], registry: 'localhost:5000/team' };
  const choices = { createRepository: true, scanThreshold: 'high' };
  t.strictSame(pushes, [
    { image: 'web', ...common, ...choices },
    { image: 'oci:out', ...common, ...choices },
  ]);
});

t.test('a push for a program is one object a line', async (t) => {
  const { stdout } = await platen(t, ['push', 'web', '--tag', 'ghcr.io/team/web:1', '--json']);
  t.strictSame(JSON.parse(stdout), { image: 'web', digest, tags: [], ms: 1, pushed });
});

t.test('a build that pushes, and its summary', async (t) => {
  const argv = ['build', 'web', '--push', '--registry', 'localhost:5000', '--tag', 'web:1'];
  const { options, stderr, stdout } = await platen(t, [...argv, '--json'], {
    build: () => Promise.resolve({ ...result, tags: ['web:1', 'localhost:5000/web:1'], pushed }),
  });
  t.match(options, {
    tags: ['web:1'],
    registry: 'localhost:5000',
    push: { createRepository: false, scanThreshold: undefined },
  });
  t.match(stderr, `web:1, localhost:5000/web:1, in Docker and pushed: ${digest}`);
  t.match(JSON.parse(stdout), { pushed });
});

const wrongPushes: readonly (readonly [argv: string, message: RegExp])[] = [
  ['push web', /^platen: No registry is given for web\n {2}Give a registry with --registry HOST/],
  ['push web --tag web:1', /^platen: No registry is given for web\n/],
  ['push web --registry team', /^platen: --registry team is not valid\n/],
  ['push web --registry http://x.org', /^platen: --registry http:\/\/x\.org is not valid\n/],
  ['push web --tag x.org/Web:1', /^platen: "x\.org\/Web:1" can't be a tag\n/],
  ['push web db --tag x.org/web:1', /^platen: --tag x\.org\/web:1 can't name 2 images\n/],
  [
    'push web --registry x.org --scan-threshold bad',
    /^platen: "bad" is not a value of --scan-threshold\n  Use one of /,
  ],
  ['push', /^platen: Missing required argument "IMAGE"/],
  ['build --push', /^platen: No registry is given for the image\n/],
  ['build --create-repository', /^platen: --create-repository works only with --push\n/],
  ['build --scan-threshold high', /^platen: --scan-threshold works only with --push\n/],
];

for (const [argv, message] of wrongPushes)
  t.test(`${argv} is refused`, async (t) => {
    const { exitCode, stdout, stderr, pushes } = await platen(t, argv.split(' '));
    t.strictSame([exitCode, stdout, pushes], [2, '', []]);
    t.match(stderr, message);
  });

t.test('a container is asked for as it is typed, and ends the command with its exit code', async (t) => {
  const none = await platen(t, ['run', 'web']);
  t.equal(none.exitCode, 42);
  t.strictSame(none.runs, [
    { image: 'web', engine: 'auto', entrypoint: undefined, command: undefined, environment: {} },
  ]);
  const line = 'run --engine docker --entrypoint a --set-env A=b=c --set-env D= web -- ls -la';
  const all = await platen(t, line.split(' '), { environment: { PLATEN_ENGINE: 'sandbox' } });
  t.equal(all.exitCode, 2);
  t.strictSame(all.runs, [
    {
      image: 'web',
      engine: 'docker',
      entrypoint: ['a'],
      command: ['ls', '-la'],
      environment: { A: 'b=c', D: '' },
    },
  ]);
  const variable = await platen(t, ['run', 'web'], { environment: { PLATEN_ENGINE: 'sandbox' } });
  t.match(variable.runs, [{ engine: 'sandbox' }]);
});

t.test('help and version', async (t) => {
  const help = await platen(t, ['--help']);
  t.equal(help.exitCode, 0);
  t.match(help.stdout, 'Usage: platen');
  t.equal((await platen(t, ['--version'])).stdout, `${version}\n`);
  t.match(JSON.parse(readFileSync('package.json', 'utf8')), { version });
  const bare = await platen(t, ['cache']);
  t.equal(bare.exitCode, 2);
  t.match(bare.stderr, 'Usage: platen cache');
});

t.test('outside a project', async (t) => {
  t.throws(() => findProjectFolder('/'), {
    code: 'usage',
    message: /There is no folder with images\/ and playbooks\//,
  });
  const folder = t.testdir({ images: {}, playbooks: { roles: {} } });
  t.equal(findProjectFolder(`${folder}/playbooks/roles`), folder);
});
