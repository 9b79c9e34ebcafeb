import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { anonymous, firstOf } from './credentials.js';
import { runCredentialHelper } from './credential-helper.js';
import { dockerConfigCredentials } from './docker-config.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const renew = { renew: false };

t.test('what docker login writes', async (t) => {
  const config = {
    auths: {
      'https://index.docker.io/v1/': { auth: base64('hub:its:password') },
      'ghcr.io': { auth: base64('someone:secret\0\0') },
      'https://quay.example:8443/v2/': { username: 'quay', password: '' },
      'azure.example': { auth: base64('00000000-0000-0000-0000-000000000000:'), identitytoken: 'refresh' },
      'gcr.example': { registrytoken: 'bearer' },
      'empty.example': {},
    },
    HttpHeaders: { 'User-Agent': 'Docker' },
  };
  const home = t.testdir({ '.docker': { 'config.json': JSON.stringify(config) } });
  const source = dockerConfigCredentials({ environment: {}, home });
  const table: Record<string, unknown> = {
    'registry-1.docker.io': { username: 'hub', password: 'its:password' },
    'ghcr.io': { username: 'someone', password: 'secret' },
    'quay.example:8443': { username: 'quay', password: '' },
    'azure.example': { identityToken: 'refresh' },
    'gcr.example': { registryToken: 'bearer' },
    'empty.example': undefined,
    'quay.example': undefined,
    'other.example': undefined,
  };
  for (const [registry, credentials] of Object.entries(table))
    t.strictSame(await source.find(registry, renew), credentials, registry);
  t.strictSame(
    await dockerConfigCredentials({ environment: {}, home: t.testdirName + '/none' }).find('ghcr.io', renew),
    undefined,
  );
});

t.test('helpers and stores are programs', async (t) => {
  const folder = t.testdir({
    'config.json': JSON.stringify({
      auths: { 'file.example': { auth: base64('from:file') }, 'store.example': {} },
      credHelpers: {
        'helper.example': 'mine',
        'broken.example': 'broken',
        'absent.example': 'absent',
        'odd.example': '../odd',
      },
      credsStore: 'store',
    }),
  });
  const program = (name: string, script: string): void => {
    writeFileSync(
      join(folder, `docker-credential-${name}`),
      `#!/bin/sh\n[ "$*" = get ] || exit 9\nread -r host\n${script}\n`,
    );
    chmodSync(join(folder, `docker-credential-${name}`), 0o755);
  };
  program('mine', `printf '{"ServerURL":"%s","Username":"me at %s","Secret":"$ECHO"}' "$host" "$host"`);
  program(
    'store',
    `case $host in store.example) echo '{"Username":"<token>","Secret":"refresh"}';; *) echo 'credentials not found in native keychain'; exit 1;; esac`,
  );
  program('broken', `echo 'the keychain is locked'; exit 1`);
  const environment = { DOCKER_CONFIG: folder, PATH: `${folder}:/usr/bin:/bin` };
  const source = dockerConfigCredentials({ environment, home: '/nowhere' });
  t.strictSame(await source.find('helper.example', renew), {
    username: 'me at helper.example',
    password: '$ECHO',
  });
  t.strictSame(await source.find('store.example', renew), { identityToken: 'refresh' });
  t.strictSame(await source.find('file.example', renew), { username: 'from', password: 'file' });
  t.equal(await source.find('other.example', renew), undefined);
  await t.rejects(source.find('broken.example', renew), {
    message: /docker-credential-broken gives no login for broken.example: the keychain is locked/,
  });
  await t.rejects(source.find('absent.example', renew), { message: /it is not installed/ });
  await t.rejects(source.find('odd.example', renew), { message: /not the name of a program/ });
});

t.test('a file that is damaged is told without its contents', async (t) => {
  for (const text of [
    '{"auths":{"ghcr.io":{"auth":"c2VjcmV0"',
    '{"auths":{"ghcr.io":{"auth":12345678}}}',
    '[]',
  ]) {
    const source = dockerConfigCredentials({
      environment: {},
      home: t.testdir({ '.docker': { 'config.json': text } }),
    });
    const error = await source.find('ghcr.io', renew).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    t.match(error?.message, /config\.json can't be read: it is not a configuration of Docker$/, text);
    t.equal(error?.cause, undefined);
  }
});

t.test('DOCKER_AUTH_CONFIG comes first, and each source is asked until one knows the registry', async (t) => {
  const auths = (host: string, login: string) =>
    JSON.stringify({ auths: { [host]: { auth: base64(login) } } });
  const home = t.testdir({
    '.docker': { 'config.json': auths('a.example', 'from:docker') },
    '.config': { containers: { 'auth.json': auths('b.example', 'from:podman') } },
  });
  const source = dockerConfigCredentials({
    environment: { DOCKER_AUTH_CONFIG: auths('a.example', 'from:environment') },
    home,
  });
  t.match(await source.find('a.example', renew), { password: 'environment' });
  t.match(await source.find('b.example', renew), { password: 'podman' });
  t.equal(await source.find('c.example', renew), undefined);
  const damaged = dockerConfigCredentials({ environment: { DOCKER_AUTH_CONFIG: '{' }, home });
  await t.rejects(damaged.find('a.example', renew), { message: /^DOCKER_AUTH_CONFIG can't be read/ });
});

t.test('a helper that hangs is named', async (t) => {
  const folder = t.testdir({ 'config.json': JSON.stringify({ credsStore: 'slow' }) });
  writeFileSync(join(folder, 'docker-credential-slow'), '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
  const environment = { DOCKER_CONFIG: folder, PATH: `${folder}:/usr/bin:/bin` };
  const run = runCredentialHelper(environment, 100);
  const source = dockerConfigCredentials({ environment, home: '/nowhere', run });
  await t.rejects(source.find('a.example', renew), {
    message: 'docker-credential-slow gives no login for a.example: it did not answer within 0.1 s',
  });
});

t.test("Podman's file, and the first of several sources", async (t) => {
  const file = join(
    t.testdir({ 'auth.json': JSON.stringify({ auths: { 'a.example': { auth: base64('pod:man') } } }) }),
    'auth.json',
  );
  const podman = dockerConfigCredentials({ environment: { REGISTRY_AUTH_FILE: file }, home: '/nowhere' });
  t.strictSame(await podman.find('a.example', renew), { username: 'pod', password: 'man' });
  const ecr = { ...anonymous, refusals: (registry: string) => (registry === 'ecr' ? [400] : []) };
  const both = firstOf(ecr, podman);
  t.strictSame(await both.find('a.example', renew), { username: 'pod', password: 'man' });
  t.strictSame(both.refusals?.('ecr'), [400]);
});
