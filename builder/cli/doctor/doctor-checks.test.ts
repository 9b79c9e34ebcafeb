import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { SpecError } from '../../errors.js';
import { doctorChecks } from './doctor-checks.js';
import type { Finding } from './finding.js';
import { checkPrograms } from './doctor-programs.js';

async function findings(environment: Record<string, string>): Promise<Record<string, Finding>> {
  const surroundings = { XDG_CONFIG_HOME: '/nowhere', ...environment };
  const found = await Promise.all(doctorChecks.map((check) => check.look(surroundings)));
  return Object.fromEntries(found.flat().map((finding) => [finding.name, finding]));
}

async function dockerHost(t: Test): Promise<string> {
  const server = createServer((_, response) => response.end(JSON.stringify({ Version: '99.1' })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

t.test('what is there', async (t) => {
  const folder = t.testdir({ bin: { mmdebstrap: t.fixture('symlink', process.execPath) } });
  const found = await findings({
    DOCKER_HOST: await dockerHost(t),
    PATH: `/nowhere:${folder}/bin`,
    XDG_CACHE_HOME: folder,
  });
  t.match(found['engine'], {
    state: 'ok',
    detail: 'the sandbox, which is preferred to Docker if it works (auto)',
  });
  t.match(found['sandbox'], { state: 'ok', detail: 'runs commands, without a daemon' });
  t.match(found['Docker'], { state: 'ok', detail: 'engine 99.1: receives images' });
  t.match(found['mmdebstrap'], { state: 'ok', detail: `${folder}/bin/mmdebstrap` });
  t.match(found['cache'], { state: 'ok', detail: `${folder}/platen` });
  t.match(found['disk'], { detail: /^\d+(\.\d)? \wB free at / });
});

t.test('what is missing, and how to fix it', async (t) => {
  const folder = t.testdir({ file: '' });
  const found = await findings({
    DOCKER_HOST: `unix://${folder}/docker.sock`,
    PATH: folder,
    XDG_CACHE_HOME: `${folder}/file`,
  });
  t.match(found['engine'], { state: 'missing', detail: 'none: neither works here (auto)', remedy: /./ });
  t.match(found['sandbox'], { state: 'missing', detail: /./, remedy: /./ });
  t.match(found['Docker'], {
    state: 'missing',
    detail: /No Docker engine answers/,
    remedy: /^Run scripts\/setup, or: /,
  });
  t.match(found['mmdebstrap'], { state: 'ok', detail: /^not found; platen runs it in a Debian container / });
  t.match(found['cache'], { state: 'missing', detail: /a file is in the way$/, remedy: /XDG_CACHE_HOME/ });
  t.match(found['disk'], { state: 'missing' });
});

t.test('programs that builds do without', async (t) => {
  const folder = t.testdir({ bin: { script: t.fixture('symlink', process.execPath), ip: 'not to be run' } });
  const [script, ip] = checkPrograms(`/nowhere:${folder}/bin`);
  t.strictSame(script, { name: 'script', state: 'ok', detail: `${folder}/bin/script` });
  t.match(ip, { name: 'ip', state: 'other', detail: /not found: .* network/, remedy: /iproute2/ });
  t.match(checkPrograms('')[0], { state: 'other', detail: /terminal/, remedy: /bsdutils/ });
  const { script: here } = await findings({
    PATH: '/nowhere',
    XDG_CACHE_HOME: folder,
    DOCKER_HOST: 'tcp://127.0.0.1:9',
  });
  t.match(here, { state: 'ok', detail: '/usr/bin/script' }, 'where the sandbox looks, whatever PATH is');
});

t.test('one engine is enough', async (t) => {
  const folder = t.testdir({ file: '' });
  const nowhere = { DOCKER_HOST: `unix://${folder}/docker.sock` };
  const sandbox = await findings({ ...nowhere, XDG_CACHE_HOME: folder });
  t.match(sandbox['sandbox'], { state: 'ok' });
  t.match(sandbox['Docker'], { state: 'other', detail: /No Docker engine answers.*not to build$/ });
  const docker = await findings({ DOCKER_HOST: await dockerHost(t), XDG_CACHE_HOME: `${folder}/file` });
  t.match(docker['engine'], { state: 'ok', detail: 'Docker, because the sandbox does not work here (auto)' });
  t.match(docker['sandbox'], { state: 'other', remedy: /./ });
});

t.test('who wants one engine is told of that one, and who said so', async (t) => {
  const folder = t.testdir({ platen: { 'config.yaml': 'engine: docker\n' } });
  const nowhere = { DOCKER_HOST: `unix://${folder}/docker.sock` };
  const places = { ...nowhere, XDG_CACHE_HOME: folder, XDG_CONFIG_HOME: folder };
  const file = await findings(places);
  const detail = `none: docker does not work here (engine: docker in ${folder}/platen/config.yaml)`;
  t.match(file['engine'], { state: 'missing', detail });
  t.match([file['sandbox']?.state, file['Docker']?.state], ['ok', 'missing']);
  const variable = await findings({ ...places, PLATEN_ENGINE: 'sandbox' });
  t.match(variable['engine'], { state: 'ok', detail: 'the sandbox (PLATEN_ENGINE=sandbox)' });
});

t.test('a configuration that is wrong is shown, with its place', async (t) => {
  const folder = t.testdir({ platen: { 'config.yaml': '# mine\nengin: docker\n' } });
  const error = await findings({ XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder }).catch(
    (caught: unknown) => caught,
  );
  t.ok(error instanceof SpecError);
  t.match((error as SpecError).problems, [
    {
      message: 'The key "engin" is not known',
      hint: /engine/,
      origin: { file: `${folder}/platen/config.yaml`, line: 2, column: 1 },
    },
  ]);
});
