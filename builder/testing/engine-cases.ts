import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Test } from 'tap';
import { bootstrapDebian } from '../engine/bootstrap/debian-base.js';
import type { Engine, EngineLayer, Session } from '../engine/engine.js';

const environment = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };

/** Debian's minimal root as a layer, made once per machine. */
export async function debianLayer(): Promise<EngineLayer> {
  const path = join(tmpdir(), 'platen-test-base.tar');
  if (!existsSync(path)) {
    const half = `${path}.${process.pid}`;
    const base = {
      suite: 'trixie',
      platform: 'linux/amd64',
      packages: [],
      epoch: 1735689600,
      environment: process.env,
    };
    await pipeline(await bootstrapDebian(base), createWriteStream(half));
    renameSync(half, path);
  }
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  const diffId = `sha256:${hash.digest('hex')}`;
  return { diffId, size: statSync(path).size, open: () => createReadStream(path) };
}

/** Runs a script in a session as root. */
export function shell(
  session: Session,
  script: string,
  more: { timeoutSeconds?: number; network?: 'none' } = {},
) {
  return session.exec({ argv: ['sh', '-c', script], environment, user: 'root', cwd: '/', ...more });
}

async function list(session: Session): Promise<string[]> {
  const archive = await buffer(await session.changes());
  const names = execFileSync('tar', ['--list', '--quoting-style=escape'], { input: archive, maxBuffer: 1e8 });
  return names
    .toString()
    .split('\n')
    .filter((name) => name !== '');
}

/** Tests of the `Engine` interface, for every engine. */
export function engineCases(t: Test, engine: Engine, base: EngineLayer): void {
  const open = (signal?: AbortSignal) => engine.open([base], { platform: 'linux/amd64', signal });

  t.test('a command gets its arguments, environment, user, folder and input, and nothing else', async (t) => {
    const session = await open();
    t.teardown(() => session.close());
    const told = await session.exec({
      argv: ['env'],
      environment: { ...environment, A: 'x y\nz' },
      user: 'root',
      cwd: '/',
    });
    t.equal(told.stdout, `PATH=${environment.PATH}\nA=x y\nz\n`);
    const pieces: string[] = [];
    const result = await session.exec({
      argv: ['sh', '-c', 'id -un; pwd; cat; echo "ä" >&2; exit 7', 'it'],
      environment,
      user: 'www-data',
      cwd: '/tmp',
      stdin: Buffer.from('in ü'),
      onOutput: (text: string) => pieces.push(text),
    });
    t.match(result, { exitCode: 7, stdout: 'www-data\n/tmp\nin ü', stderr: 'ä\n', timedOut: false });
    t.match(pieces.join(''), /in ü/);
    const slow = await shell(session, 'echo begun; (setsid sleep 60 &) ; sleep 60', { timeoutSeconds: 3 });
    t.match(slow, { timedOut: true, stdout: 'begun\n' });
    t.equal(
      (await shell(session, 'cat /proc/[0-9]*/stat | grep -c "(sleep) [^Z]"')).stdout.trim(),
      '0',
      'no sleep is left',
    );
  });

  t.test('a command without network has its own loopback and nothing else', async (t) => {
    const session = await open();
    t.teardown(() => session.close());
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    t.teardown(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const look = `cat; id -un; pwd; echo "$A"; tail -n +3 /proc/net/dev | cut -d: -f1; wc -l </proc/net/route; echo kept >/srv/kept
      perl -MIO::Socket::INET -e '$s = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1") or die "no loopback";
        IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $s->sockport, Timeout => 5) or die "nobody answers";
        print IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => ${port}, Timeout => 5) ? "out\n" : "in\n"'; exit 3`;
    const asked = { argv: ['sh', '-c', look], environment: { ...environment, A: 'a b' } };
    const command = { ...asked, user: 'root', cwd: '/usr', stdin: Buffer.from('given ') };
    const alone = await session.exec({ ...command, network: 'none' });
    t.match(alone, { exitCode: 3, stdout: /^given root\n\/usr\na b\n *lo\n1\nin\n$/, stderr: '' });
    t.match((await session.exec(command)).stdout, /out\n$/, 'others have the network of this machine');
    t.ok((await list(session)).includes('srv/kept'));
    const slow = await shell(session, 'echo begun; (setsid sleep 60 &) ; sleep 60', {
      timeoutSeconds: 3,
      network: 'none' as const,
    });
    t.match(slow, { timedOut: true, stdout: 'begun\n' });
    const left = await shell(session, 'cat /proc/[0-9]*/stat | grep -c "(sleep) [^Z]"; id -u');
    t.equal(left.stdout, '0\n0\n', 'no sleep is left');
    const other = await session.exec({ ...command, argv: ['id'], user: 'www-data', network: 'none' });
    t.equal(other.stdout, 'uid=33(www-data) gid=33(www-data) groups=33(www-data)\n');
  });

  t.test('changes are told once, as a layer', async (t) => {
    const session = await open();
    t.teardown(() => session.close());
    await shell(
      session,
      `mkdir /new; printf a >"/new/line
break"; printf b >"$(printf '/new/\\377')"; ln /new/line* /new/zlink; rm /etc/debian_version
       rm -r /srv; ln -s /tmp /srv; rm -r /opt; mkdir -m 700 /opt; touch /opt/x; chown 33 /home`,
    );
    const first = await list(session);
    t.same(first.sort(), [
      'etc/',
      'etc/.wh.debian_version',
      'home/',
      'new/',
      'new/\\377',
      'new/line\\nbreak',
      'new/zlink',
      'opt/',
      'opt/x',
      'srv',
    ]);
    t.same(await list(session), [], 'nothing twice');
    await shell(session, 'rm -r /new; echo 1 >/opt/y');
    t.same((await list(session)).sort(), ['.wh.new', 'opt/', 'opt/y']);
  });

  t.test('fifty thousand files', async (t) => {
    const session = await open();
    t.teardown(() => session.close());
    await shell(session, 'mkdir /many; cd /many; seq 50000 | xargs touch');
    t.equal((await list(session)).length, 50_001);
  });

  t.test('what is applied is there with its owners, modes and attributes, and is not a change', async (t) => {
    const folder = t.testdir({
      tree: { opt: 'a file over a folder', srv: { deep: 'x' }, etc: { own: 'x' }, tool: 'x' },
    });
    const tree = join(folder, 'tree');
    execFileSync(
      'sh',
      [
        '-c',
        "chown 33:44 opt; chmod 4755 tool; ln tool hard; ln -s opt link; touch -d @1000 tool; setcap cap_net_raw=ep srv/deep 2>/dev/null || python3 -c \"import os,base64;os.setxattr('srv/deep','security.capability',base64.b64decode('AQAAAgAgAAAAAAAAAAAAAAAAAAA='))\"",
      ],
      { cwd: tree },
    );
    const archive = execFileSync(
      'tar',
      [
        '-c',
        '--xattrs',
        '--xattrs-include=*',
        '--numeric-owner',
        'opt',
        'srv',
        'etc',
        'tool',
        'hard',
        'link',
      ],
      { cwd: tree },
    );
    const session = await open();
    t.teardown(() => session.close());
    await shell(session, 'mkdir /opt/full; rm -r /srv; ln -s /tmp /srv');
    const files = ['/opt', '/srv/deep', '/etc/own', '/tool', '/hard', '/link'];
    await session.apply(Readable.from([archive]), ['/etc/debian_version', '/not/there'], files);
    const { stdout } = await shell(
      session,
      'stat -c "%n %u:%g %a %F %h" /opt /tool /hard /srv; stat -c %Y /tool; cat /srv/deep; readlink /link; ls /etc/debian_version 2>&1 | grep -c "cannot access"; ls /etc/own /etc/passwd',
    );
    t.equal(
      stdout,
      '/opt 33:44 644 regular file 1\n/tool 0:0 4755 regular file 2\n/hard 0:0 4755 regular file 2\n/srv 0:0 755 directory 2\n1000\nxopt\n1\n/etc/own\n/etc/passwd\n',
    );
    t.same(await list(session), []);
    await shell(session, 'rm /link; cp -a /srv/deep /srv/copy');
    const changes = await buffer(await session.changes());
    t.match(changes.toString('latin1'), /SCHILY\.xattr\.security\.capability/);
    t.match(execFileSync('tar', ['-t'], { input: changes }).toString(), /\.wh\.link/);
  });

  t.test('what nobody wants is not read, but for its directories and what is gone', async (t) => {
    const session = await open();
    t.teardown(() => session.close());
    await shell(
      session,
      'mkdir -p /srv/cache/deep; echo kept > /srv/kept; ln /srv/kept /srv/cache/again; echo x > /srv/cache/deep/x; rm /etc/debian_version',
    );
    const unwanted = (path: string) => /^\/srv\/cache\/.|^\/etc\/debian_version$/.test(path);
    const archive = await buffer(await session.changes({ unwanted }));
    const names = execFileSync('tar', ['-t'], { input: archive }).toString().trimEnd().split('\n');
    t.same(names.filter((name) => name !== 'etc/').sort(), [
      'etc/.wh.debian_version',
      'srv/',
      'srv/cache/',
      'srv/cache/deep/',
      'srv/kept',
    ]);
    t.equal(execFileSync('tar', ['-xO', 'srv/kept'], { input: archive }).toString(), 'kept\n');
    t.same(await list(session), []);
  });

  t.test('a session ends with its builder, and at once when interrupted', async (t) => {
    const stop = new AbortController();
    const session = await open(stop.signal);
    const running = shell(session, 'sleep 60');
    setTimeout(() => stop.abort(), 500);
    await t.rejects(running, { code: 'interrupted' });
  });

  t.test('changes read while a command runs and after it are together all that it changed', async (t) => {
    const session = await open();
    t.teardown(() => session.close());
    const churn = `mkdir /srv/new; cd /srv/new; i=0; while [ $i -lt 400 ]; do
      echo $i > $i.part; echo $i >> log; [ $i -lt 20 ] || mv $((i - 20)).part $((i - 20)); [ $((i % 3)) = 0 ] && rm $i.part
      [ $((i % 20)) = 0 ] && sleep 0.2; i=$((i + 1)); done 2>/dev/null; true`;
    const running = shell(session, churn);
    const files = new Map<string, string>();
    const take = async (settledSeconds?: number) => {
      const folder = t.testdir({ root: {} });
      const archive = await buffer(await session.changes({ settledSeconds }));
      execFileSync('tar', ['--extract', '--directory', folder], { input: archive });
      const place = join(folder, 'srv/new');
      const names = existsSync(place) ? readdirSync(place) : [];
      for (const name of names)
        if (name.startsWith('.wh.')) files.delete(name.slice(4));
        else files.set(name, readFileSync(join(place, name), 'utf8'));
    };
    let ended = false;
    void running.then(() => (ended = true));
    let looks = 0;
    for (; !ended; looks++) await take(0.3);
    t.equal((await running).exitCode, 0);
    await take();
    t.ok(looks > 1, `${looks} looks`);
    const { stdout } = await shell(session, 'cd /srv/new; for f in *; do echo "$f $(md5sum < $f)"; done');
    const there = [...files].map(
      ([name, text]) => `${name} ${createHash('md5').update(text).digest('hex')}  -`,
    );
    t.same(there.sort(), stdout.trimEnd().split('\n').sort());
  });
}
