import t from 'tap';
import { buildForTest, removeTags } from '../../builder/testing/build-for-test.js';
import { ContainerNetwork } from '../../builder/testing/containers.js';

// Two cold builds on a slow machine.
t.setTimeout(1_500_000);

const database = await buildForTest('mariadb');
const wordpress = await buildForTest('wordpress');
t.teardown(() => removeTags(database.reference, wordpress.reference));
const network = await ContainerNetwork.create();
t.teardown(() => network.remove());
const secrets = t.testdir({
  master: JSON.stringify({ username: 'root', password: "the 'master" }),
  root: "the 'master\n",
  first: "it's \\ secret\n",
  second: 'another\n',
});
const binds = [`${secrets}:/run/secrets:ro`];
const db = await network.start({
  image: database.reference,
  alias: 'db',
  binds,
  environment: { MARIADB_ROOT_PASSWORD_FILE: '/run/secrets/root' },
});
await db.until('mariadb-health');
await db.run("mariadb -e 'SET GLOBAL require_secure_transport = ON'");

const settings = {
  WORDPRESS_DB_HOST: 'db',
  WORDPRESS_DB_NAME: 'my_site',
  WORDPRESS_DB_USER: "o'editor",
  WORDPRESS_DB_TLS: 'required',
  WORDPRESS_DB_PASSWORD_FILE: '/run/secrets/first',
  WORDPRESS_DB_MASTER_PASSWORD_FILE: '/run/secrets/master',
};
let runs = 0;

/** A container that does this alone, as a task of ECS may: read-only, without a capability, with no volume. */
async function once(command: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const container = await network.start({
    image: wordpress.reference,
    alias: `once${(runs += 1)}`,
    binds,
    command,
    environment,
    host: { ReadonlyRootfs: true, CapDrop: ['ALL'] },
  });
  return container.ended();
}
const make = (change: Readonly<Record<string, string>> = {}) =>
  once(['platen-wp', 'database-user'], { ...settings, ...change });
const asEditor = (password: string, sql: string) =>
  db.run(
    `mariadb -h 127.0.0.1 --ssl --skip-ssl-verify-server-cert -u "o'editor" -p"$(cat /run/secrets/${password})" -e '${sql}'`,
  );

t.test('the database and its user come from the secrets of a master, by TLS, also at once', async (t) => {
  const both = await Promise.all([make(), make()]);
  for (const { exitCode, log } of both) {
    t.equal(exitCode, 0, log);
    t.equal(log, "The database my_site and its user o'editor are ready.\n");
  }
  await asEditor('first', 'CREATE TABLE my_site.kept (id int)');
  await t.rejects(
    asEditor('first', 'CREATE DATABASE myxsite'),
    /Access denied/,
    'one database, not one like it',
  );
  await t.rejects(asEditor('first', 'SELECT * FROM mysql.user'), /denied/);
  const grants = await db.run(`mariadb -e "SHOW GRANTS FOR \\"o'editor\\"@'%'"`);
  t.match(grants, /REQUIRE SSL/);
  t.notMatch(grants, /ALL PRIVILEGES|GRANT OPTION/);
});

t.test("what is there stays, and a new password becomes the user's", async (t) => {
  t.equal((await make()).exitCode, 0);
  t.equal((await make({ WORDPRESS_DB_PASSWORD_FILE: '/run/secrets/second' })).exitCode, 0);
  t.match(await asEditor('second', 'SHOW TABLES IN my_site'), 'kept');
  await t.rejects(asEditor('first', 'DO 1'), /Access denied/);
});

t.test('an address becomes another wherever it stands, and what only looks like it stays', async (t) => {
  const [old, other] = ['https://localhost:8443', 'https://copy.site.example'];
  // What PHP serialized tells lengths, also of what is serialized within.
  const inner = 'a:1:{i:0;s:27:"https://localhost:8443/éé";}';
  const values: Readonly<Record<string, string>> = {
    home: old,
    mods: `a:2:{s:1:"u";s:22:"${old}";s:1:"d";s:${Buffer.byteLength(inner)}:"${inner}";}`,
    blocks: `{"url":"${old.replaceAll('/', '\\\\/')}\\\\/a"} ?to=${encodeURIComponent(old)}`,
    others: 'https://localhost:84431/ http://localhost:8443 https://localhost:8443.example',
  };
  const rows = Object.entries(values).map(([name, value]) => `('${name}', '${value}', '${old}')`);
  await db.run(
    `mariadb --default-character-set=utf8mb4 my_site <<'END'
CREATE TABLE wp_posts (id varchar(9) PRIMARY KEY, value longtext CHARACTER SET utf8mb4, guid text);
INSERT INTO wp_posts VALUES ${rows.join(', ')};
CREATE TABLE keyless SELECT value FROM wp_posts;
END`,
  );
  const rewrite = (...words: readonly string[]) =>
    once(['platen-wp', 'rewrite-address', ...words], {
      ...settings,
      WORDPRESS_DB_PASSWORD_FILE: '/run/secrets/second',
    });
  t.match(await rewrite(old, other), { exitCode: 0, log: `${old} is ${other} now, in 6 values.\n` });
  const valueOf = async (name: string): Promise<string> =>
    (
      await db.run(
        `mariadb --default-character-set=utf8mb4 --silent --raw my_site -e "SELECT value FROM wp_posts WHERE id = '${name}'"`,
      )
    ).trim();
  t.equal(await valueOf('home'), other);
  const rewritten = 'a:1:{i:0;s:30:"https://copy.site.example/éé";}';
  t.equal(
    await valueOf('mods'),
    `a:2:{s:1:"u";s:25:"${other}";s:1:"d";s:${Buffer.byteLength(rewritten)}:"${rewritten}";}`,
  );
  t.equal(
    await valueOf('blocks'),
    `{"url":"${other.replaceAll('/', '\\/')}\\/a"} ?to=${encodeURIComponent(other)}`,
  );
  t.equal(await valueOf('others'), values['others']);
  const guids = "mariadb --silent my_site -e 'SELECT DISTINCT guid FROM wp_posts'";
  t.equal(await db.run(guids), `${old}\n`, 'a guid names a post for ever');
  const keyless = `mariadb --silent my_site -e "SELECT COUNT(*) FROM keyless WHERE value LIKE '%copy.site.example%'"`;
  t.equal(await db.run(keyless), '3\n', 'also without a key');
  t.match(await rewrite(old, other), { exitCode: 0, log: /, in 0 values\./ }, 'and may run again');
  t.match(await rewrite('localhost', other), { exitCode: 2, log: /"localhost" is none/ });
});

t.test('what is wrong is said, and no secret', async (t) => {
  const denied = await make({
    WORDPRESS_DB_MASTER_PASSWORD_FILE: '/run/secrets/second',
    WORDPRESS_DB_MASTER_USER: 'root',
  });
  t.equal(denied.exitCode, 1);
  t.match(denied.log, /^platen: the database at db can't be reached as root: Access denied/);
  const same = await make({ WORDPRESS_DB_USER: 'root' });
  t.equal(same.exitCode, 2);
  t.match(same.log, 'WORDPRESS_DB_USER must be another than WORDPRESS_DB_MASTER_USER');
  const none = await once(['platen-wp', 'database-user']);
  t.equal(none.exitCode, 2);
  t.match(none.log, 'WORDPRESS_DB_HOST is missing');
  t.notMatch(denied.log + same.log + none.log, /another$|the 'master/m);
});

t.test('help, settings and salts need no setting', async (t) => {
  const [help, settings, salts] = await Promise.all(
    ['help', 'settings', 'salts'].map((command) => once(['platen-wp', command])),
  );
  t.match(help, { exitCode: 0, log: /^platen-wp database-user /m });
  t.match(settings, { exitCode: 0, log: /^WORDPRESS_DB_HOST +must be set +a host name/m });
  t.match(salts, { exitCode: 0, log: /^WORDPRESS_SECRET=[\w-]{64}\n$/ });
  t.match(await once(['platen-wp', 'doctor']), { exitCode: 1, log: /WORDPRESS_DB_HOST is missing/ });
});
