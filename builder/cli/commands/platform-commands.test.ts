import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { FakePlatform } from '../../testing/fake-platform.js';
import { Screen } from '../../testing/screen.js';
import type { CommandLine, Work } from '../command-line.js';
import { runCommandLine } from '../run-command-line.js';

interface Setting {
  readonly prepare?: (platform: FakePlatform) => void;
  /** What is typed on the terminal; undefined where there is none. */
  readonly typed?: string;
  readonly signal?: AbortSignal;
  /** Ctrl-C while a deployment is under way, and what is typed then. */
  readonly interrupted?: string;
  /** Standard error goes to a file. */
  readonly hidden?: true;
  /** Standard error is this terminal, and the tree is on it to the end. */
  readonly screen?: Screen;
}

/** Runs a command line over a platform that only notes what it is asked; "prod" is on AWS, others are on this machine. */
async function platen(t: Test, line: string, setting: Setting = {}) {
  const { prepare, typed, signal, interrupted, hidden, screen } = setting;
  const written = { stdout: '', stderr: '' };
  let platform = new FakePlatform('none');
  const stdin = Object.assign(new PassThrough(), { isTTY: typed !== undefined });
  if (interrupted === undefined) stdin.end(`${typed}\n`);
  let ended = 0;
  let interrupt: (() => void) | undefined;
  const work: Pick<Work, 'openPlatform' | 'preparePromotion'> = {
    preparePromotion: ({ from, to }) =>
      Promise.resolve({
        digest: `sha256:${'a'.repeat(64)}`,
        source: `${from}.example/web@sha256:a`,
        image: `${to}.example/web@sha256:a`,
        isThere: false,
        copy: () => Promise.resolve(void platform.asked.push('copy')),
      }),
    openPlatform: (name, { reporter }) => {
      platform = new FakePlatform(name);
      prepare?.(platform);
      if (interrupted !== undefined)
        platform.meanwhile = async () => {
          interrupt?.();
          stdin.write(interrupted);
          await sleep(50);
        };
      if (screen !== undefined)
        platform.meanwhile = async () =>
          reporter.report({ kind: 'phase-started', environment: name, phase: 'verify' });
      const spec = name === 'prod' ? {} : { local: {} };
      return Promise.resolve({ driver: platform, spec: spec as never, authorityFile: undefined });
    },
  };
  const commandLine: CommandLine = {
    stdout: { write: (text) => (written.stdout += text) },
    stderr: screen ?? { write: (text) => (written.stderr += text) },
    streams: {
      stdin,
      stdout: new PassThrough(),
      stderr: Object.assign(
        new PassThrough().on('data', (said) => (written.stderr += said)),
        { isTTY: hidden !== true },
      ),
    },
    environment: { XDG_CONFIG_HOME: '/nowhere' },
    workingFolder: t.testdir({ images: {}, playbooks: {} }),
    signal: signal ?? new AbortController().signal,
    onInterrupt(handle) {
      interrupt = () => handle(() => (ended += 1));
      return { [Symbol.dispose]: () => (interrupt = undefined) };
    },
    work: work as Work,
  };
  const exitCode = await runCommandLine(line.split(' '), commandLine);
  const { asked } = platform;
  // An empty array as a pattern matches every array.
  const isUntouched = asked.length === 0;
  return { exitCode, ...written, asked, isUntouched, ended, isHandled: interrupt !== undefined };
}

t.test('provision shows the plan, does it, and prints the address alone', async (t) => {
  const done = await platen(t, 'provision --scale 3 --image web:2');
  t.match(done, { exitCode: 0, stdout: 'https://localhost:8443/\n', asked: ['apply image=web:2 scale=3'] });
  t.match(done.stderr, /wordpress.*image 1 → 2/s);
  const idle = await platen(t, 'provision', { prepare: (platform) => (platform.changes = []) });
  t.match(idle.stderr, /Nothing to do: local is up to date\./);
  const json = await platen(t, 'provision --json');
  t.match(JSON.parse(json.stdout), { environment: 'local', deployment: { outcome: 'completed' } });
});

t.test('a plan is an exit code for scripts, and changes nothing', async (t) => {
  t.match(await platen(t, 'provision --plan'), { exitCode: 0, asked: ['plan'] });
  t.equal((await platen(t, 'provision --plan --exit-code')).exitCode, 3);
  const idle = { prepare: (platform: FakePlatform) => (platform.changes = []) };
  t.equal((await platen(t, 'provision --plan --exit-code', idle)).exitCode, 0);
  t.match(await platen(t, 'provision --exit-code'), { exitCode: 2, isUntouched: true });
});

t.test('on AWS it asks before anything is changed', async (t) => {
  const refused = await platen(t, 'provision --env prod');
  t.match(refused, { exitCode: 2, isUntouched: true, stderr: /wordpress.*Nothing was changed.*--yes/s });
  t.match(await platen(t, 'provision --env prod', { typed: 'no' }), { exitCode: 2, isUntouched: true });
  t.match(await platen(t, 'provision --env prod', { typed: '\x03' }), {
    exitCode: 130,
    isUntouched: true,
    stderr: /Interrupted/,
  });
  const signal = AbortSignal.abort();
  t.match(await platen(t, 'provision --env prod', { typed: 'yes', signal }), {
    exitCode: 130,
    isUntouched: true,
  });
  t.match(await platen(t, 'provision --env prod', { typed: 'yes' }), { exitCode: 0, asked: ['apply'] });
  t.match(await platen(t, 'provision --env prod --yes'), { exitCode: 0, asked: ['apply'] });
  t.match(await platen(t, 'provision --from 203.0.113.7'), {
    exitCode: 2,
    stderr: /--from works only with an environment on AWS/,
  });
});

t.test('on AWS it asks who may reach the site, where nobody said so', async (t) => {
  const prepare = (platform: FakePlatform): void => void (platform.lacksOperator = true);
  const typed = await platen(t, 'provision --env prod', { prepare, typed: '203.0.113.7' });
  t.match(typed, { asked: ['operator 203.0.113.7/32'], stderr: /only you should reach the site/ });
  t.match(await platen(t, 'provision --env prod', { prepare }), { asked: ['operator undefined'] });
  const signal = AbortSignal.abort();
  const ended = await platen(t, 'provision --env prod', { prepare, typed: '203.0.113.7', signal });
  t.match(ended, { exitCode: 130, asked: ['operator undefined'] });
  const unasked = await platen(t, 'provision --env prod --yes', { prepare, typed: '203.0.113.7' });
  t.match(unasked, { asked: ['operator undefined', 'apply'] });
  t.match(await platen(t, 'provision --env prod', { prepare, typed: 'me' }), {
    exitCode: 2,
    isUntouched: true,
    stderr: /platen: me\/32 is no block of addresses/,
  });
});

t.test('promote copies the release and deploys it by its digest, once that was agreed to', async (t) => {
  const way = 'promote --from staging --to prod';
  const planned = await platen(t, `${way} --plan --exit-code`);
  t.match(planned, { exitCode: 3, asked: ['plan image=prod.example/web@sha256:a'] });
  t.match(
    planned.stdout,
    /^The release of staging goes to prod: sha256:aaa.*\n  from staging\.example\/web; it is copied to prod\.example\/web/,
  );
  t.match(await platen(t, way, { typed: 'no' }), { exitCode: 2, isUntouched: true });
  t.match(await platen(t, `${way} --yes`), {
    exitCode: 0,
    asked: ['copy', 'apply image=prod.example/web@sha256:a'],
    stdout: 'https://localhost:8443/\n',
  });
  t.match(await platen(t, 'promote --from staging'), { exitCode: 2, stderr: /--to/ });
});

t.test('what is said in the end stands alone, without the live tree', async (t) => {
  const lines = [
    'provision --env prod --yes',
    'promote --from staging --to prod --yes',
    'rollback --env prod',
    'restore nightly --env prod --yes',
  ];
  for (const line of lines) {
    const screen = new Screen(80, 24);
    const { exitCode } = await platen(t, line, { screen });
    t.equal(exitCode, 0, line);
    t.not(screen.text, '');
    t.notMatch(screen.text, /looking/, line);
  }
});

t.test('drift names what was changed, and what is known to differ, apart', async (t) => {
  const none = await platen(t, 'drift --env prod --exit-code');
  t.match(none, { exitCode: 0, stdout: 'Nothing of prod was changed outside of its stacks.\n' });
  const property = { path: '/BackupRetentionPeriod', expected: '14', actual: '1' };
  const drifted = {
    resource: 'database/Instance',
    type: 'AWS::RDS::DBInstance',
    status: 'modified' as const,
  };
  const prepare = (platform: FakePlatform) => {
    platform.drifted = {
      drifts: [{ ...drifted, properties: [property] }],
      noise: [{ ...drifted, properties: [{ ...property, path: '/EngineVersion' }], reason: 'it does' }],
    };
  };
  const changed = await platen(t, 'drift --env prod --exit-code', { prepare });
  t.equal(changed.exitCode, 3);
  t.match(changed.stdout, /database\/Instance \(AWS::RDS::DBInstance\)\n  \/BackupRetentionPeriod 14 → 1\n/);
  t.match(changed.stdout, /Known to differ:\n  database\/Instance \/EngineVersion 14 → 1\n    it does/);
  t.equal((await platen(t, 'drift --env prod', { prepare })).exitCode, 0);
  const { stdout } = await platen(t, 'drift --env prod --json', { prepare });
  t.match(JSON.parse(stdout), { environment: 'prod', drifts: [{ properties: [property] }] });
  const failed = (platform: FakePlatform) => {
    platform.drifted = { failed: [{ stack: 'service', reason: 'it is in UPDATE_IN_PROGRESS' }] };
  };
  t.match(await platen(t, 'drift --env prod', { prepare: failed }), {
    exitCode: 1,
    stdout: /Not compared:\n  service: it is in/,
  });
});

t.test('a release that is rolled back is an error with what the task said', async (t) => {
  const prepare = (platform: FakePlatform) =>
    (platform.deployment = {
      outcome: 'rolled-back',
      revision: '1',
      wanted: '2',
      reason: 'tasks failed to start',
      exitCode: 3,
      log: ['no such file'],
    });
  for (const line of ['provision', 'rollback --to sha256:1'])
    t.match(await platen(t, line, { prepare }), { exitCode: 1, stdout: '', stderr: /no such file/ });
});

t.test('rollback deploys what was before, or what is named', async (t) => {
  t.match(await platen(t, 'rollback'), { exitCode: 0, stdout: 'revision 2\n', asked: ['rollBack'] });
  t.match(await platen(t, 'rollback --to sha256:1'), { asked: ['rollBack to=sha256:1'] });
});

t.test('status once, again and again, and of the past', async (t) => {
  const once = await platen(t, 'status --json');
  t.match(JSON.parse(once.stdout), { environment: 'local', address: /8443/ });
  const watched = await platen(t, 'status --watch --json');
  t.equal(watched.stdout.trim().split('\n').length, 2);
  t.equal(watched.asked[0], 'watch everyMs=1000');
  const stopped = await platen(t, 'status --watch', { signal: AbortSignal.abort() });
  t.equal(stopped.exitCode, 130, 'ended by Ctrl-C');
  t.match((await platen(t, 'status --history')).stdout, /kim/);
  t.equal((await platen(t, 'status --history --watch')).exitCode, 2);
});

t.test('logs of some parts, from some time on, and what comes', async (t) => {
  const lines = [{ part: 'database', time: '2026-11-29T10:00:00.5Z', text: 'ready' }];
  const prepare = (platform: FakePlatform) => (platform.lines = lines);
  const now = Math.floor(Date.now() / 1000);
  const { stdout, asked } = await platen(t, 'logs database cache --follow --since 1h --tail 5', { prepare });
  t.match(stdout, /database.*ready\n/);
  const since = Number(/since=(\d+)/.exec(asked[0] ?? '')?.[1]);
  t.ok(Math.abs(now - 3600 - since) < 60, `since ${since}`);
  t.match(asked[0], /parts=database,cache follow=true .*tail=5/);
  t.match(JSON.parse((await platen(t, 'logs --json', { prepare })).stdout), lines[0]);
});

t.test('exec ends as the command does', async (t) => {
  t.match(await platen(t, 'exec --new database -- ls -la'), {
    exitCode: 7,
    asked: ['exec part=database command=ls,-la isNew=true'],
  });
});

t.test('open prints the address, and fails where there is none', async (t) => {
  t.match(await platen(t, 'open'), { exitCode: 0, stdout: 'https://localhost:8443/\n' });
  const away = await platen(t, 'open', { prepare: (platform) => (platform.address = undefined) });
  t.match(away, { exitCode: 1, stdout: '', stderr: /local has no healthy task/ });
});

t.test('destroy wants the name typed, or --yes', async (t) => {
  t.match(await platen(t, 'destroy'), { exitCode: 2, asked: ['planDestroy withData=false'] });
  t.match(await platen(t, 'destroy', { typed: 'prod' }), { exitCode: 2, stderr: /Nothing was removed/ });
  t.match((await platen(t, 'destroy', { typed: 'local' })).asked, ['planDestroy withData=false', /^destroy/]);
  const { asked } = await platen(t, 'destroy --with-data --yes');
  t.same(asked, ['planDestroy withData=true', 'destroy withData=true']);
});

t.test('a backup on AWS has a name, and is listed', async (t) => {
  t.match(await platen(t, 'backup nightly --env prod'), {
    exitCode: 0,
    stdout: 'nightly\n',
    asked: ['backup file=nightly'],
  });
  const { stdout } = await platen(t, 'backup --list --env prod');
  t.match(
    stdout,
    /^second +2026-11-29T10:00:00\.000Z +database creating +files missing *\nfirst .*database available +files COMPLETED\n$/,
  );
  const { stdout: json } = await platen(t, 'backup --list --env prod --json');
  t.match(JSON.parse(json), [
    { name: 'second', isWhole: false },
    { name: 'first', isWhole: true },
  ]);
  for (const line of ['backup --env prod', 'backup nightly --list --env prod'])
    t.match(await platen(t, line), {
      exitCode: 2,
      isUntouched: true,
      stderr: /needs a file, or on AWS a name/,
    });
});

t.test('Ctrl-C asks what is to become of a deployment on AWS', async (t) => {
  const line = 'provision --env prod --yes';
  const on = await platen(t, line, { typed: '', interrupted: 'w\n' });
  t.match(on, {
    exitCode: 0,
    ended: 0,
    isHandled: false,
    stderr: /keep it going.*roll it back.*go on watching/s,
  });
  t.same(on.asked, ['apply'], 'and nothing else is done');
  for (const typed of ['b\n', '\x03']) {
    const background = await platen(t, line, { typed: '', interrupted: typed });
    t.match(background, { ended: 1, asked: ['apply'], stderr: /It goes on in AWS/ });
  }
  const back = await platen(t, line, { typed: '', interrupted: 'r\n' });
  t.match(back, { ended: 0, asked: ['apply', 'stopDeployment'], stderr: /It is rolled back/ });
  const idle = {
    typed: '',
    interrupted: 'r\n',
    prepare: (platform: FakePlatform) => (platform.deploys = false),
  };
  t.match(await platen(t, line, idle), { ended: 0, stderr: /nothing to roll back/ });
  t.match(await platen(t, 'rollback --env prod', { typed: '', interrupted: 'r\n' }), {
    asked: [/^rollBack/, 'stopDeployment'],
  });
  const promoted = await platen(t, 'promote --from staging --to prod --yes', {
    typed: '',
    interrupted: 'r\n',
  });
  t.match(promoted.asked, ['copy', /^apply/, 'stopDeployment']);
});

t.test(
  'Ctrl-C ends the program where nobody can be asked, and where nothing goes on by itself',
  async (t) => {
    const noTerminal = await platen(t, 'provision --env prod --yes', { interrupted: 'r\n' });
    t.strictSame(noTerminal.asked, ['apply'], "the program's own handler has it");
    const unseen = await platen(t, 'provision --env prod --yes', {
      typed: '',
      interrupted: 'r\n',
      hidden: true,
    });
    t.strictSame(unseen.asked, ['apply'], 'a question that nobody sees is none');
    const here = await platen(t, 'provision', { typed: '', interrupted: 'r\n' });
    t.strictSame(here.asked, ['apply']);
  },
);

t.test('backup prints the path of its file', async (t) => {
  const { stdout, stderr } = await platen(t, 'backup site.tar');
  t.match(stdout, /^\/.*\/site\.tar\n$/);
  t.match(stderr, /2\.0 MB/);
});
