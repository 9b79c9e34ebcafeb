import t from 'tap';
import { buildForTest, removeTags } from '../../builder/testing/build-for-test.js';
import { makeCertificates } from '../../builder/testing/certificates.js';
import { ContainerNetwork, type ContainerOptions } from '../../builder/testing/containers.js';
import { giveSecrets } from '../../builder/testing/give-secrets.js';
import { serviceTask } from '../../builder/testing/service-task.js';

t.setTimeout(900_000);

const { reference: image } = await buildForTest('mariadb');
t.teardown(() => removeTags(image));
const network = await ContainerNetwork.create();
t.teardown(() => network.remove());
const secrets = t.testdir({ master: "it's a \\ secret;\n" });
makeCertificates(secrets, ['db']);
await giveSecrets(network, image, secrets);

const volume = network.volume();
const binds = [`${secrets}:/run/secrets:ro`, `${volume}:/var/lib/mysql`];
const environment = {
  MARIADB_MASTER_USER: 'admin',
  MARIADB_MASTER_PASSWORD_FILE: '/run/secrets/master',
  MARIADB_TLS_CERTIFICATE_FILE: '/run/secrets/server.crt',
  MARIADB_TLS_KEY_FILE: '/run/secrets/server.key',
  MARIADB_TLS_CA_FILE: '/run/secrets/ca.crt',
};
const db = await network.start({ image, alias: 'db', binds, environment, task: serviceTask });
const run = (line: string) => db.run(line, '999:999');
const healthy = () => db.until('mariadb-health', 120, '999:999');
await healthy();
/** As the master user over the network, by TLS to a server whose name is checked. */
const query = (sql: string, options = '--ssl-ca=/run/secrets/ca.crt --ssl-verify-server-cert') =>
  run(
    `mariadb -h db -u admin --password="$(cat /run/secrets/master)" --batch --skip-column-names ${options} -e "${sql}"`,
  );

t.test('over the network there is TLS alone, with the given certificate', async (t) => {
  t.match(await query("SHOW STATUS LIKE 'Ssl_version'"), /TLSv1\.3/);
  await t.rejects(query('SELECT 1', '--skip-ssl'), /insecure transport are prohibited/);
  await t.rejects(query('SELECT 1', '--ssl-ca=/run/secrets/server.key'), /certificate|SSL/i);
});

t.test('the master user may what RDS lets it, and nobody else comes in', async (t) => {
  t.match(await query('SHOW GRANTS'), /GRANT SELECT, .*CREATE USER.* ON \*\.\* .* WITH GRANT OPTION/);
  await t.rejects(query('SHUTDOWN'), /Access denied/);
  await query(
    "CREATE DATABASE site; CREATE USER app@'%' IDENTIFIED BY 'x'; GRANT SELECT, INSERT, CREATE ON site.* TO app@'%'",
  );
  t.equal(
    await query('SELECT user, host FROM mysql.user ORDER BY 1'),
    'admin\t%\napp\t%\nmariadb.sys\tlocalhost\nmysql\tlocalhost\nroot\tlocalhost\n',
  );
  await t.rejects(run('mariadb -h 127.0.0.1 -u root -e "SELECT 1"'), /Access denied/);
  t.notMatch(
    await run("tr '\\0' '\\n' </proc/1/environ; ls /run/mysqld"),
    /secret;|sql$/m,
    'the password is in no environment and no file of its own',
  );
});

t.test('what was said to be written is there after a crash', async (t) => {
  await query('CREATE TABLE site.kept (id int PRIMARY KEY AUTO_INCREMENT)');
  await run(
    `nohup sh -c 'while mariadb -h db -u admin --password="$(cat /run/secrets/master)" -e "INSERT INTO site.kept () VALUES ()"; do echo >>/var/lib/mysql/acknowledged; done' >/dev/null 2>&1 &
    until [ "$(wc -l </var/lib/mysql/acknowledged)" -gt 20 ]; do sleep 0.1; done`,
  );
  await db.docker.kill();
  await db.docker.start();
  await healthy();
  const acknowledged = Number(await run('wc -l </var/lib/mysql/acknowledged'));
  const kept = Number(await query('SELECT COUNT(*) FROM site.kept'));
  t.ok(acknowledged > 20 && kept >= acknowledged, `${kept} of ${acknowledged}`);
});

t.test('a new password in the file is the password after a restart', async (t) => {
  const change = await network.start({
    image,
    alias: 'change',
    binds: [`${secrets}:/secrets`],
    entrypoint: ['sh', '-c', 'echo changed >/secrets/master'],
  });
  await change.ended();
  await t.rejects(query('SELECT 1'), /Access denied/);
  // Killed instead, it would end with 137.
  const { exitCode } = await db.stop();
  t.equal(exitCode, 0);
  await db.docker.start();
  await healthy();
  t.equal(await query('SELECT 1'), '1\n');
});

t.test('data of an older version are upgraded, once', async (t) => {
  const upgrades = async () => (await db.logs()).stderr.match(/upgrading the database/g)?.length ?? 0;
  // What a system table lacks after ten years is what the upgrade makes.
  await run('echo 10.11.6-MariaDB >/var/lib/mysql/data/mariadb_upgrade_info');
  await query('DROP TABLE mysql.time_zone_leap_second');
  t.equal(await upgrades(), 0);
  for (const _ of ['the first start', 'the second']) {
    await db.stop();
    await db.docker.start();
    await healthy();
    t.equal(await upgrades(), 1);
  }
  t.match((await db.logs()).stderr, /upgrading the database from 10\.11 to 11\.8/);
  t.equal(await query('SELECT COUNT(*) FROM mysql.time_zone_leap_second'), '0\n');
  t.match(await run('cat /var/lib/mysql/data/mariadb_upgrade_info'), /^11\.8\./);
  t.match(
    await run('mariadb -e "SHOW GRANTS"'),
    /^GRANT USAGE ON \*\.\* TO `mysql`@`localhost`[^\n]*$/m,
    'the rights that it took are given back',
  );
  await run('echo 12.3.1-MariaDB >/var/lib/mysql/data/mariadb_upgrade_info');
  await db.stop();
  await db.docker.start();
  t.match(
    (await db.ended()).log,
    /the database is of MariaDB 12\.3, and this is 11\.8: take an image of 12\.3/,
  );
});

t.test('what keeps it from starting is one line that says how to mend it', async (t) => {
  const foreign = network.volume();
  const made = await network.start({
    image,
    alias: 'made',
    binds: [`${foreign}:/var/lib/mysql`],
    entrypoint: ['sh', '-c', 'mkdir /var/lib/mysql/data && chown -R 1234 /var/lib/mysql'],
  });
  await made.ended();
  const foreigner = { binds: [`${foreign}:/var/lib/mysql`] };
  const task = serviceTask;
  const cases: readonly [Partial<ContainerOptions>, RegExp][] = [
    [{ ...foreigner, task }, /belongs to user 1234.*chown -v VOLUME/],
    [foreigner, /belongs to user 1234, and mariadbd runs as 999/],
    [{ host: { CapDrop: ['ALL'] } }, /root may not become mysql here: run the container with --user mysql/],
    [{ task: { ...task, User: '1234' } }, /runs as user 1234: it must be mysql \(999\), or root/],
    [{ task, environment: { MARIADB_MASTER_USER: 'admin' } }, /needs MARIADB_MASTER_PASSWORD/],
    [
      { task, environment: { ...environment, MARIADB_MASTER_PASSWORD_FILE: '/run/none' } },
      /MARIADB_MASTER_PASSWORD_FILE names \/run\/none, which is not there/,
    ],
  ];
  await Promise.all(
    cases.map(async ([options, message], index) => {
      const container = await network.start({ image, alias: `refused${index}`, ...options });
      const { exitCode, log } = await container.ended();
      t.equal(exitCode, 1);
      t.match(log, message);
      t.equal(log.trim().split('\n').length, 1, log);
    }),
  );
});
