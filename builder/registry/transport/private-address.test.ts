import t from 'tap';
import { isLoopbackHost, kindOfAddress } from './private-address.js';
import { redactUrl } from './redact-url.js';
import { checkTarget } from './safe-target.js';

t.test('addresses', (t) => {
  const table: Record<string, string | undefined> = {
    '127.0.0.1': 'own',
    '127.9.9.9': 'own',
    '0.0.0.0': 'own',
    '169.254.169.254': 'own',
    '224.0.0.1': 'own',
    '::1': 'own',
    '[::1]': 'own',
    '::': 'own',
    'fe80::1': 'own',
    'fd00:ec2::254': 'own',
    '::ffff:127.0.0.1': 'own',
    '10.0.0.1': 'private',
    '172.16.0.1': 'private',
    '172.31.255.255': 'private',
    '192.168.1.1': 'private',
    '100.64.0.1': 'private',
    'fd12::1': 'private',
    '::ffff:10.0.0.1': 'private',
    '[::ffff:a00:1]': 'private',
    '8.8.8.8': 'public',
    '172.32.0.1': 'public',
    '2606:4700::1': 'public',
    '::ffff:8.8.8.8': 'public',
    'ghcr.io': undefined,
    localhost: undefined,
  };
  for (const [address, kind] of Object.entries(table)) t.equal(kindOfAddress(address), kind, address);
  for (const host of ['localhost', 'LOCALHOST', 'a.localhost', '127.0.0.1', '[::1]'])
    t.ok(isLoopbackHost(host), host);
  for (const host of ['localhost.example', '128.0.0.1', 'example']) t.notOk(isLoopbackHost(host), host);
  t.end();
});

t.test('where a registry may send a client', async (t) => {
  const table: readonly [registry: string, target: string, refused: RegExp | undefined][] = [
    ['https://r.example', 'https://cdn.example/x', undefined],
    ['https://r.example', 'https://r.example:8443/x', undefined],
    ['https://r.example', 'http://r.example/x', /it would leave HTTPS/],
    ['https://r.example', 'http://cdn.example/x', /it would leave HTTPS/],
    ['https://r.example', 'ftp://cdn.example/x', /is not HTTPS/],
    ['https://8.8.8.8', 'https://10.0.0.1/x', /it is a private address/],
    ['https://8.8.8.8', 'https://0x7f000001/x', /address of this machine/],
    ['https://8.8.8.8', 'https://2130706433/x', /address of this machine/],
    ['https://8.8.8.8', 'https://localhost/x', /address of this machine/],
    ['https://10.0.0.1', 'https://10.0.0.2/x', undefined],
    ['https://10.0.0.1', 'https://169.254.169.254/x', /address of this machine/],
    ['http://127.0.0.1:5000', 'http://127.0.0.1:9000/x', undefined],
    ['http://127.0.0.1:5000', 'http://10.0.0.1/x', /it is a private address/],
    ['http://10.0.0.1:5000', 'http://localhost/x', /address of this machine/],
  ];
  for (const [registry, target, message] of table) {
    const checked = checkTarget(new URL(registry), new URL(target));
    if (message === undefined) await t.resolves(checked, `${registry} ${target}`);
    else await t.rejects(checked, { message }, `${registry} ${target}`);
  }
});

t.test('messages show no secrets of URLs', (t) => {
  const url = new URL('https://me:secret@cdn.example:8443/a/b?X-Amz-Signature=abc&digest=sha256:1&from=x#f');
  t.equal(redactUrl(url), 'https://cdn.example:8443/a/b?X-Amz-Signature=…&digest=sha256:1&from=x');
  t.end();
});
