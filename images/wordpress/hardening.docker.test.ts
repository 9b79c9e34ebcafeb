import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import t from 'tap';
import { Browser } from '../../builder/testing/browser.js';
import { buildForTest, removeTags } from '../../builder/testing/build-for-test.js';
import { makeCertificates } from '../../builder/testing/certificates.js';
import { ContainerNetwork, type TestContainer } from '../../builder/testing/containers.js';
import { startLoadBalancer } from '../../builder/testing/haproxy.js';
import { logIn, WordpressReplicas } from '../../builder/testing/wordpress-replicas.js';

// Two cold builds on a slow machine.
t.setTimeout(1_800_000);

const builds = [await buildForTest('mariadb'), await buildForTest('wordpress')];
const [database = '', wordpress = ''] = builds.map(({ reference }) => reference);
t.teardown(() => removeTags(database, wordpress));
const network = await ContainerNetwork.create();
t.teardown(() => network.remove());
const secrets = t.testdir({ password: 'secret\n', tls: {} });
const certificates = makeCertificates(`${secrets}/tls`);
const site = await WordpressReplicas.start(network, { database, wordpress, secrets });
const open = await site.add('open', { WORDPRESS_READY_DATABASE: 'true' });
// Whoever reaches the container from this machine comes from the network's gateway.
const { Gateway: gateway = '', IPAddress: stranger = '' } =
  (await open.web.docker.inspect()).NetworkSettings.Networks[network.name] ?? {};
const behind = await site.add('behind', {
  NGINX_TRUSTED_PROXIES: `${gateway},10.1.2.0/24,fd00::/8`,
  NGINX_HSTS_SECONDS: '600',
  WORDPRESS_URL: '',
  WORDPRESS_TITLE: '',
  WORDPRESS_ADMIN_USER: '',
  WORDPRESS_ADMIN_PASSWORD: '',
  WORDPRESS_ADMIN_EMAIL: '',
});
const content = '/var/lib/wordpress/wp-content';

await open.web.run(`cd ${content} && mkdir -p uploads/2026 && cd uploads/2026
for name in run.php run.PHP run.phtml run.phar run.php7 .hidden.txt dump.sql old.bak notes.txt~; do echo '<?php echo "ran" . 1;' >"$name"; done
echo '<script>alert(1)</script>' >page.html
echo '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>' >image.svg
echo paper >learn.php-in-7-days.pdf; mkdir -p ${content}/plugins/parts
echo '<?php class A { static function b() { return strrev("enola"); } } echo A::b();' >${content}/plugins/parts/alone.php
echo '<?php add_action("init", "x");' >${content}/plugins/parts/part.php
echo '<?php require "../../../../../../usr/share/wordpress/wp-load.php"; echo "entry";' >${content}/plugins/parts/entry.php
echo 'export default 1;' >module.mjs; echo '{}' >site.webmanifest; echo x >font.otf
echo '.a { color: red }' >beforehand.css; echo compressed >beforehand.css.br; echo plain >plain.txt; mkdir -p ../.git && echo secret >../.git/config
mkdir -p ${content}/mu-plugins
cat >${content}/mu-plugins/probe.php <<'END'
<?php
// Asked by an address that is not its own.
if (defined('WP_HOME')) add_filter('redirect_canonical', '__return_false');
add_action('init', function () {
    if (isset($_GET['server'])) {
        header('Content-Type: application/json');
        exit(json_encode(array_intersect_key($_SERVER, array_flip(['REMOTE_ADDR', 'HTTPS', 'SERVER_PORT', 'HTTP_X_REQUEST_ID',
            'HTTP_X_FORWARDED_FOR', 'HTTP_X_FORWARDED_PROTO', 'HTTP_CLIENT_IP', 'HTTP_PROXY', 'HTTP_HOST']))));
    }
});
END`);

t.test('attacks', async (t) => {
  const origin = await open.web.origin();
  const refused: readonly string[] = [
    ...[
      'run.php',
      'run.PHP',
      'run.phtml',
      'run.phar',
      'run.php7',
      'run.php/x.jpg',
      '.hidden.txt',
      'dump.sql',
    ].map((name) => `/wp-content/uploads/2026/${name}`),
    '/wp-content/uploads/2026/old.bak',
    '/wp-content/uploads/2026/notes.txt~',
    '/wp-content/uploads/.git/config',
    '/wp-content/uploads/',
    '/wp-content/uploads/2026/',
    '/wp-includes/',
    '/wp-includes/js/',
    '/wp-admin/css/',
    '/.git/config',
    '/.env',
    '/.htaccess',
    '/wp-config.php',
    '/wp-config.php.bak',
    '/wp-config-sample.php',
    '/wp-includes/version.php',
    '/wp-includes/class-wp.php',
    '/wp-admin/includes/file.php',
    '/wp-login.PHP',
    '/wp-admin/setup-config.php',
    '/readme.html',
    '/license.txt',
    '/wp-content/debug.log',
    '/wp-content/mu-plugins/probe.php',
    '/wp-content/mu-plugins/platen.php',
    '/composer.json',
    '//wp-content//uploads//2026//run.php',
    '/wp-content/./uploads/x/../2026/run.php',
    '/wp-settings.php',
    '/wp-load.php',
    '/wp-blog-header.php',
    '/wp-admin/upgrade-functions.php',
    '/wp-admin/menu.php',
    '/wp-content/themes/twentytwentyfive/functions.php',
    '/wp-content/themes/twentytwentyfive/patterns/footer.php',
    '/wp-content/plugins/parts/part.php',
    '/wp-content/plugins/parts/part.PHP',
    '/wp-config-old.php',
    '/wp-config.php~',
    '/dump.sql',
    '/package.json',
    '/wp-content/uploads/2026/run.php.jpg',
    '/wp-content/themes/x/composer.lock',
    '/wp-content/uploads/2026/run%2Ephp',
    '/%2Egit/config',
    '/wp-content/uploads/2026/run.php?x=.jpg',
  ];
  for (const path of refused) {
    const { status, text } = await raw(origin, `GET ${path} HTTP/1.1`);
    t.equal(status, 403, path);
    t.notMatch(text, /ran1|secret|<\?php/, path);
  }
  for (const path of [
    '/../../etc/passwd',
    '/wp-content/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
    '/wp-content/../../etc/passwd',
  ]) {
    const { status, text } = await raw(origin, `GET ${path} HTTP/1.1`);
    t.ok([400, 403, 404].includes(status), `${path}: ${status}`);
    t.notMatch(text, 'root:');
  }
  // The same words, where they are no programs: pages and documents.
  const welcome: readonly (readonly [string, number])[] = [
    ['/wp-config-tips/', 404],
    ['/.well-known', 404],
    ['/.well-known/none', 404],
    ['/search/package.json', 200],
    ['/search/what.is.sql', 200],
    ['/wp-content/uploads/2026/learn.php-in-7-days.pdf', 200],
    ['/wp-content/plugins/parts/entry.php', 200],
    ['/wp-content/plugins/parts/alone.php', 200],
    ['/index.php', 200],
    ['/wp-cron.php', 200],
  ];
  for (const [path, expected] of welcome) {
    const { status, text } = await raw(origin, `GET ${path} HTTP/1.1`);
    t.equal(status, expected, path);
    if (expected === 404) t.match(text, 'wp-block', `${path}: WordPress says so`);
  }
  for (const method of ['PUT', 'DELETE', 'OPTIONS'])
    for (const path of [
      '/?rest_route=/wp/v2/posts/1',
      '/index.php?rest_route=/wp/v2/posts/1',
      '/wp-json/wp/v2/posts/1',
    ]) {
      const { status, text } = await raw(origin, `${method} ${path} HTTP/1.1`);
      t.ok([200, 401].includes(status), `${method} ${path}: ${status}`);
      t.match(text, 'application/json');
    }
  const methods = await Promise.all(
    ['TRACE', 'CONNECT'].map((method) => raw(origin, `${method} / HTTP/1.1`)),
  );
  t.ok(methods.every(({ status }) => status === 405 || status === 400));
  t.equal((await raw(origin, 'GET / HTTP/1.1', [`X-Long: ${'a'.repeat(70_000)}`])).status, 400);
  t.equal(
    (await raw(origin, 'POST / HTTP/1.1', ['Content-Length: 90000000'])).status,
    413,
    'more than an upload',
  );
  t.equal((await raw(origin, 'POST /wp-login.php HTTP/1.1', ['Content-Length: 200000'])).status, 413);
  t.equal((await raw(origin, 'POST /xmlrpc.php HTTP/1.1', ['Content-Length: 2000000'])).status, 413);
  t.equal(
    (await open.browser.get('/wp-content/uploads/2026/plain.txt')).text,
    'plain\n',
    'what is harmless is shown',
  );
});

t.test('headers', async (t) => {
  const front = await open.browser.get('/');
  const get = (page: typeof front, name: string) => page.headers.get(name);
  t.equal(get(front, 'server'), 'nginx', 'no version');
  t.equal(get(front, 'x-powered-by'), null);
  t.notMatch(front.text, /name="generator"/);
  t.notMatch((await open.browser.get('/feed/')).text, /<generator>/);
  t.equal(get(front, 'x-content-type-options'), 'nosniff');
  t.equal(get(front, 'referrer-policy'), 'strict-origin-when-cross-origin');
  t.equal(get(front, 'x-frame-options'), 'SAMEORIGIN');
  t.equal(get(front, 'strict-transport-security'), null);
  const login = await open.browser.get('/wp-login.php');
  t.equal(get(login, 'x-frame-options'), 'SAMEORIGIN', 'not said twice');
  t.equal(get(await open.browser.get('/hello-world/embed/'), 'x-frame-options'), null, 'may be embedded');
  for (const [name, type] of [
    ['module.mjs', 'text/javascript'],
    ['site.webmanifest', 'application/manifest+json'],
    ['font.otf', 'font/otf'],
  ] as const)
    t.equal(get(await open.browser.get(`/wp-content/uploads/2026/${name}?ver=1`), 'content-type'), type);
  t.equal(
    get(await open.browser.get('/?p=1&embed=true'), 'x-frame-options'),
    null,
    'with plain permalinks, too',
  );
  t.equal(get(await open.browser.get('/?p=1'), 'x-frame-options'), 'SAMEORIGIN');
  t.equal(get(await open.browser.get('/', { 'accept-encoding': 'br' }), 'content-encoding'), 'br');
  const sheet = '/wp-content/uploads/2026/beforehand.css';
  // What the file beside it has, which is nothing that nginx made.
  const raw = (await inside(open.web, 8080, sheet, 'Accept-Encoding: br')).split('\r\n\r\n');
  t.match(raw[0], /^Content-Encoding: br\r?$/m, 'what was compressed beforehand is given out as it is');
  t.equal(raw[1], 'compressed\n');
  t.match(await inside(open.web, 8080, sheet), '.a { color: red }');
  t.match(await open.web.run('cat /proc/net/tcp6'), /^ *\d+: 0{32}:1F90 /m, 'on IPv6');
  for (const name of ['page.html', 'image.svg'])
    t.match(
      get(await open.browser.get(`/wp-content/uploads/2026/${name}`), 'content-security-policy'),
      /default-src 'none'.*sandbox/,
      `no script of ${name} runs`,
    );
});

t.test('who guesses passwords is slowed down, and nobody else', async (t) => {
  const guess = () => open.browser.post('/wp-login.php', { log: 'admin', pwd: 'guess' });
  const statuses = (await Promise.all(Array.from({ length: 25 }, guess))).map(({ status }) => status);
  t.ok(statuses.filter((status) => status === 429).length >= 10, statuses.join());
  t.ok(statuses.includes(200), 'some were let through');
  t.equal((await open.browser.get('/wp-login.php')).status, 200, 'the form is still shown');
  const calls = await Promise.all(
    Array.from({ length: 45 }, () => open.browser.send('/xmlrpc.php', Buffer.from('<x/>'), {})),
  );
  t.ok(calls.filter(({ status }) => status === 429).length >= 10);
});

t.test('only a trusted proxy is believed', async (t) => {
  const claims = {
    'x-forwarded-for': '203.0.113.9',
    'x-forwarded-proto': 'https',
    'x-request-id': 'from-the-proxy-1',
    'client-ip': '203.0.113.8',
    proxy: 'http://evil.example',
  };
  const server = async (
    browser: Browser,
    headers: Record<string, string>,
  ): Promise<Record<string, string | null>> => {
    const page = await browser.get('/?server', headers);
    return { id: page.headers.get('x-request-id'), ...(JSON.parse(page.text) as Record<string, string>) };
  };
  const believed = await server(behind.browser, claims);
  t.match(believed, {
    id: 'from-the-proxy-1',
    REMOTE_ADDR: '203.0.113.9',
    HTTPS: 'on',
    HTTP_X_REQUEST_ID: 'from-the-proxy-1',
    HTTP_X_FORWARDED_FOR: '203.0.113.9',
    HTTP_X_FORWARDED_PROTO: 'https',
  });
  t.notOk(believed['HTTP_CLIENT_IP'] ?? believed['HTTP_PROXY'], "what a proxy has no word for is nobody's");
  const chain = await server(behind.browser, { 'x-forwarded-for': '198.51.100.1, 203.0.113.9, 10.1.2.3' });
  t.equal(
    chain.REMOTE_ADDR,
    '203.0.113.9',
    'the last that is not a proxy: what a client adds is not believed',
  );
  const cloudfront = { 'x-forwarded-proto': 'http', 'cloudfront-forwarded-proto': 'https' };
  t.equal((await server(behind.browser, cloudfront)).HTTPS, 'on');
  t.equal(
    (await server(behind.browser, { 'x-forwarded-proto': 'https', 'cloudfront-forwarded-proto': 'http' }))
      .HTTPS,
    undefined,
  );
  const doubted = await server(open.browser, claims);
  t.notMatch(doubted, { REMOTE_ADDR: '203.0.113.9' });
  t.match(doubted, { HTTP_X_FORWARDED_PROTO: 'http', HTTP_X_FORWARDED_FOR: doubted.REMOTE_ADDR });
  t.equal(doubted.HTTPS, undefined);
  t.match(doubted.id, /^[0-9a-f]{32}$/);
  t.equal(doubted.HTTP_X_REQUEST_ID, doubted.id, 'one number for both');
  const { stdout } = await behind.web.logged(/from-the-proxy-1/);
  const line = stdout.split('\n').find((text) => text.includes('from-the-proxy-1')) ?? '{}';
  t.match(JSON.parse(line), {
    address: '203.0.113.9',
    scheme: 'https',
    uri: '/?server',
    status: 200,
    cache: 'BYPASS',
    method: 'GET',
    request_id: 'from-the-proxy-1',
    upstream_time: /^\d+\.\d+$/,
    request_time: Number,
  });
  await open.browser.get('/wp-login.php?action=rp&key=sesame&login=admin');
  const log = await open.web.logged(/wp-login\.php\?\.\.\./);
  t.notMatch(log.stdout, 'sesame', 'no secret of an address is in the log');
});

t.test('the admin over HTTPS, behind haproxy, which ends TLS', async (t) => {
  const { host } = new URL(await behind.web.origin());
  const proxy = await startLoadBalancer([host], t.testdir({}), certificates);
  t.teardown(() => proxy.stop());
  await site.database.run(
    `mariadb site -e "UPDATE wp_options SET option_value = '${proxy.origin}' WHERE option_name IN ('siteurl', 'home')"`,
  );
  const visitor = '127.0.0.42';
  const browser = new Browser(proxy.origin, { ca: readFileSync(certificates.ca, 'utf8'), from: visitor });
  const front = await browser.get('/');
  t.equal(front.status, 200, 'no redirect loop');
  t.match(front.text, `${proxy.origin}/wp-includes/`, 'and its own address, with the port');
  t.equal(front.headers.get('strict-transport-security'), 'max-age=600');
  const asked = await browser.get('/wp-admin/');
  t.equal(asked.status, 302);
  const form = asked.headers.get('location') ?? '';
  t.match(form, `${proxy.origin}/wp-login.php?redirect_to=`);
  t.equal((await browser.get(form)).status, 200, 'and there it ends');
  const entered = await logIn(browser);
  t.equal(entered.status, 302);
  t.equal(entered.headers.get('location'), `${proxy.origin}/wp-admin/`);
  const cookies = entered.headers.getSetCookie().filter((line) => /^wordpress_(sec|logged_in)_/.test(line));
  t.ok(cookies.length >= 3, 'of the admin, of plugins and of pages');
  for (const line of cookies) t.match(line, /; secure(;|$)/i);
  const admin = await browser.get('/wp-admin/');
  t.equal(admin.status, 200);
  t.match(admin.text, '<h1>Dashboard</h1>');
  t.notMatch(admin.text, /(?:src|href)=['"]http:/, 'nothing without TLS');
  t.equal((await browser.get('/wp-admin/post-new.php')).status, 200);
  t.equal((await browser.get('/wp-admin')).headers.get('location'), '/wp-admin/');
  const saved = await browser.send(
    '/index.php?rest_route=/wp/v2/posts',
    Buffer.from(JSON.stringify({ title: 'Over TLS', status: 'publish' })),
    {
      'x-wp-nonce': (await browser.get('/wp-admin/admin-ajax.php?action=rest-nonce')).text,
      'content-type': 'application/json',
    },
  );
  t.equal(saved.status, 201);
  const plain = await behind.browser.get('/wp-admin/', { 'x-forwarded-proto': 'http' });
  t.equal(plain.status, 302, 'who comes without TLS is not in');

  t.test('what a visitor claims is nothing, through the proxy and past it', async (t) => {
    const claims = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'http' };
    const through = await browser.get('/?server=through', claims);
    t.match(JSON.parse(through.text), { REMOTE_ADDR: visitor, HTTPS: 'on', HTTP_X_FORWARDED_FOR: visitor });
    const lines = ['GET /?server=past HTTP/1.0', 'Host: site.example', 'X-Forwarded-Proto: https'];
    const request = [...lines, 'X-Forwarded-For: 203.0.113.9', '', ''].join('\\r\\n');
    const past = await open.web.run(
      `bash -c 'exec 3<>/dev/tcp/behind/8080; printf "${request}" >&3; cat <&3'`,
    );
    const seen = JSON.parse(past.slice(past.indexOf('{'))) as Record<string, string>;
    t.match(seen, { REMOTE_ADDR: stranger, HTTP_X_FORWARDED_PROTO: 'http' });
    t.equal(seen['HTTPS'], undefined);
    await behind.web.logged(/server=through/);
    const { stdout } = await behind.web.logged(/server=past/);
    for (const [name, address, scheme] of [
      ['through', visitor, 'https'],
      ['past', stranger, 'http'],
    ] as const) {
      const line = stdout.split('\n').find((text) => text.includes(`server=${name}`)) ?? '{}';
      t.match(JSON.parse(line), { address, scheme }, `${name}: the true address is in the log`);
    }
  });
});

t.test('health, readiness and metrics', async (t) => {
  const metrics = await inside(open.web, 9253, '/metrics');
  t.match(metrics, /^nginx_http_requests_total [1-9]\d*$/m);
  t.match(metrics, /^nginx_http_responses_total\{class="4xx"\} [1-9]\d*$/m);
  t.match(metrics, /^nginx_page_cache_requests_total\{state="miss"\} [1-9]\d*$/m);
  t.match(metrics, /^phpfpm_accepted_connections_total [1-9]\d*$/m);
  t.match(metrics, /^php_opcache_scripts [1-9]\d+$/m);
  t.notMatch(await inside(open.web, 8080, '/metrics'), /nginx_http_requests_total/);
  t.match(await inside(open.web, 9253, '/wp-login.php'), /^HTTP\/1\.1 404/);
  t.match(await inside(open.web, 8080, '/readyz'), /^HTTP\/1\.1 200/);
  await site.database.stop();
  t.match(await inside(open.web, 8080, '/healthz'), /^HTTP\/1\.1 200/, 'alive without a database');
  t.match(await inside(open.web, 8080, '/readyz'), /^HTTP\/1\.1 503/, 'and not ready, as it was told');
  t.match(await inside(behind.web, 8080, '/readyz'), /^HTTP\/1\.1 200/, 'which must be asked for');
});

t.test('a bad setting stops the container, and is named', async (t) => {
  const wrong: readonly (readonly [Record<string, string>, RegExp])[] = [
    [{ NGINX_PAGE_CACHE: 'maybe' }, /NGINX_PAGE_CACHE is "maybe"; it must be on or off/],
    [{ NGINX_PAGE_CACHE_KEY_COOKIES: 'a b;c' }, /NGINX_PAGE_CACHE_KEY_COOKIES has "b;c"/],
    [{ NGINX_KEEPALIVE_TIMEOUT: 'long' }, /NGINX_KEEPALIVE_TIMEOUT is "long"/],
    [
      { WORDPRESS_URL: 'http://site.example/blog' },
      /WORDPRESS_URL is "http:\/\/site.example\/blog"; it must be an address without a path/,
    ],
    [{ NGINX_PAGE_CACHE_SECONDS: '-1' }, /NGINX_PAGE_CACHE_SECONDS is "-1"/],
    [{ NGINX_TRUSTED_PROXIES: '10.0.0.0/8; allow all' }, /NGINX_TRUSTED_PROXIES has "10.0.0.0\/8;"/],
    [{ NGINX_TRUSTED_PROXIES: '10.0.0.0/99' }, /nginx does not accept its settings.*10\.0\.0\.0\/99/],
  ];
  await Promise.all(
    wrong.map(async ([environment, message], number) => {
      const container = await site.create(`wrong${number}`, environment);
      const { StatusCode } = (await container.docker.wait()) as { StatusCode: number };
      t.not(StatusCode, 0);
      t.match((await container.logs()).stderr, message);
    }),
  );
});

/** A request as it is written: no client mends its path. The body that it announces does not come. */
function raw(
  origin: string,
  line: string,
  headers: readonly string[] = [],
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(origin).port) });
    let text = '';
    const done = () => resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0), text });
    socket.setTimeout(30_000, () => socket.destroy(new Error(`${line}: no answer`)));
    socket.on('data', (bytes) => (text += bytes.toString()));
    socket.on('close', done);
    socket.on('error', (error) => (text === '' ? reject(error) : done()));
    socket.write([line, 'Host: site.example', 'Connection: close', ...headers, '', ''].join('\r\n'));
  });
}

/** What the container answers to itself, head and all. */
function inside(container: TestContainer, port: number, path: string, header = 'X-None: 0'): Promise<string> {
  return container.run(
    `bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port}; printf "GET ${path} HTTP/1.0\\r\\n${header}\\r\\n\\r\\n" >&3; cat <&3'`,
  );
}
