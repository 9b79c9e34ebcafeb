import t from 'tap';
import { buildForTest, removeTags } from '../../builder/testing/build-for-test.js';
import { ContainerNetwork } from '../../builder/testing/containers.js';
import { picture } from '../../builder/testing/picture.js';
import { completeInstaller, logIn, startSite } from '../../builder/testing/wordpress-site.js';

// Two cold builds on a slow machine.
t.setTimeout(1_800_000);

const database = await buildForTest('mariadb');
const wordpress = await buildForTest('wordpress');
t.teardown(() => removeTags(database.reference, wordpress.reference));
const network = await ContainerNetwork.create();
t.teardown(() => network.remove());
const secrets = t.testdir({ password: "it's a \\ secret;\n" });
const site = await startSite(network, {
  database: database.reference,
  wordpress: wordpress.reference,
  secrets,
});
const { web, browser } = site;

/** Code that the test needs in the site: asked by ?test=…, it is slow, or it fails. */
const probe = `<?php
if (($_GET['test'] ?? '') === 'slow') { touch('/tmp/asked'); echo str_repeat('a', 100000); flush(); sleep(3); exit('whole'); }
if (($_GET['test'] ?? '') === 'fail') { no_such_function(); }`;

/** Writes and reads each format, and writes with a font of the theme. */
const pictures = `<?php
$picture = imagecreatetruecolor(40, 30);
foreach (['avif', 'webp', 'png', 'jpeg', 'gif'] as $format) {
  ('image' . $format)($picture, '/tmp/picture');
  $read = ('imagecreatefrom' . $format)('/tmp/picture');
  $found[$format] = imagesx($read) . 'x' . imagesy($read);
}
file_put_contents('/tmp/picture', '/* XPM */ static char *x[] = { "2 1 2 1", "a c #FF0000", "b c blue", "ab" };');
$read = imagecreatefromxpm('/tmp/picture');
$found['xpm'] = imagesx($read) . 'x' . imagesy($read);
unlink('/tmp/picture');
$font = glob('/usr/share/wordpress/wp-content/themes/twentytwentyfive/assets/fonts/*/*.woff2')[0];
imagettftext($picture, 20, 0, 5, 25, 0xffffff, $font, 'Text');
for ($white = $x = 0; $x < 40; $x++) { for ($y = 0; $y < 30; $y++) { $white += (int) (imagecolorat($picture, $x, $y) === 0xffffff); } }
$found['text'] = $white > 0;
echo json_encode($found);`;

t.test('the image is small', async (t) => {
  const megabytes = wordpress.layers.reduce((sum, { size }) => sum + size, 0) / 1e6;
  t.ok(megabytes <= 110, `${megabytes.toFixed(1)} MB compressed`);
});

t.test('its packages are whole', async (t) => {
  t.match(await web.run('apt-get check'), 'Reading state information');
  t.equal(await web.run('dpkg --audit'), '');
  t.equal(
    await web.run('command -v apache2 mariadb ip; ls -d /usr/share/fonts 2>/dev/null; true'),
    '',
    'and only those that it needs',
  );
  t.match(await web.run('dpkg-query --status platen-no-mysql-client'), /^Provides: virtual-mysql-client$/m);
});

t.test('what is left out is not missed: pictures in every format, text in them', async (t) => {
  await web.run(`cat >/tmp/pictures.php <<'END'\n${pictures}\nEND`);
  t.same(JSON.parse(await web.run('php /tmp/pictures.php; rm /tmp/pictures.php')), {
    avif: '40x30',
    webp: '40x30',
    png: '40x30',
    jpeg: '40x30',
    gif: '40x30',
    xpm: '2x1',
    text: true,
  });
});

t.test('whatever is wrong with the settings is said at once, whose ever they are', async (t) => {
  const wrong = { NGINX_HSTS_SECONDS: 'soon', WORDPRESS_DB_TLS: 'perhaps' };
  const options = { image: wordpress.reference, alias: 'wrong', environment: wrong };
  const { exitCode, log } = await (await network.start(options)).ended();
  t.equal(exitCode, 1);
  t.match(log, /NGINX_HSTS_SECONDS is "soon"/);
  t.match(log, /WORDPRESS_DB_TLS is "perhaps"/);
  t.match(log, /WORDPRESS_DB_HOST is missing/);
});

t.test('the installer, over HTTP', async (t) => {
  const first = await browser.get('/');
  t.equal(first.status, 302, 'a new site leads to the installer');
  const location = first.headers.get('location') ?? '';
  t.equal(
    location,
    `${await web.origin()}/wp-admin/install.php`,
    'at the address that was asked, port included',
  );
  const done = await completeInstaller(site, 'A Site of Its Own');
  t.equal(done.status, 200);
  t.match(done.text, 'Success!');
  const tables = await site.database.run(`mariadb site --batch --skip-column-names -e 'SHOW TABLES'`);
  t.match(tables, /^own_posts$/m, 'with the prefix of the environment');
});

t.test('the front page is themed, and all that it names is there', async (t) => {
  const front = await browser.get('/');
  t.equal(front.status, 200);
  t.match(front.text, 'A Site of Its Own');
  const named = [...front.text.matchAll(/(?:href|src)=['"]([^'"]+\.(?:css|js)(?:\?[^'"]*)?)['"]/g)];
  const fonts = [...front.text.matchAll(/url\(['"]?([^'")]+\.woff2)['"]?\)/g)];
  const urls = [...named, ...fonts].map(([, url = '']) => url.replaceAll('&#038;', '&'));
  t.ok(urls.some((url) => url.includes('/themes/twentytwentyfive/style.css')));
  t.ok(fonts.length > 0);
  const types: Record<string, RegExp> = {
    css: /^text\/css/,
    js: /^(text|application)\/javascript/,
    woff2: /^font\/woff2/,
  };
  for (const url of new Set(urls)) {
    const file = await browser.get(url);
    t.equal(file.status, 200, url);
    const kind = /\.(css|js|woff2)(\?|$)/.exec(url)?.[1] ?? '';
    t.match(file.headers.get('content-type'), types[kind], url);
    t.ok(file.bytes.length > 0);
  }
});

t.test('a picture goes up and comes back as it was', async (t) => {
  const loggedIn = await logIn(site);
  t.equal(loggedIn.status, 302);
  t.match((await browser.get('/wp-admin/')).text, '<h1>Dashboard</h1>');
  const nonce = (await browser.get('/wp-admin/admin-ajax.php?action=rest-nonce')).text;
  const bytes = picture(900, 600);
  const answer = await browser.send('/index.php?rest_route=/wp/v2/media', bytes, {
    'x-wp-nonce': nonce,
    'content-type': 'image/png',
    'content-disposition': 'attachment; filename="picture.png"',
  });
  t.equal(answer.status, 201, answer.text);
  const media = JSON.parse(answer.text) as {
    source_url: string;
    media_details: { sizes: Record<string, { source_url: string; width: number }> };
  };
  const back = await browser.get(media.source_url);
  t.equal(back.status, 200);
  t.equal(back.headers.get('content-type'), 'image/png');
  t.ok(back.bytes.equals(bytes), 'byte by byte');
  const medium = media.media_details.sizes['medium'];
  t.equal(medium?.width, 300, 'smaller ones were made of it');
  t.equal((await browser.get(medium?.source_url ?? '')).status, 200);
});

t.test('nothing that was uploaded is run, and no hidden file is shown', async (t) => {
  const content = '/var/lib/wordpress/wp-content';
  await web.run(`cd ${content}/uploads && echo '<?php echo "ran";' >evil.php && echo x >.hidden`);
  t.equal((await browser.get('/wp-content/uploads/evil.php')).status, 403);
  t.equal((await browser.get('/wp-content/uploads/.hidden')).status, 403);
  t.equal(await web.run(`stat -c %U ${content} ${content}/uploads`), 'www-data\nwww-data\n');
});

t.test('workers are not root, and s6 is process 1', async (t) => {
  const lines = (await processes()).split('\n');
  const owners = (pattern: RegExp) =>
    lines.filter((line) => pattern.test(line)).map((line) => line.split(' ')[1]);
  t.match(lines.find((line) => line.startsWith('1 ')) ?? '', /^1 root 0 s6-svscan/);
  t.same([...new Set(owners(/nginx: worker process/))], ['www-data']);
  t.same([...new Set(owners(/php-fpm: pool/))], ['www-data']);
});

t.test(
  'the access log is on stdout, errors of PHP on stderr, and checks of the health on neither',
  async (t) => {
    await web.run(`cat >/var/lib/wordpress/wp-content/mu-plugins/probe.php <<'END'\n${probe}\nEND`);
    t.equal((await browser.get('/?test=fail')).status, 500);
    await web.logged(/no_such_function/);
    const { stdout, stderr } = await web.logged(/test=fail/);
    t.match(stdout, /"uri":"\/\?test=fail".*"status":500/);
    t.match(stderr, /PHP Fatal error: {2}Uncaught Error: Call to undefined function no_such_function\(\)/);
    t.notMatch(stdout, /healthz/);
    t.notMatch(stdout, /PHP/);
  },
);

t.test('s6 brings back what was killed', async (t) => {
  for (const [service, worker] of [
    ['php-fpm', 'php-fpm: pool'],
    ['nginx', 'nginx: worker'],
  ] as const) {
    const pid = `s6-svstat -o pid /run/platen/services/${service}`;
    const before = await web.run(pid);
    await web.run(`kill -KILL ${before}`);
    await web.until(`now=$(${pid}) && [ "$now" -gt 0 ] && [ "$now" != ${before.trim()} ] && platen-health`);
    t.match((await browser.get('/')).text, 'A Site of Its Own', service);
    const started = await web.run(pid);
    const workers = (await processes()).split('\n').filter((line) => line.includes(worker));
    t.ok(workers.length > 0);
    for (const line of workers)
      t.equal(line.split(' ')[2], started.trim(), `no worker of the one killed is left: ${line}`);
  }
});

t.test('a stop waits for the request in flight, and for nothing else', async (t) => {
  const [page, { exitCode }] = await Promise.all([
    browser.get('/?test=slow'),
    web.until('test -e /tmp/asked').then(() => web.stop()),
  ]);
  t.equal(page.status, 200);
  t.match(page.text, /a{100000}whole$/);
  // Killed instead, it would end with 137.
  t.equal(exitCode, 0);
  t.equal((await site.database.stop()).exitCode, 0);
});

t.test('a container that was killed starts as a new one', async (t) => {
  await web.docker.start();
  await web.until('platen-health');
  await web.docker.kill();
  const since = Math.floor(Date.now() / 1000);
  await web.docker.start();
  await web.until('platen-health');
  const log = await web.docker.logs({ since, stdout: true, stderr: true });
  t.match(log.toString(), 'platen: ');
  t.notMatch(log.toString(), /connect\(\) to unix/, 'nobody is asked who is not there yet');
});

/** A line for each process: number, owner, parent, command. */
function processes(): Promise<string> {
  return web.run(
    `cd /proc && for p in [0-9]*; do [ ! -r $p/cmdline ] || echo "$p $(stat -c %U $p) $(cut -d ' ' -f 4 $p/stat 2>/dev/null) $(tr '\\0' ' ' <$p/cmdline)"; done`,
  );
}
