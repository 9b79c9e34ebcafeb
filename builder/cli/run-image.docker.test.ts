import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import t from 'tap';
import { SmallProject } from '../run/fixtures/small-project.js';
import { baseOfLayout, DockerTraces } from '../testing/docker-traces.js';
import { PlatenProgram, withoutCoverage } from '../testing/platen-program.js';

const place = t.testdir({
  program: {},
  project: { root: { etc: { unique: randomUUID(), old: { a: '', b: '' } }, gone: 'x' } },
});
const program = new PlatenProgram(join(place, 'program'));
const folder = join(place, 'project');
const spec = (smoke: string) => `name: small
base: { oci: ../../base }
playbook: small.yml
run:
  command: [sh, -c, 'echo "usual $A $$"; cat /etc/made; cat /gone /etc/old/a; cat /etc/old/new']
  environment: { A: of the image }
  ports: [8080]
  workingDirectory: /srv/new
  user: 33:44
smoke:
  - ${smoke}
`;
const small = await SmallProject.create(folder, {
  'images/small/image.yaml': spec(
    "{ name: it is whole, command: [sh, -c, 'cat /etc/made; exit 4'], exitCode: 4 }",
  ),
  'playbooks/small.yml': `- hosts: all
  tasks:
    - shell: echo made > /etc/made; chmod 644 /etc/made; rm -r /gone /etc/old; mkdir /etc/old; echo new > /etc/old/new
`,
});
const traces = new DockerTraces(baseOfLayout(join(folder, 'base')));
const environment = { XDG_CACHE_HOME: small.cache, XDG_CONFIG_HOME: '/nowhere' };
const run = (...argv: string[]) => program.run(argv, { folder, environment });
const start = (...argv: string[]) => program.start(argv, { folder, environment });
const sessions = () => readdirSync(join(small.cache, 'platen/sandbox/sessions'));

t.test('smoke checks in the sandbox, with nothing loaded', async (t) => {
  const nowhere = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
  const build = (...argv: string[]) =>
    program.run(['build', 'small', '--engine', 'sandbox', '--no-load', ...argv], {
      folder,
      environment: { ...environment, ...nowhere },
    });
  const passed = await build();
  t.equal(passed.exitCode, 0, passed.stderr);
  t.match(passed.stderr, /^passed +[\d.]+ s {2}check: it is whole$/m);
  t.notMatch((await build()).stderr, 'check:', 'what passed is not checked again');
  const whole = spec("{ name: it is whole, command: [sh, -c, 'cat /etc/made; exit 4'], exitCode: 4 }");
  small.write({
    'images/small/image.yaml': spec('{ name: it answers, http: { port: 8080 }, withinSeconds: 3 }').replace(
      'cat /etc/old/new',
      'sleep 100',
    ),
  });
  const failed = await build('--output', 'oci:out');
  t.equal(failed.exitCode, 1);
  t.match(
    failed.stderr,
    /"it answers" failed: .*ECONNREFUSED.* after 3 s\n {2}usual of the image 1\n {2}made\n/,
  );
  t.notOk(existsSync(join(folder, 'out')), 'and is written nowhere');
  t.strictSame(sessions(), []);
  small.write({ 'images/small/image.yaml': whole });
  t.equal((await build()).exitCode, 0);
});

for (const engine of ['sandbox', 'docker'])
  t.test(`a container of an image, by ${engine}`, async (t) => {
    const asked = ['run', 'small', '--engine', engine];
    const usual = await run(...asked);
    t.equal(
      usual.stdout,
      'usual of the image 1\nmade\nnew\n',
      'as the image says, and with what it has alone',
    );
    t.match(usual.stderr, /\/gone.*No such file(.|\n)*\/etc\/old\/a.*No such file/);
    const note =
      engine === 'sandbox'
        ? /no network but .*: 8080\/tcp is not published/
        : /8080\/tcp is at 127\.0\.0\.1:\d+/;
    // Docker tells the ports of a container that runs, not of one that has ended.
    t.match((await run(...asked, '--', 'sleep', engine === 'docker' ? '6' : '0')).stderr, note);
    const other = await run(
      ...asked,
      '--quiet',
      '--set-env',
      'A=b=c',
      '--',
      'sh',
      '-c',
      'echo "$A"; pwd; echo no >&2; exit 9',
    );
    t.match(other, { exitCode: 9, stdout: 'b=c\n/srv/new\n', stderr: 'no\n' });
    const entered = await run(...asked, '--quiet', '--entrypoint', 'cat', '--', '/etc/made');
    t.match(entered, { exitCode: 0, stdout: 'made\n', stderr: '' });
    const input = Buffer.from([...Array(300_000).keys()].map((index) => index % 256));
    const copied = spawnSync(process.execPath, [program.path, ...asked, '--quiet', '--entrypoint', 'cat'], {
      cwd: folder,
      env: { ...process.env, ...environment },
      input,
      maxBuffer: 1e8,
      timeout: 60_000,
    });
    t.ok(input.equals(copied.stdout), 'bytes come and go as they are');

    const script = 'trap "echo asked; exit 3" TERM; echo up; while :; do sleep 0.1; done';
    const { child, outcome } = start(...asked, '--entrypoint', 'sh', '--', '-c', script);
    await once(child.stdout ?? child, 'data');
    child.kill('SIGINT');
    t.match(await outcome, { exitCode: 130, stdout: 'asked\n', stderr: /platen: Interrupted\n$/ });

    const line = `${withoutCoverage} ${process.execPath} ${program.path} ${asked.join(' ')} --entrypoint sh`;
    const typed = spawnSync('script', ['-qec', line, '/dev/null'], {
      cwd: folder,
      env: { ...process.env, ...environment, TERM: 'xterm' },
      encoding: 'utf8',
      timeout: 60_000,
      input: '[ -t 1 ] && [ /dev/pts/0 -ef /proc/$$/fd/0 ] && echo "its own term""inal $$"; exit 6\n',
    });
    t.match(typed.stdout, /its own terminal 1\r/);
    t.equal(typed.status, 6);
    t.strictSame([await traces.containers(), await traces.images(), sessions()], [[], [], []]);
  });

t.test('what can not be run is said', async (t) => {
  for (const [argv, code, says] of [
    [['run', 'smal'], 1, /smal/],
    [['run', 'small', '--engine', 'sandbox', '--set-env', 'A'], 2, '--set-env A has no value'],
    [['run', 'small', '--engine', 'sandbox', '--entrypoint', '/no/such'], 127, /no\/such/],
    [['run'], 2, /IMAGE/],
  ] as const) {
    const outcome = await run(...argv);
    t.equal(outcome.exitCode, code, outcome.stderr);
    t.match(outcome.stderr, says);
    t.notMatch(outcome.stderr, / {4}at |this is a bug/);
  }
});

t.test('a folder, a name in Docker: whatever can be looked at can be run', async (t) => {
  const tag = `platen-test/run:${process.pid}`;
  t.teardown(() => execFileSync('docker', ['image', 'rm', '-f', tag], { stdio: 'ignore' }));
  const built = await run('build', 'small', '--tag', tag, '--output', 'oci:layout');
  t.equal(built.exitCode, 0, built.stderr);
  for (const name of ['oci:layout', `docker:${tag}`])
    for (const engine of ['sandbox', 'docker']) {
      const { stdout, stderr } = await run(
        'run',
        name,
        '--engine',
        engine,
        '--entrypoint',
        'cat',
        '--',
        '/etc/made',
      );
      t.equal(stdout, 'made\n', `${name} ${engine}: ${stderr}`);
    }
  t.strictSame(await traces.images(), [tag], 'an image that has a name keeps it');
});
