import t from 'tap';
import { Browser } from '../../builder/testing/browser.js';
import { buildForTest, removeTags } from '../../builder/testing/build-for-test.js';
import { ContainerNetwork } from '../../builder/testing/containers.js';
import { edit, goThroughInstaller, logIn } from '../../builder/testing/mediawiki-browser.js';
import { picture } from '../../builder/testing/picture.js';
import { type TaskContainer, wordpressTask } from '../../builder/testing/wordpress-task.js';

// Two cold builds on a slow machine.
t.setTimeout(1_800_000);

const database = await buildForTest('mariadb');
const mediawiki = await buildForTest('mediawiki');
t.teardown(() => removeTags(database.reference, mediawiki.reference));
const network = await ContainerNetwork.create();
t.teardown(() => network.remove());
const secrets = t.testdir({ password: "it's a \\ secret;\n", admin: 'correct horse battery staple\n' });
const binds = [`${secrets}:/run/secrets:ro`];
const db = await network.start({
  image: database.reference,
  alias: 'db',
  binds,
  environment: {
    MARIADB_DATABASE: 'wiki',
    MARIADB_USER: 'editor',
    MARIADB_PASSWORD_FILE: '/run/secrets/password',
  },
});
await db.until('mariadb-health');

const environment = {
  MEDIAWIKI_DB_HOST: 'db',
  MEDIAWIKI_DB_NAME: 'wiki',
  MEDIAWIKI_DB_USER: 'editor',
  MEDIAWIKI_DB_PASSWORD_FILE: '/run/secrets/password',
  MEDIAWIKI_DB_PREFIX: 'own_',
  MEDIAWIKI_SITE_NAME: 'A Wiki of Its Own',
};

function start(alias: string, more: Readonly<Record<string, string>> = {}, task?: TaskContainer) {
  return network.start({
    image: mediawiki.reference,
    alias,
    binds,
    port: 8080,
    ...(task === undefined ? {} : { task }),
    environment: { ...environment, ...more },
  });
}

// All but one as tasks on ECS: read-only, www-data, no capability.
const waiting = await start('waiting', {}, wordpressTask);
await waiting.until('platen-health');
const [wiki, replica] = await Promise.all(
  ([wordpressTask, undefined] as const).map((task, index) =>
    start(`wiki${index}`, { MEDIAWIKI_ADMIN_PASSWORD_FILE: '/run/secrets/admin' }, task),
  ),
);
if (wiki === undefined || replica === undefined) throw new Error('unreachable');
const first = new Browser(await waiting.origin());
const installer = await first.get('/');
await Promise.all([wiki, replica].map((container) => container.until('platen-health', 400)));
const browser = new Browser(await wiki.origin());

/** The API's answer. */
async function api<T>(form: Readonly<Record<string, string>>): Promise<T> {
  const { text } = await browser.post('/api.php', { format: 'json', formatversion: '2', ...form });
  return JSON.parse(text) as T;
}

async function token(type: string): Promise<string> {
  const { query } = await api<{ query: { tokens: Record<string, string> } }>({
    action: 'query',
    meta: 'tokens',
    type,
  });
  return query.tokens[`${type}token`] ?? '';
}

t.test('its packages are whole, and nothing has the bits of setuid', async (t) => {
  t.match(await replica.run('apt-get check'), 'Reading state information');
  t.equal(await replica.run('dpkg --audit'), '');
  t.equal(await wiki.run('command -v apache2; true'), '');
  t.equal(await replica.run('find / -xdev -type f -perm /6000'), '');
});

t.test('started by root, nobody but s6 and two masters stays root', async () => {
  // Checks of its health are root's, and short.
  await replica.until(
    String.raw`cd /proc; for p in [0-9]*; do
      [ "$(awk '/^Uid:/ { print $2 }' $p/status 2>/dev/null)" = 0 ] || continue
      case "$(tr '\0' ' ' <$p/cmdline)" in s6-svscan* | s6-supervise* | s6-notifyoncheck* | 'nginx: master'* | 'php-fpm: master'*) ;; *) exit 1 ;; esac
    done`,
    ...([120, 'www-data'] as const),
  );
});

t.test('without a password the installer answers, until there is a wiki', async (t) => {
  t.match(installer.text, /MediaWiki 1\.\d+\.\d+/);
  t.match(installer.text, /mw-config\/index\.php|installation/);
  await waiting.until(
    '[ -e /run/mediawiki/LocalSettings.php ] && [ ! -e /run/mediawiki/installer ]',
    ...([180, 'www-data'] as const),
  );
  t.equal(
    (await first.get('/mw-config/index.php')).headers.get('location'),
    '/',
    'it leads to the wiki then',
  );
  t.match((await first.get('/wiki/Main_Page')).text, 'A Wiki of Its Own');
});

t.test('two replicas on an empty database make one wiki', async (t) => {
  const logs = await Promise.all([wiki, replica].map(async (container) => (await container.logs()).stderr));
  t.equal(logs.join('').match(/installing the wiki/g)?.length, 1, logs.join('\n'));
  const query = (sql: string) => db.run(`mariadb wiki --batch --skip-column-names -e "${sql}"`);
  t.equal(await query('SELECT user_name FROM own_user WHERE user_id = 1'), 'Admin\n');
  t.notMatch(logs.join(''), /secret;|correct horse/, 'no password is in a log');
  t.notMatch(
    await wiki.run("tr '\\0' '\\n' </proc/$(pgrep -o php-fpm)/environ", 'www-data'),
    /PASSWORD/,
    "nor in PHP's environment",
  );
});

t.test('the installer in the browser, to its end, and a page that is written then and read', async (t) => {
  const web = await start('browsed', { MEDIAWIKI_DB_PREFIX: 'browsed_' }, wordpressTask);
  await web.until('platen-health');
  const visitor = new Browser(await web.origin());
  const password = 'correct horse battery staple';
  const { steps, last } = await goThroughInstaller(visitor, {
    mysql_wgDBserver: 'db',
    mysql_wgDBname: 'wiki',
    mysql_wgDBprefix: 'browsed_',
    mysql__InstallUser: 'editor',
    mysql__InstallPassword: "it's a \\ secret;",
    config_wgSitename: 'Browsed',
    config__AdminName: 'Boss',
    config__SkipOptional: 'skip',
    config__AdminPassword: password,
    config__AdminPasswordConfirm: password,
  });
  t.strictSame(steps, ['Language', 'Welcome', 'DBConnect', 'DBSettings', 'Name', 'Install', 'Install']);
  // Whoever is slow at the end is led to the wiki, because the installer is closed by then.
  t.match(last.text, /You have installed MediaWiki|MediaWiki has been installed/);
  await web.until(
    '[ -e /run/mediawiki/LocalSettings.php ] && [ ! -e /run/mediawiki/installer ]',
    180,
    'www-data',
  );
  t.match(await web.run('ls /tmp', 'www-data'), /^(?!.*sess_)/s, 'what was typed in lies nowhere');
  t.equal((await logIn(visitor, 'Boss', password)).status, 302);
  const saved = await edit(visitor, 'Browsed_Page', "'''bold''' text");
  t.equal(saved.headers.get('location'), `${await web.origin()}/wiki/Browsed_Page`, saved.text);
  const page = await new Browser(await web.origin()).get('/wiki/Browsed_Page');
  t.match(page.text, '<b>bold</b> text');
  t.match(page.text, 'A Wiki of Its Own', 'with the settings of the container');
  t.match(await web.run('grep " / " /proc/mounts', 'www-data'), / ro,/);
});

t.test('a page is read, and all that it names is there', async (t) => {
  const front = await browser.get('/');
  t.equal(front.status, 301);
  t.equal(front.headers.get('location'), `${await wiki.origin()}/wiki/Main_Page`, 'port included');
  const page = await browser.get('/wiki/Main_Page');
  t.equal(page.status, 200);
  t.match(page.text, 'MediaWiki has been installed');
  const named = [...page.text.matchAll(/(?:href|src)="(\/(?:load\.php|resources|skins)[^"]*)"/g)];
  t.ok(named.length >= 3);
  for (const [, url = ''] of named) {
    const file = await browser.get(url.replaceAll('&amp;', '&'));
    t.equal(file.status, 200, url);
    t.ok(file.bytes.length > 0, url);
  }
});

t.test('a page is written, with a name like a program, and seen by the other replica', async (t) => {
  const lgpassword = 'correct horse battery staple';
  const { login } = await api<{ login: { result: string } }>({
    action: 'login',
    lgname: 'Admin',
    lgpassword,
    lgtoken: await token('login'),
  });
  t.equal(login.result, 'Success', JSON.stringify(login));
  const { edit } = await api<{ edit: { result: string } }>({
    action: 'edit',
    title: 'Evil.php',
    text: "'''bold'''<ref>a note</ref> {{#expr: 6 * 7}}",
    token: await token('csrf'),
  });
  t.equal(edit.result, 'Success', JSON.stringify(edit));
  const other = new Browser(await replica.origin());
  const page = await other.get('/wiki/Evil.php');
  t.equal(page.status, 200);
  t.match(page.text, '<b>bold</b>');
  t.match(page.text, /cite_note[^]* 42/, 'extensions work');
  t.match((await other.get('/rest.php/v1/page/Evil.php')).text, '"latest"');
  const anonymous = await other.get('/index.php?title=Evil.php&action=edit');
  t.match(anonymous.text, 'View source', 'strangers do not write');
});

t.test('a picture goes up and comes back as it was, in other sizes too', async (t) => {
  const bytes = picture(900, 600);
  const form = new FormData();
  const fields = { action: 'upload', format: 'json', filename: 'Picture.png', token: await token('csrf') };
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([new Uint8Array(bytes)]), 'Picture.png');
  const body = new Response(form);
  const answer = await browser.send('/api.php', Buffer.from(await body.arrayBuffer()), {
    'content-type': body.headers.get('content-type') ?? '',
  });
  const { upload } = JSON.parse(answer.text) as { upload: { imageinfo: { url: string } } };
  t.ok((await browser.get(upload.imageinfo.url)).bytes.equals(bytes), 'byte by byte');
  const { query } = await api<{ query: { pages: { imageinfo: { thumburl: string }[] }[] } }>({
    action: 'query',
    titles: 'File:Picture.png',
    prop: 'imageinfo',
    iiprop: 'url',
    iiurlwidth: '300',
  });
  const small = await browser.get(query.pages[0]?.imageinfo[0]?.thumburl ?? '/missing');
  t.equal(small.status, 200);
  t.equal(small.headers.get('content-type'), 'image/png');
});

t.test('what is not a page is not shown', async (t) => {
  await wiki.run("echo '<?php echo 1;' >/var/lib/mediawiki/images/evil.php", 'www-data');
  const closed = [
    '/images/evil.php',
    '/images/evil.php/x.png',
    '/mw-config/overrides/',
    '/.git/config',
    '/LocalSettings.php',
    '/includes/WebStart.php',
    '/maintenance/run.php',
    '/vendor/autoload.php',
    '/composer.json',
    '/extensions/Cite/extension.json',
    '/mw-config/overrides/.htaccess',
  ];
  for (const place of closed) t.equal((await browser.get(place)).status, 403, place);
});

t.test('a bad value stops the container, and says why', async (t) => {
  const container = await start('bad', { MEDIAWIKI_EXTENSIONS: 'Cite,Nope' });
  t.match(await container.docker.wait(), { StatusCode: 1 });
  t.match((await container.logs()).stderr, /MEDIAWIKI_EXTENSIONS names "Nope"/);
});
