import { once } from 'node:events';
import { chmodSync, readFileSync } from 'node:fs';
import { connect as connectH2 } from 'node:http2';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import t from 'tap';
import { buildForTest, removeTags } from '../../builder/testing/build-for-test.js';
import { makeCertificates } from '../../builder/testing/certificates.js';
import { ContainerNetwork } from '../../builder/testing/containers.js';
import { serviceTask } from '../../builder/testing/service-task.js';

t.setTimeout(1_800_000);

const { reference: image } = await buildForTest('loadbalancer');
t.teardown(() => removeTags(image));
const network = await ContainerNetwork.create();
t.teardown(() => network.remove());
const secrets = t.testdir({});
const certificates = makeCertificates(secrets);
const ca = readFileSync(certificates.ca);
// Its owner is not the container's user; that user may read it nevertheless.
chmodSync(certificates.key, 0o644);
const tls = {
  LOADBALANCER_TLS_CERTIFICATE_FILE: '/run/secrets/server.crt',
  LOADBALANCER_TLS_KEY_FILE: '/run/secrets/server.key',
};
const balancer = await network.start({
  image,
  alias: 'lb',
  port: [8080, 8443],
  task: serviceTask,
  binds: [`${secrets}:/run/secrets:ro`],
  environment: {
    ...tls,
    LOADBALANCER_HEALTH_INTERVAL_SECONDS: '1',
    LOADBALANCER_IDLE_SECONDS: '2',
    LOADBALANCER_NAME: 'app/test/1',
  },
});
const targets = (line: string): Promise<string> => balancer.run(`loadbalancer-targets ${line}`, '999:999');
await balancer.until('loadbalancer-health', 60, '999:999');
const http = await balancer.origin(8080);
const https = (await balancer.origin(8443)).replace('http:', 'https:');
const port = Number(new URL(https).port);

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

async function ask(path: string, headers: Readonly<Record<string, string | string[]>> = {}): Promise<Answer> {
  const [answer] = await once(request(`${https}${path}`, { ca, agent: false, headers }).end(), 'response');
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
}

t.test('without a target it answers as an ALB', async (t) => {
  const redirect = await fetch(`${http}/a%20b?c=d`, { redirect: 'manual' });
  t.equal(redirect.status, 301);
  t.equal(
    redirect.headers.get('location'),
    'https://127.0.0.1:443/a%20b?c=d',
    "the port that clients see is the environment's",
  );
  t.match(await redirect.text(), '<h1>301 Moved Permanently</h1>');
  const { status, headers, body } = await ask('/');
  t.equal(status, 503);
  t.match(headers, { server: 'awselb/2.0', 'content-type': 'text/html', date: /GMT$/ });
  t.match(body, /<title>503 Service Temporarily Unavailable<\/title>/);
  t.strictSame(JSON.parse(await targets('list')), []);
});

t.test('a target hears who asked, and by what way', async (t) => {
  // It answers with the headers that it heard.
  const echo = `defaults
    mode http
    timeout client 60s
  frontend echo
    bind :8080
    http-request return status 200 content-type text/plain lf-string "%[req.hdrs]"
`;
  await network.start({
    image,
    alias: 'web',
    task: serviceTask,
    environment: { ECHO: echo },
    entrypoint: ['sh', '-c', 'printf "%s" "$ECHO" >/run/echo.cfg; exec haproxy -db -f /run/echo.cfg'],
  });
  await targets('register web web:8080');
  await targets('wait web');
  t.match(JSON.parse(await targets('list')), [{ name: 'web', state: 'healthy', weight: 1, inFlight: 0 }]);
  const heard = async (headers: Readonly<Record<string, string>> = {}) =>
    decodeURIComponent((await ask('/echo', headers)).body);

  const plain = await heard({ X_Bad: 'dropped', 'X-Forwarded-Proto': 'ftp' });
  t.match(plain, new RegExp(`^host: 127\\.0\\.0\\.1:${port}\r$`, 'm'));
  t.match(plain, /^x-forwarded-for: \d+\.\d+\.\d+\.\d+\r$/m);
  t.match(plain, /^x-forwarded-proto: https\r$/m);
  t.match(plain, /^x-forwarded-port: 443\r$/m);
  t.match(plain, /^x-amzn-trace-id: Root=1-[0-9a-f]{8}-[0-9a-f]{24}\r$/m);
  t.notMatch(plain, /bad|ftp/i);
  const root = 'Root=1-67891233-abcdef012345678912345678';
  const traced = await heard({
    'X-Forwarded-For': '192.0.2.1, 192.0.2.2',
    'X-Amzn-Trace-Id': `Self=1-1-1;${root};CalledFrom=app`,
  });
  t.match(traced, /^x-forwarded-for: 192\.0\.2\.1, 192\.0\.2\.2, \d+\.\d+\.\d+\.\d+\r$/m);
  t.match(
    traced,
    new RegExp(`^x-amzn-trace-id: Self=1-[0-9a-f]{8}-[0-9a-f]{24};${root};CalledFrom=app\r$`, 'm'),
  );
  t.match(
    await heard({ 'X-Amzn-Trace-Id': 'CalledFrom=app' }),
    /^x-amzn-trace-id: Root=1-\w{8}-\w{24};CalledFrom=app\r$/m,
  );
});

t.test('HTTP/2 in front', async (t) => {
  const session = connectH2(https, { ca });
  t.teardown(() => session.close());
  const stream = session.request({ ':path': '/echo', 'user-agent': 'two "quoted"' });
  const [headers] = await once(stream, 'response');
  t.equal(headers[':status'], 200);
  t.match(await text(stream), /x-forwarded-proto: https/);
});

t.test("the access log has an ALB's fields in an ALB's order", async (t) => {
  const { stdout } = await balancer.logged(/two/);
  const lines = stdout.trim().split('\n');
  // Type, time, load balancer, client, target, three times, two statuses, two sizes, request, agent, cipher, protocol, group,
  // trace, domain, certificate, rule, creation, actions, redirect, error, targets, statuses, classification, reason,
  // connection, and three about transforms.
  const fields = lines.map((line) => line.match(/"(\\.|[^"\\])*"|\S+/g) ?? []);
  for (const line of fields) t.equal(line.length, 33, line.join(' '));
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
  const address = /^\d+\.\d+\.\d+\.\d+:\d+$/;
  const none = ['-1', '-1', '-1'];
  const find = (type: string, status: string) =>
    fields.find((line) => line[0] === type && line[8] === status) ?? [];
  t.match(find('http', '301'), [
    'http',
    time,
    'app/test/1',
    address,
    '-',
    ...none,
    '301',
    '-',
    /^\d+$/,
    /^\d+$/,
    '"GET http://127.0.0.1:80/a%20b?c=d HTTP/1.1"',
    '"node"',
    '-',
    '-',
    '-',
    /^"Root=1-/,
    '"-"',
    '"-"',
    '0',
    time,
    '"redirect"',
    '"https://127.0.0.1:443/a%20b?c=d"',
    '"-"',
    '"-"',
    '"-"',
  ]);
  t.match(find('https', '503'), [
    'https',
    time,
    'app/test/1',
    address,
    '-',
    ...none,
    '503',
    '-',
    /^\d+$/,
    /^\d+$/,
    '"GET https://127.0.0.1:443/ HTTP/1.1"',
    '"-"',
    /^TLS_/,
    'TLSv1.3',
  ]);
  const seconds = /^\d+\.\d{3}$/;
  t.match(find('h2', '200'), [
    'h2',
    time,
    'app/test/1',
    address,
    address,
    seconds,
    seconds,
    seconds,
    '200',
    '200',
    /^\d+$/,
    /^\d+$/,
    '"GET https://127.0.0.1:443/echo HTTP/2.0"',
    String.raw`"two \"quoted\""`,
    /^TLS_/,
    'TLSv1.3',
    '-',
    /^"Root=1-/,
    '"-"',
    '"-"',
    '0',
    time,
    '"forward"',
    '"-"',
    '"-"',
    /^"\d+\.\d+\.\d+\.\d+:8080"$/,
    '"200"',
  ]);
});

t.test('TLS 1.2 at least, and the idle time-out', async (t) => {
  const host = '127.0.0.1';
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  await t.rejects(once(connectTls({ host, port, ca, ...old }), 'secureConnect'), {
    code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  });
  const socket = connectTls({ host, port, ca });
  await once(socket, 'secureConnect');
  const begin = performance.now();
  socket.resume();
  await once(socket, 'end');
  const ms = performance.now() - begin;
  // Its own is 60 s.
  t.ok(ms > 1500 && ms < 30_000, `it closed after ${Math.round(ms)} ms`);
});

t.test('SIGTERM ends it, with the answers that were begun', async (t) => {
  // Killed instead, it would end with 137.
  const { exitCode } = await balancer.stop();
  t.equal(exitCode, 0);
});

t.test('a wrong setting is one clear line, and the end', async (t) => {
  const cases: readonly [Record<string, string>, RegExp][] = [
    [{ LOADBALANCER_IDLE_SECONDS: 'long' }, /LOADBALANCER_IDLE_SECONDS is "long"; it must be a whole number/],
    [{ LOADBALANCER_HEALTH_PATH: 'readyz' }, /LOADBALANCER_HEALTH_PATH is "readyz"; it must be a path/],
    [
      { LOADBALANCER_TLS_KEY_FILE: '/run/secrets/server.key' },
      /LOADBALANCER_TLS_KEY_FILE needs LOADBALANCER_TLS_CERT/,
    ],
    [
      { ...tls, LOADBALANCER_TLS_KEY_FILE: '/run/none' },
      /LOADBALANCER_TLS_KEY_FILE names \/run\/none, which is not there/,
    ],
    [
      { ...tls, LOADBALANCER_TLS_KEY_FILE: '/run/secrets/ca.key' },
      /names \/run\/secrets\/ca\.key, which user 999 may not read: give it to that user \(it is \d+:\d+, mode 600\)/,
    ],
  ];
  await Promise.all(
    cases.map(async ([environment, message], index) => {
      const container = await network.start({
        image,
        alias: `wrong${index}`,
        task: serviceTask,
        environment,
        binds: [`${secrets}:/run/secrets:ro`],
      });
      const { exitCode, log } = await container.ended();
      t.equal(exitCode, 1);
      t.match(log, message);
      t.equal(log.trim().split('\n').length, 1, log);
    }),
  );
});
