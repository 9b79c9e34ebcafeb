import { once } from 'node:events';
import { chmodSync, readFileSync } from 'node:fs';
import { type Socket, connect } from 'node:net';
import { createInterface } from 'node:readline';
import { connect as connectTls } from 'node:tls';
import t from 'tap';
import { buildForTest, removeTags } from '../../builder/testing/build-for-test.js';
import { makeCertificates } from '../../builder/testing/certificates.js';
import { ContainerNetwork } from '../../builder/testing/containers.js';
import { serviceTask } from '../../builder/testing/service-task.js';

t.setTimeout(900_000);

const { reference: image } = await buildForTest('mailsink');
t.teardown(() => removeTags(image));
const network = await ContainerNetwork.create();
t.teardown(() => network.remove());
const secrets = t.testdir({});
const certificates = makeCertificates(secrets);
chmodSync(certificates.key, 0o644);
const sink = await network.start({
  image,
  alias: 'mail',
  port: [8025, 1025],
  binds: [`${secrets}:/run/secrets:ro`],
  task: serviceTask,
  environment: {
    MAILSINK_MAX_MAILS: '5',
    MAILSINK_MAX_MEGABYTES: '1',
    MAILSINK_TLS_CERTIFICATE_FILE: '/run/secrets/server.crt',
    MAILSINK_TLS_KEY_FILE: '/run/secrets/server.key',
  },
});
await sink.until('mailsink-health', 60, '999:999');
const web = await sink.origin(8025);
const port = Number(new URL(await sink.origin(1025)).port);

/** Says these lines one after the other, each when the one before was answered; gives the codes of the answers. */
async function converse(socket: Socket, lines: readonly string[]): Promise<string[]> {
  const answers = createInterface({ input: socket })[Symbol.asyncIterator]();
  const answer = async (): Promise<string> => {
    for (;;) {
      const { value } = (await answers.next()) as { value: string };
      // All lines of an answer but the last have a hyphen there.
      if (value[3] !== '-') return value.slice(0, 3);
    }
  };
  const codes: string[] = [];
  for (const line of lines) {
    socket.write(`${line}\r\n`);
    codes.push(await answer());
  }
  return codes;
}

async function greeted(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  const [greeting] = (await once(socket, 'data')) as [Buffer];
  if (!greeting.toString().startsWith('220 ')) throw new Error(greeting.toString());
  return socket;
}

async function send(message: string, to = 'admin@example.org'): Promise<string[]> {
  const lines = ['EHLO web', 'MAIL FROM:<site@example.org>', `RCPT TO:<${to}>`, 'DATA', `${message}\r\n.`];
  const socket = await greeted();
  const codes = await converse(socket, lines);
  socket.destroy();
  return codes;
}

const get = async (path: string): Promise<string> => (await fetch(`${web}${path}`)).text();
const list = async (query = ''): Promise<{ id: string; subject: string; to: string[] }[]> =>
  JSON.parse(await get(`/api/messages${query}`));
const message = (subject: string, body = 'text') =>
  `From: Site <site@example.org>\r\nTo: admin@example.org\r\nSubject: ${subject}\r\n\r\n${body}`;

t.test('a mail of text and HTML is shown, and nothing of it runs', async (t) => {
  const parts = [
    'MIME-Version: 1.0\r\nSubject: =?UTF-8?Q?Passwort_zur=C3=BCck=0Asetzen?=\r\nTo: admin@example.org',
    'Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8',
    '\r\nhttps://site.example/?key=<1>\r\n--b\r\nContent-Type: text/html; charset=utf-8',
    '\r\n<p>Hello</p><script>alert(1)</script>\r\n--b--',
  ];
  t.strictSame(await send(parts.join('\r\n')), ['250', '250', '250', '354', '250']);
  const [mail] = await list();
  t.match(mail, { subject: 'Passwort zurück setzen', to: ['admin@example.org'], from: 'site@example.org' });
  t.match(JSON.parse(await get(`/api/messages/${mail?.id}`)), {
    text: 'https://site.example/?key=<1>',
    html: /<p>Hello<\/p>/,
    attachments: [],
  });
  t.match(await get('/'), `<a href="/messages/${mail?.id}">Passwort zurück setzen</a>`);
  const page = await get(`/messages/${mail?.id}`);
  t.match(page, /key=&lt;1&gt;/);
  t.match(page, `<iframe sandbox src="/messages/${mail?.id}/html">`);
  const html = await fetch(`${web}/messages/${mail?.id}/html`);
  t.match(html.headers.get('content-security-policy'), "default-src 'none'");
  t.match(await get(`/messages/${mail?.id}/raw`), /^MIME-Version: 1\.0\r\n/);
  t.match(
    (await sink.logs()).stdout,
    /^mail 000001 from site@example.org to admin@example.org: Passwort zurück/m,
  );
  t.equal((await fetch(`${web}/messages/999999`)).status, 404);
  t.equal((await fetch(`${web}/api/messages`, { method: 'DELETE' })).status, 200);
  t.strictSame(await list(), []);
});

t.test('with STARTTLS and a password, as a mail server of production wants it', async (t) => {
  const plain = await greeted();
  t.strictSame(await converse(plain, ['EHLO web', 'STARTTLS']), ['250', '220']);
  const ca = readFileSync(certificates.ca);
  const socket = connectTls({ socket: plain, ca, servername: 'localhost' });
  await once(socket, 'secureConnect');
  const login = `AUTH PLAIN ${Buffer.from('\0site\0any').toString('base64')}`;
  const lines = ['EHLO web', login, 'MAIL FROM:<a@b.example>', 'RCPT TO:<c@d.example>', 'DATA'];
  t.strictSame(await converse(socket, [...lines, `${message('over TLS')}\r\n.`]), [
    '250',
    '235',
    '250',
    '250',
    '354',
    '250',
  ]);
  socket.destroy();
  t.match(await list('?to=c@d.example'), [{ subject: 'over TLS' }]);
  t.strictSame(await list('?to=x@d.example'), []);
});

t.test('the oldest go where there are too many, or too large ones', async (t) => {
  for (let index = 0; index < 7; index++) await send(message(`mail ${index}`));
  t.strictSame(
    (await list()).map(({ subject }) => subject),
    [6, 5, 4, 3, 2].map((index) => `mail ${index}`),
  );
  const line = `${'x'.repeat(70)}\r\n`;
  await send(message('large', line.repeat(10_000)));
  await send(message('larger', line.repeat(10_000)));
  t.strictSame((await list())[0]?.subject, 'larger');
  t.notOk(
    (await list()).some(({ subject }) => subject === 'large'),
    'more than a megabyte together',
  );
  t.equal(await sink.run('ls /run/mailsink | wc -l', '999:999'), `${(await list()).length}\n`);
  t.strictSame((await send(message('too large', line.repeat(240_000)))).slice(-1), ['552']);
});

t.test('what is not a proper mail is kept all the same', async (t) => {
  await send(
    'Subject: =?x-none?Q?=FF?=\r\nFrom: <<>>,,;\r\nContent-Type: text/plain; charset=none\r\n\r\n\xFF',
  );
  const [mail] = await list();
  t.equal((await fetch(`${web}/messages/${mail?.id}`)).status, 200);
  t.equal((await fetch(`${web}/api/messages/${mail?.id}`)).status, 200);
});

t.test('a client that resets its connection is no news', async (t) => {
  const { NetworkSettings } = await sink.docker.inspect();
  // Its own address: what publishes ports would end the connection well.
  const host = Object.values(NetworkSettings.Networks)[0]?.IPAddress ?? '';
  for (const [number, begun] of [
    [1025, 'EHLO client.example\r\nMAIL FROM:<a@client.example>\r\n'],
    [1025, 'EHLO'],
    [8025, 'GET /api/messages HTTP/1.1\r\nHost: mail\r\n'],
    [8025, 'GET /api/messages HTTP/1.1\r\nHost: mail\r\n\r\n'],
  ] as const) {
    const socket = connect(number, host);
    await once(socket, 'connect');
    socket.write(begun);
    await new Promise((resolve) => setTimeout(resolve, 200));
    socket.resetAndDestroy();
  }
  await send(message('after resets'));
  const { stdout, stderr } = await sink.logged(/after resets/);
  t.notMatch(stdout + stderr, /Traceback|Connection(Reset|Aborted)|Exception/);
});

t.test('SIGTERM ends it', async (t) => {
  // Killed instead, it would end with 137.
  const { exitCode } = await sink.stop();
  t.equal(exitCode, 0);
});
