import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { debianLayer } from '../../testing/engine-cases.js';
import type { ContainerWanted } from '../container-wanted.js';
import { removeTree } from './sandbox.js';
import { SandboxContainer } from './sandbox-container.js';
import { signalNumber } from './signal-number.js';

const base = await debianLayer();
const folder = join(t.testdir(), 'sandbox');
t.teardown(() => removeTree(folder));
const sessions = () => readdirSync(join(folder, 'sessions'));

const usual = { environment: {}, user: '', cwd: '/', volumes: [], stopSignal: 'SIGTERM' };

async function open(t: Test, script: string, more: Partial<ContainerWanted> = {}, signal?: AbortSignal) {
  const wanted = { ...usual, argv: ['sh', '-c', script], ...more };
  const container = await SandboxContainer.open({ folder, layers: [base], signal }, wanted);
  t.teardown(() => container.remove());
  return container;
}

/** Output and exit code of a container. */
async function told(container: SandboxContainer, input?: string) {
  const { stdin, stdout, stderr, exitCode } = await container.start();
  stdin.end(input);
  const [out, err, code] = await Promise.all([text(stdout), text(stderr), exitCode]);
  return { out, err, code };
}

async function until(test: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 1200; tries += 1, await sleep(50)) if (await test()) return true;
  return false;
}

t.test('the first process is the command, as the image says', async (t) => {
  const script = `cat; echo "$$ $(id -u):$(id -g) $PWD $HOME $A $PATH"; ls -d /srv/new/deep; ls /proc | grep -c '^[0-9]'
    touch /tmp/x /run/x; echo again >/dev/stdout; echo error >/dev/stderr; exit 7`;
  const container = await open(t, script, {
    user: 'www-data',
    cwd: '/var/new',
    volumes: ['/srv/new/deep'],
    environment: { A: 'a b' },
  });
  t.match(await told(container, 'given '), {
    out: /^given 1 33:33 \/var\/new \/var\/www a b \/usr\/local\/sbin:.*\n\/srv\/new\/deep\n[2-5]\nagain\n$/,
    err: /^touch: cannot touch '\/run\/x': Permission denied\nerror\n$/,
    code: 7,
  });
  const root = await told(await open(t, 'touch /run/x && echo writable; echo again >/dev/stdout'));
  t.match(root, { out: 'writable\nagain\n', err: '', code: 0 });
  const owner = statSync('/dev/null').uid;
  t.equal(owner, 0, 'and nothing of this machine changes its owner');
  t.match(await told(await open(t, '', { argv: ['/no/such'] })), { err: /no\/such/, code: 127 });
  await t.rejects(open(t, '', { user: 'nobody-here' }), { message: /no user "nobody-here"/ });
});

t.test('its network is a loopback, which can be asked from here', async (t) => {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const container = await open(
    t,
    `exec perl -MIO::Socket::INET -e '
      my $s = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1", LocalPort => 80) or die "no port 80";
      my $out = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => ${port}) ? "out" : "in";
      while (my $c = $s->accept) { my $asked = <$c>; my @rest; while (<$c>) { last if /^\\r?$/ }
        print $c "HTTP/1.0 404 No\\r\\nConnection: close\\r\\n\\r\\n$out $asked"; close $c }'`,
    { user: 'www-data' },
  );
  const { exitCode } = await container.start();
  let answer;
  t.ok(
    await until(async () => {
      answer = await container.ask(80, '/page?a=b').catch(() => undefined);
      return answer !== undefined;
    }),
  );
  t.match(answer, { status: 404, body: 'in GET /page?a=b HTTP/1.1\r\n' });
  await t.rejects(container.ask(81, '/'), /ECONNREFUSED/);
  await container.remove();
  t.equal(await exitCode, 137);
});

t.test('it has none of the powers that lead out', async (t) => {
  const { out } = await told(
    await open(
      t,
      `exec 2>&1; mount -t tmpfs none /mnt && echo LED; umount /proc && echo LED; unshare --mount true && echo LED
       echo h >/proc/sysrq-trigger && echo LED; echo x >/proc/sys/kernel/hostname && echo LED; head -c1 /proc/kcore | grep -q . && echo LED
       ls /sys | grep -q . && echo LED; kill -0 2 && echo LED; ip link set lo down && echo LED
       for p in 1 2 3 4 5; do ls /proc/$p/root/session /proc/$p/root/layers && echo LED; done; grep -c . /proc/mounts; echo told`,
    ),
  );
  t.notMatch(out, /^LED$/m);
  t.match(out, /told\n$/);
});

t.test('it is asked to end as the image says, and killed where it does not', async (t) => {
  for (const [stopSignal, script, code] of [
    ['SIGQUIT', 'trap "exit 3" QUIT', 3],
    ['SIGRTMIN+3', 'trap "exit 4" RTMIN+3', 4],
    ['SIGTERM', 'trap "" TERM', 137],
  ] as const) {
    const container = await open(t, '', {
      stopSignal,
      argv: ['bash', '-c', `${script}; echo ready; while :; do sleep 0.05; done`],
    });
    const { stdout, exitCode } = await container.start();
    await once(stdout, 'data');
    await container.stop(exitCode, code === 137 ? 0.5 : 60);
    t.equal(await exitCode, code, stopSignal);
  }
  t.strictSame(
    [signalNumber('15'), signalNumber('TERM'), signalNumber('SIGRTMAX-1'), signalNumber('SIGNOT')],
    [15, 15, 63, 15],
  );
});

t.test('layers hide what lies below them', async (t) => {
  const tar = execFileSync('python3', [
    '-c',
    `import io, sys, tarfile
t = tarfile.open(fileobj=sys.stdout.buffer, mode='w|', format=tarfile.PAX_FORMAT)
gone = tarfile.TarInfo('etc/debian_version'); gone.type = tarfile.CHRTYPE; t.addfile(gone)
empty = tarfile.TarInfo('etc/apt'); empty.type = tarfile.DIRTYPE; empty.mode = 0o755
empty.pax_headers = {'SCHILY.xattr.' + kind + '.overlay.opaque': 'y' for kind in ('trusted', 'user')}; t.addfile(empty)
t.close()`,
  ]);
  const diffId = `sha256:${createHash('sha256').update(tar).digest('hex')}`;
  const layer = { diffId, size: tar.length, open: () => Readable.from([tar]) };
  const wanted = { ...usual, argv: ['sh', '-c', 'ls /etc/debian_version; ls -A /etc/apt | wc -l'] };
  const container = await SandboxContainer.open({ folder, layers: [base, layer] }, wanted);
  t.teardown(() => container.remove());
  t.match(await told(container), { out: '0\n', err: /cannot access/ });
});

t.test('it ends with its builder, and leaves nothing', async (t) => {
  const stop = new AbortController();
  const container = await open(t, 'echo up; sleep 100', {}, stop.signal);
  const { stdout, exitCode } = await container.start();
  await once(stdout, 'data');
  stop.abort();
  t.equal(await exitCode, 137);
  await container.remove();

  const script = join(t.testdir({ 'builder.mjs': '' }), 'builder.mjs');
  // A duration that no other process uses.
  const seconds = 4000 + process.pid;
  writeFileSync(
    script,
    `import { SandboxContainer } from ${JSON.stringify(new URL('./sandbox-container.ts', import.meta.url).href)};
    const layer = { diffId: ${JSON.stringify(base.diffId)}, size: 1, open: () => { throw new Error('it is unpacked'); } };
    const wanted = ${JSON.stringify({ ...usual, argv: ['sh', '-c', `echo up; setsid sleep ${seconds} & sleep ${seconds}`] })};
    const container = await SandboxContainer.open({ folder: ${JSON.stringify(folder)}, layers: [layer] }, wanted);
    const { stdout } = await container.start();
    stdout.on('data', (data) => process.stdout.write(data));`,
  );
  const child = spawn(process.execPath, [...process.execArgv, script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout as Readable, 'data');
  child.kill('SIGKILL');
  const running = () =>
    readdirSync('/proc').filter((pid) => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8') === `sleep\0${seconds}\0`;
      } catch {
        return false;
      }
    });
  t.ok(await until(() => Promise.resolve(running().length === 0)));
  const next = async () => {
    await (await open(t, 'true')).remove();
    return sessions().length === 0;
  };
  t.ok(await until(next), 'what it left goes with the next one that finds it ended');
});
