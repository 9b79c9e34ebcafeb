import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { type Finding, doctorChecks } from './doctor-checks.js';

async function findings(environment: Record<string, string>): Promise<Record<string, Finding>> {
  const found = await Promise.all(doctorChecks.map((check) => check(environment)));
  return Object.fromEntries(found.map((finding) => [finding.name, finding]));
}

t.test('what is there', async (t) => {
  const server = createServer((_, response) => response.end(JSON.stringify({ Version: '99.1' })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const folder = t.testdir({ bin: { mmdebstrap: t.fixture('symlink', process.execPath) } });
  const found = await findings({
    DOCKER_HOST: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    PATH: `/nowhere:${folder}/bin`,
    XDG_CACHE_HOME: folder,
  });
  t.match(found['sandbox'], { state: 'ok' });
  t.match(found['Docker'], { state: 'ok', detail: 'engine 99.1' });
  t.match(found['mmdebstrap'], { state: 'ok', detail: `${folder}/bin/mmdebstrap` });
  t.match(found['cache'], { state: 'ok', detail: `${folder}/platen` });
  t.match(found['disk'], { detail: /^\d+(\.\d)? \wB free at / });
});

t.test('what is missing, and how to mend it', async (t) => {
  const folder = t.testdir({ file: '' });
  const found = await findings({
    DOCKER_HOST: `unix://${folder}/docker.sock`,
    PATH: folder,
    XDG_CACHE_HOME: `${folder}/file`,
  });
  t.match(found['sandbox'], { state: 'missing', detail: /no engine is left$/, remedy: /./ });
  t.match(found['Docker'], {
    state: 'missing',
    detail: /No Docker engine answers/,
    remedy: /^Run scripts\/setup, or: /,
  });
  t.match(found['mmdebstrap'], { state: 'ok', detail: /^not found; a container .* instead$/ });
  t.match(found['cache'], { state: 'missing', detail: /ENOTDIR|EEXIST/, remedy: /XDG_CACHE_HOME/ });
  t.match(found['disk'], { state: 'missing' });
});

t.test('one engine is enough', async (t) => {
  const folder = t.testdir({ file: '' });
  const nowhere = { DOCKER_HOST: `unix://${folder}/docker.sock` };
  const found = await findings({ ...nowhere, XDG_CACHE_HOME: folder });
  t.match(found['sandbox'], { state: 'ok' });
  t.match(found['Docker'], { state: 'other', detail: /No Docker engine answers.*not to build$/ });
});
