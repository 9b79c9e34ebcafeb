import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { Browser, type Page } from '../../builder/testing/browser.js';
import { buildForTest, removeTags } from '../../builder/testing/build-for-test.js';
import { ContainerNetwork, type TestContainer } from '../../builder/testing/containers.js';

// Two cold builds on a slow machine.
t.setTimeout(1_500_000);

const database = await buildForTest('mariadb');
const wordpress = await buildForTest('wordpress');
t.teardown(() => removeTags(database.reference, wordpress.reference));
const network = await ContainerNetwork.create();
t.teardown(() => network.remove());

const secret = (name: string): string => `${name}-that-nobody-sees-${'x'.repeat(20)}`;
const folder = t.testdir({ password: `${secret('password')}\n`, empty: '' });
const content = network.volume();
const binds = [`${folder}:/run/secrets:ro`, `${content}:/var/lib/wordpress`];
const common = {
  WORDPRESS_DB_HOST: 'db',
  WORDPRESS_DB_NAME: 'site',
  WORDPRESS_DB_USER: 'editor',
  WORDPRESS_DB_PASSWORD_FILE: '/run/secrets/password',
};
const automatic = {
  WORDPRESS_URL: 'http://site.test',
  WORDPRESS_TITLE: 'Automatic',
  WORDPRESS_ADMIN_USER: 'boss',
  WORDPRESS_ADMIN_PASSWORD: secret('admin'),
  WORDPRESS_ADMIN_EMAIL: 'boss@example.org',
};
const start = (alias: string, environment: Readonly<Record<string, string>>): Promise<TestContainer> =>
  network.start({
    image: wordpress.reference,
    alias,
    port: 8080,
    binds,
    environment: { ...common, ...environment },
  });
let db: TestContainer;
const query = async (sql: string): Promise<string> =>
  (await db.run(`mariadb site --batch --skip-column-names -e "${sql}"`)).trim();

/** Asks until the answer is another than `not`. @throws Error after `seconds` */
async function answer(sql: string, not: string, seconds = 180): Promise<string> {
  for (const end = Date.now() + seconds * 1000; ; await sleep(300)) {
    const found = await query(sql).catch(() => not);
    if (found !== not) return found;
    if (Date.now() > end) throw new Error(`${sql} still gives ${not}`);
  }
}

t.test(
  'what is wrong with settings stops the container, all of it said at once, no secret shown',
  async (t) => {
    const wrong = await start('wrong', {
      WORDPRESS_DB_HOST: 'no host!',
      WORDPRESS_TABLE_PREFIX: 'a-b',
      WORDPRESS_SECRET: 'short',
      WORDPRESS_WEBROOT: 'contents',
      WORDPRESS_CRON_SECONDS: '1',
      WORDPRESS_DEBUG: 'maybe',
      WORDPRESS_URL: 'site.test',
      WORDPRESS_MEMORY_LIMIT: 'much',
      WORDPRESS_ADMIN_EMAIL: 'boss',
      WORDPRESS_SMTP_HOST: 'a b',
      WORDPRESS_AUTH_KEY_FILE: '/run/secrets/missing',
      WORDPRESS_AUTH_SALT_FILE: '/run/secrets/empty',
      WORDPRESS_DB_PASSWORD: 'twice',
      WORDPRESS_DB_TLS_CA: '/nowhere.pem',
    });
    t.match(await wrong.docker.wait(), { StatusCode: 1 });
    const { stderr } = await wrong.logs();
    for (const line of [
      'WORDPRESS_DB_HOST is "no host!"; it must be a host name, with :port where it is not 3306',
      'WORDPRESS_TABLE_PREFIX is "a-b"; it must be letters, digits and "_"',
      'WORDPRESS_SECRET is not usable; it must be at least 32 characters',
      'WORDPRESS_WEBROOT is "contents"; it must be one of content, full, uploads',
      'WORDPRESS_CRON_SECONDS is "1"; it must be a whole number from 5 to 3600',
      'WORDPRESS_DEBUG is "maybe"; it must be true or false',
      'WORDPRESS_URL is "site.test"; it must be an address like https://example.org',
      'WORDPRESS_MEMORY_LIMIT is "much"; it must be a size like 256M',
      'WORDPRESS_ADMIN_EMAIL is "boss"; it must be an address like me@example.org',
      'WORDPRESS_SMTP_HOST is "a b"; it must be a host name',
      "WORDPRESS_AUTH_KEY_FILE names /run/secrets/missing, which can't be read",
      'WORDPRESS_AUTH_SALT_FILE names /run/secrets/empty, which is empty',
      'Both WORDPRESS_DB_PASSWORD and WORDPRESS_DB_PASSWORD_FILE are set; set one of them',
      'WORDPRESS_DB_TLS_CA is "/nowhere.pem"; it must be a file that can be read',
    ])
      t.match(stderr, `platen: ${line}`);
    t.notMatch(stderr, /short|twice/);

    const half = await start('half', {
      WORDPRESS_DB_HOST: '',
      WORDPRESS_ADMIN_USER: 'boss',
      WORDPRESS_SMTP_PASSWORD: 'p',
    });
    t.match(await half.docker.wait(), { StatusCode: 1 });
    t.match((await half.logs()).stderr, 'WORDPRESS_DB_HOST is missing: set it, or WORDPRESS_DB_HOST_FILE');
    const together = await start('together', { WORDPRESS_ADMIN_USER: 'boss', WORDPRESS_SMTP_PASSWORD: 'p' });
    t.match(await together.docker.wait(), { StatusCode: 1 });
    const log = (await together.logs()).stderr;
    t.match(log, 'needs WORDPRESS_TITLE and WORDPRESS_ADMIN_PASSWORD and WORDPRESS_ADMIN_EMAIL, too');
    t.match(log, 'WORDPRESS_SMTP_USER and WORDPRESS_SMTP_PASSWORD need WORDPRESS_SMTP_HOST');
  },
);

/** What the tests ask the site to do, and an event that tells who ran it. */
const probe = `<?php
if (isset($_GET['info'])) { phpinfo(); exit; }
if (isset($_GET['environ'])) { exit(json_encode([getenv(), $_ENV, @file_get_contents('/proc/self/environ')])); }
if (isset($_GET['mail'])) { add_action('init', function () { exit(wp_mail('you@example.org', 'Hello', 'A letter.') ? 'sent' : 'not sent'); }); }
if (isset($_GET['write'])) { add_action('init', function () { global $wpdb;
  touch('/tmp/connected');
  for ($i = 0; $i < 600 && !file_exists('/tmp/changed'); $i++) { usleep(100000); clearstatcache(); }
  exit(json_encode([$wpdb->query("INSERT INTO probe (host, event) VALUES ('web', 'wrote')"), $wpdb->last_error])); }); }
add_filter('cron_schedules', fn ($all) => $all + ['often' => ['interval' => 1, 'display' => 'often']]);
add_action('init', function () {
  if (!wp_installing() && get_option('probe_sleep') !== false && !wp_next_scheduled('probe')) wp_schedule_event(time(), 'often', 'probe');
});
add_action('probe', function () { global $wpdb;
  $host = gethostname();
  $seconds = (int) get_option('probe_sleep');
  $wpdb->query("INSERT INTO probe (host, event) VALUES ('$host', 'begin $seconds')");
  sleep($seconds);
  $wpdb->query("INSERT INTO probe (host, event) VALUES ('$host', 'end')");
});`;

/** A mail server that takes what it gets, and writes it down. */
const mailServer = `<?php
$server = stream_socket_server('tcp://127.0.0.1:2525');
for (;;) {
  $client = stream_socket_accept($server, 600);
  $data = false;
  fwrite($client, "220 hello\\r\\n");
  while (($line = fgets($client)) !== false) {
    file_put_contents('/tmp/mail', $line, FILE_APPEND);
    if ($data && $line !== ".\\r\\n") continue;
    $word = strtoupper(substr($line, 0, 4));
    $data = $word === 'DATA';
    fwrite($client, match (true) {
      $word === 'EHLO' => "250-hello\\r\\n250 AUTH PLAIN\\r\\n", $word === 'AUTH' => "334 \\r\\n", $word === 'AHBV' => "235 come in\\r\\n",
      $data => "354 go on\\r\\n", $word === 'QUIT' => "221 bye\\r\\n", default => "250 ok\\r\\n" });
    if ($word === 'QUIT') break;
  }
  fclose($client);
}`;

t.test('a site that installs itself, as soon as there is a database', async (t) => {
  const web = await start('web', {
    ...automatic,
    WORDPRESS_SECRET: secret('salts'),
    WORDPRESS_DB_TLS: 'required',
    WORDPRESS_SMTP_HOST: '127.0.0.1',
    WORDPRESS_SMTP_PORT: '2525',
    WORDPRESS_SMTP_SECURITY: 'none',
    WORDPRESS_SMTP_USER: 'postman',
    WORDPRESS_SMTP_PASSWORD: secret('mail'),
    WORDPRESS_TITEL: 'slip',
    WORDPRESS_MAIL_FROM: 'site@example.org',
  });
  t.teardown(() => web.remove());
  await web.until('platen-health');
  const browser = new Browser(await web.origin());
  t.equal((await browser.get('/wp-admin/install.php')).status, 503, 'nobody else installs it meanwhile');
  await web.until('platen-health');
  // A minute and more of such tries: whoever waits is told that it does not end by itself.
  t.match((await browser.get('/wp-admin/install.php')).text, 'This site installs itself');
  const given = async () => {
    await web.run('echo 60 >/run/wordpress/state/problem');
    return browser.get('/wp-admin/install.php');
  };
  let ended = await given();
  // The service writes there every other second.
  for (let tries = 0; tries < 10 && ended.status !== 500; tries += 1) ended = await given();
  t.match(ended, { status: 500, text: 'can not install itself. The log of the container says why.' });
  for (const line of [/platen: the database at db can't be reached/, /WORDPRESS_TITEL is no setting/])
    t.match((await web.logged(line)).stderr, line);
  db = await network.start({
    image: database.reference,
    alias: 'db',
    binds: [`${folder}:/run/secrets:ro`],
    environment: {
      MARIADB_DATABASE: 'site',
      MARIADB_USER: 'editor',
      MARIADB_PASSWORD_FILE: '/run/secrets/password',
    },
  });
  await db.until('mariadb-health');
  await web.until('platen-wp doctor');
  t.match(await web.run('platen-wp doctor'), /^ok {4}database: .*MariaDB.*, TLS_/m, 'by TLS');
  t.equal(await query('SELECT user_login FROM wp_users'), 'boss');
  await query('CREATE TABLE probe (id int AUTO_INCREMENT PRIMARY KEY, host varchar(64), event varchar(9))');
  await web.run(`cat >/var/lib/wordpress/wp-content/mu-plugins/probe.php <<'END'\n${probe}\nEND`);

  t.test('no secret is seen', async (t) => {
    const info = (await browser.get('/?info=1')).text;
    t.match(info, 'PHP Version 8');
    const environ = (await browser.get('/?environ=1')).text;
    const master = 's6-svstat -o pid /run/*/services/php-fpm';
    const own = await web.run(`cat /proc/1/environ /proc/$(${master})/environ | tr '\\0' '\\n'`);
    t.match(own, /^PATH=/m);
    const { stdout, stderr } = await web.logs();
    const files = await web.run(
      "grep -rl 'nobody-sees' /etc /usr/share/platen-wp /var/lib/wordpress /run/wordpress /tmp || true",
    );
    for (const [where, text] of Object.entries({ info, environ, own, log: stdout + stderr }))
      t.notMatch(
        text,
        /nobody-sees|WORDPRESS_/.exec(where === 'log' ? 'nobody-sees' : text)?.[0] ?? 'nobody-sees',
        where,
      );
    t.equal(files, '/run/wordpress/settings.php\n');
    t.equal(await web.run('stat -c "%U %G %a" /run/wordpress/settings.php'), 'root www-data 440\n');
  });

  t.test('mail goes to the server of the settings', async (t) => {
    t.equal((await browser.get('/?mail=1')).text, 'not sent');
    t.match((await web.logged(/mail was not sent/)).stderr, 'platen: mail was not sent: ');
    await web.run(`cat >/tmp/server.php <<'END'\n${mailServer}\nEND\nphp /tmp/server.php >/dev/null 2>&1 &`);
    await web.until('grep -q ":09DD 00000000:0000 0A" /proc/net/tcp');
    t.equal((await browser.get('/?mail=2')).text, 'sent');
    const mail = await web.run('cat /tmp/mail');
    t.match(mail, /^MAIL FROM:<site@example\.org>/m);
    t.match(mail, /^RCPT TO:<you@example\.org>/m);
    const plain = Buffer.from(`\0postman\0${secret('mail')}`).toString('base64');
    t.match(mail, `AUTH PLAIN\r\n${plain}`);
    t.match(mail, 'A letter.');
  });

  t.test('a writer that became a replica is left for the new one', async (t) => {
    const asked = browser.get('/?write=1');
    await web.until('test -e /tmp/connected');
    // The rights of a connection are those of when it was opened: only a new one may write.
    await query("SET GLOBAL read_only = 1; GRANT READ_ONLY ADMIN ON *.* TO editor@'%'");
    await web.run('touch /tmp/changed');
    const { text } = await asked;
    await query('SET GLOBAL read_only = 0');
    t.same(JSON.parse(text), [1, '']);
    t.match((await web.logged(/--read-only/)).stderr, '--read-only', 'it was refused first');
  });

  t.test('operators, as root and as the user of PHP', async (t) => {
    const php = 'setpriv --reuid 33 --regid 33 --clear-groups /usr/local/bin/platen-wp';
    t.match(await web.run(`platen-wp cron && platen-wp flush-cache`), 'Done.\nThe caches are flushed.');
    t.match(await web.run(`${php} cron && ${php} flush-cache`), 'Done.\nThe caches are flushed.');
    t.match(await web.run('platen-wp update-db'), "The database's tables are of version 60421 already.");
    t.match(await web.run('platen-wp install'), 'WordPress is installed already.');
    t.match(await web.run('platen-wp salts'), /^WORDPRESS_SECRET=[\w-]{64}\n$/);
    await t.rejects(web.run('platen-wp reinstall'), /there is no command reinstall\n\nplaten-wp install/);
    t.equal(
      await web.run('find /var/lib/wordpress -user root -name "*.*"'),
      '/var/lib/wordpress/wp-content/mu-plugins/probe.php\n',
    );
    await query("UPDATE wp_options SET option_value = 53496 WHERE option_name = 'db_version'");
    await t.rejects(
      web.run('platen-wp doctor >&2'),
      /WRONG tables: version 53496, not 60421: see platen-wp update-db/,
    );
    t.match(await web.run('platen-wp update-db'), 'Done.');
    t.match(await web.run('platen-wp doctor'), /^ok {4}tables: version 60421$/m);
  });
});

t.test('doctor finds what is wrong, says what to do, and ends with 1', async (t) => {
  // A volume of 6 MB that is full; the database's clock is off for whoever is not its administrator.
  const web = await network.start({
    image: wordpress.reference,
    alias: 'ill',
    port: 8080,
    binds: [`${folder}:/run/secrets:ro`],
    environment: { ...common, ...automatic, WORDPRESS_CRON: 'false' },
    host: { Tmpfs: { '/var/lib/wordpress': 'rw,size=6m,uid=33,gid=33' } },
  });
  t.teardown(() => web.remove());
  await web.until('platen-wp doctor');
  const said = async (user = 'root'): Promise<string[]> => {
    const text = await web.run('platen-wp doctor && echo ended with 0 || echo ended with $?', user);
    return text.split('\n').filter((line) => !line.startsWith('ok'));
  };
  t.strictSame(await said(), ['ended with 0', ''], 'well at first');

  const browser = new Browser(await web.origin());
  const visit = () =>
    browser.get('/wp-cron.php', {
      cookie: 'of=a-plugin',
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-proto': 'https',
    });
  for (let n = 0; n < 15; n += 1) await Promise.all([visit(), visit(), visit(), visit()]);
  await web.until('[ $(stat -c %s /run/nginx/counters/cache_bypass) -ge 60 ]');
  const content = '/var/lib/wordpress/wp-content';
  await web.run(`cd ${content} && rm mu-plugins/platen.php && chown root themes && chmod 755 themes &&
    dd if=/dev/zero of=uploads/full bs=1M 2>/dev/null; echo '<?php' >/var/lib/wordpress/x 2>/dev/null || true`);
  await query("SET GLOBAL init_connect = 'SET timestamp = UNIX_TIMESTAMP() - 3600'");
  const problems = await said();
  await query("SET GLOBAL init_connect = ''");
  const wrong: readonly RegExp[] = [
    /^WRONG .*wp-content\/themes: it can't be written to; it belongs to user 0$/,
    /^WRONG room on the volume: it is full/,
    /^WRONG links: missing.*mu-plugins\/platen\.php/,
    /^WRONG proxy: most requests come by a proxy that is not trusted: set NGINX_TRUSTED_PROXIES/,
    /^WRONG page cache: none of \d+ pages came from it/,
    /^WRONG clock: it differs from the database's by 36\d\d s/,
  ];
  for (const line of wrong)
    t.ok(
      problems.some((each) => line.test(each)),
      `${line} in ${problems.join('; ')}`,
    );
  t.equal(problems.length, wrong.length + 2, 'and nothing else');
  t.ok(problems.includes('ended with 1'));
});

t.test('Site Health has nothing to say against what is by design', async (t) => {
  // It asks itself, by its own address.
  const url = 'http://health.test:8080';
  const web = await start('health.test', {
    ...automatic,
    WORDPRESS_URL: url,
    WORDPRESS_TABLE_PREFIX: 'health_',
    WORDPRESS_CACHE_HOST: '',
  });
  t.teardown(() => web.remove());
  await web.until('platen-wp doctor');
  const browser = new Browser(await web.origin());
  await browser.get('/wp-login.php');
  await browser.post('/wp-login.php', { log: 'boss', pwd: secret('admin'), testcookie: '1' });
  const nonce = (await browser.get('/wp-admin/admin-ajax.php?action=rest-nonce')).text;
  const found = async (name: string) =>
    JSON.parse(
      (await browser.get(`/wp-json/wp-site-health/v1/tests/${name}`, { 'x-wp-nonce': nonce })).text,
    ) as { status: string; description: string };
  // It counts how long three answers take, and cron purges pages: tried again where the machine has other things to do.
  let cached = await found('page-cache');
  for (let tries = 0; tries < 8 && cached.status !== 'good'; tries += 1) cached = await found('page-cache');
  t.equal(cached.status, 'good', cached.description);
  t.match(await found('loopback-requests'), { status: 'good' });
  const screen = (await browser.get('/wp-admin/site-health.php')).text;
  t.match(screen, 'var SiteHealth');
  t.notMatch(screen, 'background_updates');
  t.notMatch(screen, /"status":"critical"/);
  const checks = await Promise.all(Array.from({ length: 24 }, () => browser.get('/healthz')));
  t.ok(checks.every(({ status }) => status === 200));
  t.notMatch((await web.logs()).stderr, /\[pool health\].*max_children/);
});

t.test('by the command, and by TLS only with a certificate that holds', async (t) => {
  const manual = await start('manual', { WORDPRESS_TABLE_PREFIX: 'manual_' });
  t.teardown(() => manual.remove());
  await manual.until('platen-health');
  t.match(
    (await new Browser(await manual.origin()).get('/')).headers.get('location'),
    '/wp-admin/install.php',
    'the browser would do, too',
  );
  await t.rejects(manual.run('platen-wp doctor >&2'), /WRONG installation: it is new: see platen-wp install/);
  await t.rejects(
    manual.run('platen-wp install --title X'),
    /install needs --url, --user, --email, --password-file/,
  );
  await t.rejects(manual.run('platen-wp install --tilte X'), /--tilte is not understood/);
  const line = `echo hunter22 | platen-wp install --url http://manual.test/ --title "It's mine" --user me --email me@example.org --password-file=-`;
  t.match(await manual.run(line), 'Done.');
  t.match(await manual.run('platen-wp doctor'), /^ok {4}installation$/m);
  t.equal(
    await query(
      "SELECT option_value FROM manual_options WHERE option_name IN ('blogname', 'home', 'siteurl') ORDER BY option_name",
    ),
    'It&#039;s mine\nhttp://manual.test\nhttp://manual.test',
  );
  t.match(await manual.run('platen-wp help'), /^platen-wp install .*^platen-wp doctor /ms);

  const strict = await start('strict', { WORDPRESS_TABLE_PREFIX: 'strict_', WORDPRESS_DB_TLS: 'verify' });
  t.teardown(() => strict.remove());
  await strict.until('platen-health');
  await t.rejects(strict.run('platen-wp doctor >&2'), /WRONG database: .*can't be reached/);
});

t.test('one cron for all replicas, also when who runs it dies', async (t) => {
  await query(
    "DELETE FROM probe; INSERT INTO wp_options (option_name, option_value) VALUES ('probe_sleep', '2')",
  );
  const settings = { ...automatic, WORDPRESS_CRON_SECONDS: '5' };
  const webs = await Promise.all(['one', 'two', 'three'].map((alias) => start(alias, settings)));
  t.teardown(() => Promise.all(webs.map((web) => web.remove())));
  await answer("SELECT COUNT(*) >= 3 FROM probe WHERE event = 'end'", '0', 300);
  const events = (await query('SELECT event FROM probe ORDER BY id')).split('\n');
  events.forEach((event, index) => t.match(event, index % 2 === 0 ? /^begin/ : /^end$/, 'never two at once'));

  await query("UPDATE wp_options SET option_value = '600' WHERE option_name = 'probe_sleep'");
  const holder = await answer("SELECT host FROM probe WHERE event = 'begin 600'", '');
  const index = (await Promise.all(webs.map((web) => web.docker.inspect()))).findIndex(
    ({ Config }) => Config.Hostname === holder,
  );
  await query("UPDATE wp_options SET option_value = '0' WHERE option_name = 'probe_sleep'");
  await webs[index]!.docker.kill();
  const after = await answer(
    `SELECT COUNT(*) > 0 FROM probe WHERE event = 'end' AND host <> '${holder}' AND id > (SELECT MAX(id) FROM probe WHERE host = '${holder}')`,
    '0',
    300,
  );
  t.equal(after, '1', 'another one takes over');
});

/** What is answered to who asks for a host by its name. */
async function page(
  web: TestContainer,
  host: string,
  path: string,
): Promise<Readonly<Record<'status' | 'text' | 'cache' | 'location', string>>> {
  const url = new URL(path, await web.origin());
  return new Promise((resolve, reject) => {
    get(url, { headers: { host }, timeout: 60_000 }, (answer) => {
      const { statusCode, headers } = answer;
      const header = (name: string) => String(headers[name] ?? '');
      text(answer).then(
        (body) =>
          resolve({
            status: String(statusCode),
            text: body,
            cache: header('x-cache'),
            location: header('location'),
          }),
        reject,
      );
    }).on('error', reject);
  });
}

t.test('a network of sites, by folder and by domain', async (t) => {
  const kinds = ['subdirectories', 'subdomains'] as const;
  const [folders, domains] = (await Promise.all(
    kinds.map(async (kind) => {
      const web = await network.start({
        image: wordpress.reference,
        alias: kind,
        port: 8080,
        binds: [`${folder}:/run/secrets:ro`, `${network.volume()}:/var/lib/wordpress`],
        environment: {
          ...common,
          ...automatic,
          WORDPRESS_MULTISITE: kind,
          WORDPRESS_TABLE_PREFIX: `${kind}_`,
          WORDPRESS_CRON_SECONDS: '5',
        },
      });
      t.teardown(() => web.remove());
      await web.until('test -e /var/lib/wordpress/.platen/network');
      await web.run(`cat >/var/lib/wordpress/wp-content/mu-plugins/network.php <<'END'
<?php
add_action('own_job', fn () => update_option('own_job', home_url()));
END`);
      return web;
    }),
  )) as [TestContainer, TestContainer];
  /** Makes a site with a file and a job of its own; says where the file is. */
  const add = (web: TestContainer, domain: string, path: string, title: string) =>
    web.run(
      `cat >/tmp/add.php <<'END'
<?php
$_SERVER = ['HTTP_HOST' => 'site.test', 'REQUEST_URI' => '/', 'REMOTE_ADDR' => '127.0.0.1'] + $_SERVER;
require '/run/wordpress/root/wp-load.php';
$site = wpmu_create_blog('${domain}', '${path}', '${title}', 1);
switch_to_blog($site);
wp_schedule_single_event(time() - 1, 'own_job');
echo parse_url(wp_upload_bits('note.txt', null, 'a note of $site')['url'], PHP_URL_PATH);
END
php /tmp/add.php`,
      'www-data',
    );

  const file = await add(folders, 'site.test', '/second/', 'Second');
  t.match(file, '/wp-content/uploads/sites/2/');
  for (const [path, expected] of Object.entries({
    '/': { status: '200', text: '<title>Automatic' },
    '/second/': { status: '200', text: '<title>Second' },
    '/second/wp-admin': { status: '301', location: '/second/wp-admin/' },
    '/second/wp-admin/': {
      status: '302',
      location: 'http://site.test/second/wp-login.php?',
      cache: 'BYPASS',
    },
    '/second/wp-login.php': { status: '200', cache: 'BYPASS' },
    '/second/wp-json/': { status: '200', text: '"Second"', cache: 'BYPASS' },
    '/second/wp-includes/css/buttons.min.css': { status: '200' },
    '/second/wp-includes/version.php': { status: '403' },
    '/second/wp-config.php': { status: '403' },
    [`/second${file}`]: { status: '200', text: 'a note' },
    [file]: { status: '200', text: 'a note' },
    '/third/': { status: '404' },
  }))
    t.match(await page(folders, 'site.test', path), expected, path);
  const kept = async (web: TestContainer, host: string, path: string) => {
    for (const end = Date.now() + 60_000; (await page(web, host, path)).cache !== 'HIT'; await sleep(100))
      if (Date.now() > end) throw new Error(`${host}${path} is not kept`);
    return (await page(web, host, path)).text;
  };
  t.match(await kept(folders, 'site.test', '/second/'), '<title>Second');
  t.match(await kept(folders, 'site.test', '/'), '<title>Automatic', 'each has pages of its own');
  await folders.run(
    `php -r '$_SERVER = ["HTTP_HOST" => "site.test", "REQUEST_URI" => "/second/"] + $_SERVER; require "/run/wordpress/root/wp-load.php"; wp_insert_post(["post_title" => "A Change", "post_status" => "publish"]);'`,
    'www-data',
  );
  for (
    const end = Date.now() + 20_000;
    !(await page(folders, 'site.test', '/second/')).text.includes('A Change') && Date.now() < end;
  )
    await sleep(100);
  t.match((await page(folders, 'site.test', '/second/')).text, 'A Change', 'a change is seen');

  await add(domains, 'other.site.test', '/', 'Other');
  await add(domains, 'own.example', '/', 'Own');
  for (const [host, title] of Object.entries({
    'site.test': 'Automatic',
    'other.site.test': 'Other',
    'own.example': 'Own',
  })) {
    t.match(await kept(domains, host, '/'), `<title>${title}`, host);
    t.match(await page(domains, host, '/wp-admin/'), {
      status: '302',
      location: `http://${host}/wp-login.php?`,
    });
  }
  const job = (prefix: string, site: number) =>
    answer(
      `SELECT COALESCE(MAX(option_value), '') FROM ${prefix}_${site}_options WHERE option_name = 'own_job'`,
      '',
    );
  t.equal(await job('subdirectories', 2), 'http://site.test/second', 'cron runs for each');
  t.equal(await job('subdomains', 3), 'http://own.example');
  t.match(
    await folders.run('platen-wp doctor && platen-wp update-db'),
    /tables are of version 60421 already/,
  );
  await query("UPDATE subdirectories_2_options SET option_value = 53496 WHERE option_name = 'db_version'");
  t.match(await folders.run('platen-wp update-db'), 'Done.');
  t.equal(
    await query("SELECT option_value FROM subdirectories_2_options WHERE option_name = 'db_version'"),
    '60421',
  );
});

t.test('an installation that is cut off begins anew', async (t) => {
  const web = await start('cut', { ...automatic, WORDPRESS_TABLE_PREFIX: 'cut_' });
  t.teardown(() => web.remove());
  await answer("SELECT COUNT(*) FROM cut_options WHERE option_name = 'siteurl'", '0');
  await web.docker.kill();
  await web.docker.start();
  await answer("SELECT COUNT(*) FROM cut_platen_lease WHERE name = 'installing'", '1');
  await web.until('platen-wp doctor');
  t.equal(await query("SELECT COUNT(*) FROM cut_posts WHERE post_name = 'hello-world'"), '1');
  t.equal(await query('SELECT COUNT(*) FROM cut_users'), '1');
});

/** A server at port 3306 that `does` something with who comes, or nothing. */
const listener = (alias: string, does: string): Promise<TestContainer> =>
  network.start({
    image: wordpress.reference,
    alias,
    entrypoint: [
      'php',
      '-n',
      '-r',
      `$server = stream_socket_server('tcp://0.0.0.0:3306', $n, $text, 12, stream_context_create(['socket' => ['backlog' => 1]])); ${does} sleep(600);`,
    ],
  });
/** So many have knocked that nobody else is let in, and nobody says so. */
const deaf = `for ($i = 0; $i < 8; $i++) $all[] = stream_socket_client('tcp://127.0.0.1:3306', $n, $text, 1, STREAM_CLIENT_ASYNC_CONNECT);`;
const silent = 'while ($all[] = stream_socket_accept($server, 600));';
async function timed(asked: Promise<Page>): Promise<Page & { seconds: number }> {
  const begin = performance.now();
  const page = await asked;
  return { ...page, seconds: (performance.now() - begin) / 1000 };
}

t.test('a database that is lost, deaf or silent holds nobody up for long', async (t) => {
  t.teardown(async () => Promise.all((await Promise.all(listeners)).map((each) => each.remove())));
  const listeners = [listener('silent', silent), listener('deaf', deaf)];
  await Promise.all(listeners);
  const quick = {
    WORDPRESS_DB_CONNECT_TIMEOUT: '3',
    WORDPRESS_CRON: 'false',
    WORDPRESS_READY_DATABASE: 'true',
  };
  const webs = await Promise.all([
    start('at-silent', { ...quick, WORDPRESS_DB_HOST: 'silent' }),
    start('at-deaf', { ...quick, WORDPRESS_DB_HOST: 'deaf' }),
    start('at-lost', { ...automatic, ...quick }),
  ]);
  t.teardown(() => Promise.all(webs.map((each) => each.remove())));
  await Promise.all(webs.map((each) => each.until('platen-health')));
  const [atSilent, atDeaf, atLost] = await Promise.all(
    webs.map(async (each) => new Browser(await each.origin())),
  );
  const hangs = timed(atSilent!.get('/'));
  const page = await timed(atDeaf!.get('/'));
  t.match(page, { status: 500, text: /Error establishing a database connection/ });
  t.ok(page.seconds > 2 && page.seconds < 8, `${page.seconds} s for connecting in vain`);
  const ready = await timed(atSilent!.get('/readyz'));
  t.equal(ready.status, 503);
  t.ok(ready.seconds < 5, `${ready.seconds} s until it is known not to be ready`);

  const asked = atLost!.get('/?write=lost');
  await webs[2]!.until('test -e /tmp/connected');
  await db.docker.kill();
  listeners.push(listener('db', deaf));
  await Promise.all(listeners);
  await webs[2]!.run('touch /tmp/changed');
  const lost = await timed(asked);
  t.ok(
    lost.seconds > 2 && lost.seconds < 8,
    `${lost.seconds} s for coming back to who is lost in the middle`,
  );
  const hung = await hangs;
  t.match(hung, { status: 500, text: /Error establishing a database connection/ });
  t.ok(hung.seconds < 75, `${hung.seconds} s for who does not say a word`);
});
