import { execFileSync, spawn, type StdioOptions } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import t, { type Test } from 'tap';
import { debianLayer, shell } from '../../testing/engine-cases.js';
import type { EngineLayer } from '../engine.js';
import { removeTree, sandboxEngine } from './sandbox.js';

const base = await debianLayer();
const folder = join(t.testdir(), 'sandbox');
t.teardown(() => removeTree(folder));
const engine = sandboxEngine({ folder });
/** A command that no other process on this machine runs. */
const lasting = `sleep ${7000 + process.pid}`;
const open = (layers: readonly EngineLayer[] = [base]) => engine.open(layers, { platform: 'linux/amd64' });

/** Runs a script in its own session; returns its output. */
async function told(t: Test, script: string, more: { network?: 'none' } = {}): Promise<string> {
  const session = await open();
  t.teardown(() => session.close());
  const { stdout, stderr } = await shell(session, script, more);
  return stdout + stderr;
}

t.test("a step sees nothing of this machine's files", async (t) => {
  const place = t.testdir({ secret: 'the secret of this machine' });
  const out = await told(
    t,
    `cat ${place}/secret; ls / /proc/1/root/ /proc/1/cwd/ /proc/*/root/${place} 2>&1
     grep -c . /proc/partitions >/dev/null; exec 2>&1
     mkdir -p /esc && perl -e 'chroot "/esc"; chdir ".." for 1..64; chroot "."; exec "/bin/cat", "${place}/secret"'
     perl -e 'chdir "/"; chdir ".." for 1..64; system "cat .${place}/secret"'`,
  );
  t.notMatch(out, /the secret of this machine/);
  t.match(out, /No such file/);
});

t.test('a step has none of the powers that lead out', async (t) => {
  const out = await told(
    t,
    `exec 2>&1
     mount -t tmpfs none /mnt && echo MOUNTED; mount --bind / /mnt && echo MOUNTED
     mkdir /n; mknod /n/disk b $(stat -c '0x%t 0x%T' /dev/null) && cat /n/disk && echo READ
     for d in $(awk 'NR>2{print $1":"$2":"$4}' /proc/partitions); do
       mknod /n/d b "\${d%%:*}" "$(echo $d | cut -d: -f2)" && head -c 1 /n/d >/dev/null && echo READ; rm -f /n/d; done
     mknod /n/zero c 1 5 && head -c 1 /n/zero | grep -q . && echo READ
     unshare --mount true && echo UNSHARED; nsenter -t 1 -m true && echo ENTERED
     echo 1 >/proc/sys/vm/drop_caches && echo WROTE; echo h >/proc/sysrq-trigger && echo WROTE
     echo x >/proc/sys/kernel/hostname && echo WROTE; umount /proc && echo UNMOUNTED; umount -l /etc/resolv.conf && echo UNMOUNTED
     hostname other && echo NAMED; cat /proc/1/environ && echo READ; head -c1 /proc/kcore | grep -q . && echo READ
     ls /sys | grep -q . && echo SYS; true`,
  );
  t.notMatch(out, /^(MOUNTED|READ|UNSHARED|ENTERED|WROTE|UNMOUNTED|NAMED|SYS)$/m);
});

t.test("a step sees neither this machine's processes nor the builder's environment", async (t) => {
  process.env.PLATEN_TEST_TOKEN = 'a-token-of-the-builder';
  t.teardown(() => delete process.env.PLATEN_TEST_TOKEN);
  const out = await told(
    t,
    'cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" "\\n"; ls /proc | grep -c "^[0-9]"; env',
  );
  t.notMatch(out, /a-token-of-the-builder/);
  t.notMatch(out, new RegExp(`platen-test|${process.pid}|tap`));
  t.match(out, /^[2-6]$/m, 'its own processes');
});

t.test('a step gets no descriptor that the builder was left', async (t) => {
  const place = t.testdir({ secret: 'the secret of this machine', 'builder.mjs': '' });
  const script = join(place, 'builder.mjs');
  await (await open()).close();
  writeFileSync(
    script,
    `import { sandboxEngine } from ${JSON.stringify(new URL('./sandbox.ts', import.meta.url).href)};
    const layer = { diffId: ${JSON.stringify(base.diffId)}, size: 1, open: () => { throw new Error('it is unpacked'); } };
    const session = await sandboxEngine({ folder: ${JSON.stringify(folder)} }).open([layer], { platform: 'linux/amd64' });
    const look = 'ls /proc/self/fd; cat /proc/self/fd/9/secret /proc/self/fd/30/secret';
    const { stdout } = await session.exec({ argv: ['sh', '-c', look], environment: { PATH: '/usr/bin' }, user: 'root', cwd: '/' });
    console.log('it ran', stdout);
    await session.close();`,
  );
  const left = openSync(place, 'r');
  const stdio = Array.from({ length: 31 }, (_, index) => (index === 9 || index === 30 ? left : 'ignore'));
  const child = spawn(process.execPath, [...process.execArgv, script], {
    stdio: ['ignore', 'pipe', 'inherit', ...stdio.slice(3)] as StdioOptions,
  });
  const said = await text(child.stdout as Readable);
  closeSync(left);
  t.match(said, /^it ran/);
  t.notMatch(said, /the secret/);
});

t.test('what a step leaves running ends with it, and reaches the next step in no way', async (t) => {
  const session = await open();
  t.teardown(() => session.close());
  // The command ends, though a process that it started does not.
  await shell(
    session,
    '(setsid sh -c "while :; do echo alive >>/srv/alive; sleep 0.02; done" >/dev/null 2>&1 &); until [ -s /srv/alive ]; do sleep 0.02; done',
  );
  const { stdout } = await shell(
    session,
    'a=$(wc -l </srv/alive); sleep 0.3; b=$(wc -l </srv/alive); echo $((b - a)) $((a > 0)); ls /proc | grep -c "^[0-9]"',
  );
  t.match(stdout, /^0 1\n[2-6]\n$/);
});

t.test('a step without network reaches nothing, one with it the host', async (t) => {
  const server = createServer((socket) => socket.end('reached'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as { port: number };
  const script = `perl -MSocket -e 'socket(S,PF_INET,SOCK_STREAM,0); connect(S,sockaddr_in(${port},inet_aton("127.0.0.1"))) or die "refused"; print <S>'`;
  t.match(await told(t, script), 'reached');
  t.notMatch(await told(t, script, { network: 'none' }), 'reached');
});

/** Layers that try to escape, made by Python's tarfile, which checks nothing. */
const hostile = (target: string) => `
import io, sys, tarfile
t = tarfile.open(fileobj=sys.stdout.buffer, mode='w|')
def add(name, **more):
    m = tarfile.TarInfo(name); data = more.pop('data', b'')
    for k, v in more.items(): setattr(m, k, v)
    m.size = len(data); t.addfile(m, io.BytesIO(data))
add('../../../../../../../../..${target}/one', data=b'x')
add('${target}/two', data=b'x')
add('link', type=tarfile.SYMTYPE, linkname='${target}')
add('link/three', data=b'x')
add('up', type=tarfile.SYMTYPE, linkname='../../../../../../../..${target}')
add('up/four', data=b'x')
add('dir', type=tarfile.DIRTYPE, mode=0o755)
add('dir', type=tarfile.SYMTYPE, linkname='${target}')
add('dir/five', data=b'x')
add('hard', type=tarfile.LNKTYPE, linkname='${target}/victim')
add('hard', data=b'overwritten')
add('harder', type=tarfile.LNKTYPE, linkname='../../../../../../../..${target}/victim')
add('harder', data=b'overwritten')
t.close()
`;

t.test('a layer that wants to get out while it is unpacked does not', async (t) => {
  const target = t.testdir({ victim: 'whole' });
  const tar = execFileSync('/usr/bin/python3', ['-c', hostile(target)]);
  const diffId = `sha256:${createHash('sha256').update(tar).digest('hex')}`;
  const session = await open([{ diffId, size: tar.length, open: () => Readable.from([tar]) }]).catch(
    (error: unknown) => error as Error,
  );
  if (!(session instanceof Error)) await session.close();
  t.strictSame(readdirSync(target), ['victim']);
  t.equal(readFileSync(join(target, 'victim'), 'utf8'), 'whole');
});

t.test('what is applied follows no link out', async (t) => {
  const target = t.testdir({});
  const tar = execFileSync('/usr/bin/python3', ['-c', hostile(target)]);
  const session = await open();
  t.teardown(() => session.close());
  await shell(session, `ln -s ${target} /away; ln -s ../../../../../../../..${target} /further`);
  await session.apply(Readable.from([tar]), ['/away/x'], ['/further/x']).catch(() => undefined);
  t.strictSame(readdirSync(target), []);
});

t.test('a builder killed at any moment leaves no process, no mount and nothing half-made', async (t) => {
  const script = join(t.testdir({}), 'builder.mjs');
  const layer = `{ diffId: 'sha256:${'ab'.repeat(32)}', size: 1, open: () => createReadStream(${JSON.stringify(join(folder, 'base.tar'))}) }`;
  const { writeFile } = await import('node:fs/promises');
  const { buffer } = await import('node:stream/consumers');
  await writeFile(join(folder, 'base.tar'), await buffer(base.open()));
  const place = join(folder, 'killed');
  writeFileSync(
    script,
    `import { createReadStream } from 'node:fs';
    import { sandboxEngine } from ${JSON.stringify(new URL('./sandbox.ts', import.meta.url).href)};
    const session = await sandboxEngine({ folder: ${JSON.stringify(place)} }).open([${layer}], { platform: 'linux/amd64' });
    console.log('open');
    await session.exec({ argv: ['sh', '-c', '(setsid ${lasting} &); ${lasting}'], environment: { PATH: '/usr/bin' }, user: 'root', cwd: '/' });`,
  );
  const victims = ['builder', 'unshare', lasting, 'nsenter'];
  for (let round = 0; round < 8; round += 1) {
    const child = spawn(process.execPath, [...process.execArgv, script], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const told = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].on('data', (text) => {
        told[name] += String(text);
      });
    const closed = new Promise((resolve) => child.once('close', resolve));
    if (round % 3 !== 0) {
      await Promise.race([closed, new Promise((resolve) => child.stdout.once('data', resolve))]);
      t.equal(told.stdout, 'open\n', `round ${round}: ${told.stderr}`);
    }
    await new Promise((resolve) => setTimeout(resolve, Math.random() * (round % 3 === 0 ? 2500 : 150)));
    const victim = victims[round % victims.length] ?? '';
    const found = victim === 'builder' ? undefined : processes(place, victim)[0];
    if (found !== undefined) process.kill(found, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, found === undefined ? 0 : 100));
    child.kill('SIGKILL');
    await closed;
    for (let tries = 0; tries < 300 && processes(place, '').length > 0; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 100));
    t.strictSame(processes(place, ''), [], `round ${round}: ${victim}`);
    t.notMatch(readFileSync('/proc/mounts', 'utf8'), place);
  }
  const next = await sandboxEngine({ folder: place }).open(
    [{ ...base, diffId: `sha256:${'ab'.repeat(32)}` }],
    {
      platform: 'linux/amd64',
    },
  );
  t.match(await shell(next, 'cat /etc/debian_version'), { exitCode: 0 });
  await next.close();
  t.strictSame(readdirSync(join(place, 'sessions')), []);
  t.notOk(readdirSync(join(place, 'layers')).some((name) => name.endsWith('.new')));
  t.ok(existsSync(join(place, 'layers', 'ab'.repeat(32), 'etc')));
});

/** Processes of the sandbox in a folder (or with the command that only it runs) whose command line contains a text. */
function processes(place: string, text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
        const ours = line.includes(place) || line.includes(lasting);
        return ours && line.includes(text) && !line.includes('builder.mjs') ? [Number(pid)] : [];
      } catch {
        return [];
      }
    });
}
