import t from 'tap';
import { buildForTest, removeTags } from '../../builder/testing/build-for-test.js';
import { ContainerNetwork } from '../../builder/testing/containers.js';

t.setTimeout(900_000);

const { reference: image } = await buildForTest('mariadb');
t.teardown(() => removeTags(image));
const network = await ContainerNetwork.create();
t.teardown(() => network.remove());
const secrets = t.testdir({ root: "a'b\\c\n", user: 'x`y"; %s\n' });

t.test('a first start that is killed half-way begins anew', async (t) => {
  const binds = [`${network.volume()}:/var/lib/mysql`];
  const container = await network.start({
    image,
    alias: 'killed',
    binds,
    environment: { MARIADB_DATABASE: 'one' },
  });
  await container.until('test -e /var/lib/mysql/new/ibdata1');
  await container.docker.kill();
  const { Running } = (await container.docker.inspect()).State;
  t.notOk(Running);
  await container.docker.start();
  await container.until('mariadb-health');
  t.equal(await container.run('ls /var/lib/mysql'), 'data\n', 'nothing half-made is left');
  await container.run("mariadb one -e 'CREATE TABLE kept (id int)'");
  // Killed instead, it would end with 137.
  const { exitCode } = await container.stop();
  t.equal(exitCode, 0);
  const again = await network.start({
    image,
    alias: 'again',
    binds,
    environment: { MARIADB_DATABASE: 'two' },
  });
  await again.until('mariadb-health');
  t.equal(await again.run("mariadb one --silent -e 'SHOW TABLES'"), 'kept\n', 'what is there stays');
});

t.test('passwords from files, with any character', async (t) => {
  const container = await network.start({
    image,
    alias: 'secret',
    binds: [`${secrets}:/run/secrets:ro`],
    environment: {
      MARIADB_DATABASE: 'my_shop',
      MARIADB_USER: "o'user",
      MARIADB_PASSWORD_FILE: '/run/secrets/user',
      MARIADB_ROOT_PASSWORD_FILE: '/run/secrets/root',
    },
  });
  await container.until('mariadb-health');
  const as = (user: string, file: string, sql: string) =>
    container.run(
      `mariadb -h 127.0.0.1 -u "${user}" -p"$(cat /run/secrets/${file})" --silent --batch -e "${sql}"`,
    );
  await as("o'user", 'user', 'CREATE TABLE my_shop.orders (id int)');
  await t.rejects(
    as("o'user", 'user', 'CREATE DATABASE myxshop'),
    /Access denied/,
    'one database, not one like it',
  );
  t.match(await as('root', 'root', 'SHOW DATABASES'), /^my_shop$/m);
  t.match(await container.run('stat -c %U /proc/1 /var/lib/mysql/data'), /^mysql\nmysql\n$/);
  const { stdout, stderr } = await container.logs();
  t.notMatch(stdout + stderr, /a'b|x`y/, 'no password is in the log');
  t.equal(await container.run('ls /run/mysqld'), 'mariadbd.pid\nmysqld.sock\n', 'nor in a file');
});

t.test('a user without a password is refused, and said so', async (t) => {
  const container = await network.start({ image, alias: 'refused', environment: { MARIADB_USER: 'me' } });
  t.match(await container.docker.wait(), { StatusCode: 1 });
  t.match((await container.logs()).stderr, /MARIADB_USER needs MARIADB_PASSWORD or MARIADB_PASSWORD_FILE/);
});
