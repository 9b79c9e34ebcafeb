import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, connect } from 'node:tls';
import t from 'tap';
import { LocalAuthority } from './local-authority.js';
import { PrivateFiles } from './private-files.js';

t.test('a client that trusts the authority trusts its certificates, for their names alone', async (t) => {
  const files = new PrivateFiles(`${t.testdir()}/authority`);
  const authority = new LocalAuthority(files, 'test');
  t.equal(await authority.find('web'), undefined);
  const { certificate, key } = await authority.issue('web', {
    hosts: ['localhost'],
    addresses: ['127.0.0.1'],
  });
  const server = createServer({ cert: certificate, key }, (socket) => socket.end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  const { port } = server.address() as { port: number };
  const ask = async (options: { ca?: string; servername: string }) => {
    const socket = connect({ host: '127.0.0.1', port, ...options });
    const [text] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return text.toString();
  };
  const ca = readFileSync(authority.certificatePath, 'utf8');
  t.equal(await ask({ ca, servername: 'localhost' }), 'hello');
  await t.rejects(ask({ ca, servername: 'elsewhere.example' }), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  await t.rejects(ask({ servername: 'localhost' }), { code: /SELF_SIGNED|UNABLE_TO_VERIFY/ });
  t.equal(statSync(files.path('web.key')).mode & 0o777, 0o600);
  t.equal(statSync(files.folder).mode & 0o777, 0o700);
});

t.test('what is there is kept, and what does not fit is not', async (t) => {
  const files = new PrivateFiles(`${t.testdir()}/authority`);
  const authority = new LocalAuthority(files, 'test');
  const first = await authority.issue('web', { hosts: ['localhost'] });
  t.strictSame(await authority.find('web'), first);
  const second = await authority.issue('other', { hosts: ['other'] });
  t.equal(new X509Certificate(first.certificate).issuer, new X509Certificate(second.certificate).issuer);
  rmSync(files.path('authority.crt'));
  t.equal(await authority.find('web'), undefined, 'without its authority');
  await authority.issue('other', { hosts: ['other'] });
  t.equal(await authority.find('web'), undefined, 'of another authority');
});

t.test('a certificate is issued anew a month before it ends', async (t) => {
  const authority = new LocalAuthority(new PrivateFiles(`${t.testdir()}/authority`), 'test');
  await authority.issue('web', { hosts: ['localhost'] });
  const { now } = Date;
  t.teardown(() => (Date.now = now));
  const day = 86_400_000;
  Date.now = () => now() + 360 * day;
  t.ok(await authority.find('web'));
  Date.now = () => now() + 370 * day;
  t.equal(await authority.find('web'), undefined);
});
