import t from 'tap';
import { buildForTest, removeTags } from '../../builder/testing/build-for-test.js';
import { makeCertificates } from '../../builder/testing/certificates.js';
import { ContainerNetwork, type ContainerOptions } from '../../builder/testing/containers.js';
import { giveSecrets } from '../../builder/testing/give-secrets.js';
import { serviceTask } from '../../builder/testing/service-task.js';

t.setTimeout(900_000);

const { reference: image } = await buildForTest('valkey');
t.teardown(() => removeTags(image));
const network = await ContainerNetwork.create();
t.teardown(() => network.remove());
const secrets = t.testdir({ password: 'correct horse\n' });
makeCertificates(secrets, ['cache']);
const binds = [`${secrets}:/run/secrets:ro`];
await giveSecrets(network, image, secrets);

const environment = {
  VALKEY_USER: 'site',
  VALKEY_PASSWORD_FILE: '/run/secrets/password',
  VALKEY_TLS_CERTIFICATE_FILE: '/run/secrets/server.crt',
  VALKEY_TLS_KEY_FILE: '/run/secrets/server.key',
};
const cache = await network.start({ image, alias: 'cache', binds, environment, task: serviceTask });
const run = (line: string) => cache.run(line, '999:999');
await cache.until('valkey-health', 60, '999:999');
const tls = '--tls --cacert /run/secrets/ca.crt';
const ask = (command: string, options = tls) =>
  run(
    `REDISCLI_AUTH="$(cat /run/secrets/password)" VALKEYCLI_AUTH="$(cat /run/secrets/password)" valkey-cli -e -h cache ${options} --user site --no-auth-warning ${command}`,
  );

t.test('TLS alone, with the given certificate', async (t) => {
  t.equal(await ask('ping'), 'PONG\n');
  await t.rejects(ask('ping', ''), /Server closed the connection|Connection reset|I\/O error/);
  await t.rejects(ask('ping', '--tls'), /certificate verify failed/);
});

t.test('the named user alone, who may not change the server', async (t) => {
  t.equal(await ask('set key value'), 'OK\n');
  t.match(await ask('info memory'), /maxmemory:375809638/, '70 % of 512 MiB');
  await t.rejects(run(`valkey-cli -e -h cache ${tls} get key`), /NOAUTH/);
  await t.rejects(
    run(`valkey-cli -e -h cache ${tls} --user default --pass "$(cat /run/secrets/password)" get key`),
    /WRONGPASS/,
  );
  await t.rejects(ask('config get maxmemory'), /NOPERM/);
  await t.rejects(ask('shutdown'), /NOPERM/);
  t.notMatch(
    await run("tr '\\0' '\\n' </proc/1/environ; tr '\\0' ' ' </proc/1/cmdline; cat /run/valkey/valkey.conf"),
    /correct horse/,
    'the password is nowhere in the container',
  );
});

t.test('SIGTERM ends it, and it keeps nothing', async (t) => {
  // Killed instead, it would end with 137.
  const { exitCode } = await cache.stop();
  t.equal(exitCode, 0);
  await cache.docker.start();
  await cache.until('valkey-health', 60, '999:999');
  t.equal(await ask('get key'), '\n');
});

t.test('what keeps it from starting is one line', async (t) => {
  const task = serviceTask;
  const cases: readonly [Partial<ContainerOptions>, RegExp][] = [
    [{ task }, /VALKEY_PASSWORD is missing: set it, or VALKEY_PASSWORD_FILE/],
    [
      { task, environment: { VALKEY_PASSWORD_FILE: '/run/none' } },
      /VALKEY_PASSWORD_FILE names \/run\/none, which is/,
    ],
    [
      { task, environment: { ...environment, VALKEY_USER: 'a b' } },
      /VALKEY_USER is "a b"; it must be letters/,
    ],
    [
      { task, environment: { ...environment, VALKEY_TLS_KEY_FILE: '' } },
      /VALKEY_TLS_CERTIFICATE_FILE needs VALKEY_TLS_KEY_FILE/,
    ],
  ];
  await Promise.all(
    cases.map(async ([options, message], index) => {
      const container = await network.start({ image, alias: `refused${index}`, binds, ...options });
      const { exitCode, log } = await container.ended();
      t.equal(exitCode, 1);
      t.match(log, message);
      t.equal(log.trim().split('\n').length, 1, log);
    }),
  );
});
