import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { Browser } from '../../builder/testing/browser.js';
import { buildForTest, removeTags } from '../../builder/testing/build-for-test.js';
import { ContainerNetwork } from '../../builder/testing/containers.js';
import { type Replica, WordpressReplicas } from '../../builder/testing/wordpress-replicas.js';
import { wordpressTask } from '../../builder/testing/wordpress-task.js';

// Nothing that is one visitor's is given to another, and nothing safe is dropped, whichever replica is asked.

// Three cold builds on a slow machine.
t.setTimeout(1_800_000);

const builds = [await buildForTest('mariadb'), await buildForTest('valkey'), await buildForTest('wordpress')];
const [database = '', cache = '', wordpress = ''] = builds.map(({ reference }) => reference);
t.teardown(() => removeTags(database, cache, wordpress));
const network = await ContainerNetwork.create();
t.teardown(() => network.remove());
const secrets = t.testdir({ password: 'secret\n' });
const site = await WordpressReplicas.start(network, { database, cache, wordpress, secrets });
const long = { NGINX_PAGE_CACHE_SECONDS: '3600', WORDPRESS_DB_TLS: 'required' };
const one = await site.add('one', long, wordpressTask);
const [two, keyed, plain] = await Promise.all([
  site.add('two', long, wordpressTask),
  site.add('keyed', {
    ...long,
    NGINX_PAGE_CACHE_KEY_COOKIES: 'currency, pll_language',
    NGINX_PAGE_CACHE_IGNORE_COOKIES: 'theirs_*',
    NGINX_PAGE_CACHE_BYPASS_COOKIES: '_ga',
    NGINX_PAGE_CACHE_IGNORE_ARGUMENTS: 'aff_*',
    NGINX_PAGE_CACHE_KEY_HEADERS: 'Accept',
    WORDPRESS_CACHE_HOST: '',
    WORDPRESS_CACHE_PASSWORD_FILE: '',
  }),
  site.add('plain', { WORDPRESS_CACHE_HOST: '', WORDPRESS_CACHE_PASSWORD_FILE: '' }),
]);
const content = '/var/lib/wordpress/wp-content';

/** What sites install, in small. Each page has a number of its own. */
await one.web.run(
  `mkdir -p ${content}/uploads/woocommerce_uploads && cat >${content}/mu-plugins/probe.php <<'END'
<?php
add_filter('redirect_canonical', '__return_false');
$page = strtok($_SERVER['REQUEST_URI'] ?? '', '?');
if (str_starts_with($page, '/probe/')) {
    add_filter('pre_handle_404', '__return_true');
    add_action('template_redirect', function () use ($page) {
        $made = bin2hex(random_bytes(8));
        // More than PHP keeps back by itself.
        if (!in_array($page, ['/probe/count/', '/probe/download/'])) echo str_repeat('<!-- the page has begun -->', 1000);
        match (explode('/', $page)[2]) {
            'constant' => define('DONOTCACHEPAGE', true),
            'nocache' => nocache_headers(),
            'cookie' => setcookie('cart', '1'),
            'session' => session_start(),
            'user' => [wp_set_current_user(1), print(wp_create_nonce('x')), wp_set_current_user(0)],
            'error' => http_response_code(403),
            'vary' => header('Vary: Cookie'),
            'large' => print(str_repeat('x', 5_000_000)),
            'visit' => print(json_encode([$_COOKIE, $_GET, $_SERVER['REQUEST_URI'], wp_is_mobile()]
                + array_filter($_SERVER, fn ($name) => preg_match('/^HTTP_(?!HOST|X_|CONN)/', $name), ARRAY_FILTER_USE_KEY))),
            'count' => [session_start(), $_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1, print("n={$_SESSION['n']} "),
                usleep((int) ($_GET['wait'] ?? 0))],
            'download' => header('X-Accel-Redirect: ' . ($_GET['by'] ?? '') . '/wp-content/uploads/woocommerce_uploads/file.zip'),
            'database' => print(get_class($GLOBALS['wpdb']) . $GLOBALS['wpdb']->get_row("SHOW STATUS LIKE 'Ssl_cipher'")->Value),
            default => null,
        };
        exit(" made $made");
    }, 0);
}
END
echo secret >${content}/uploads/woocommerce_uploads/file.zip`,
  'www-data',
);

const text = async (
  { web }: Replica,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> =>
  (await new Browser(await web.origin()).get(path, headers)).text.replaceAll(/<!--.*?-->/g, '');
/** Whether two strangers, who ask after each other with these headers, are given one page. */
async function same(
  replica: Replica,
  path: string,
  first: Readonly<Record<string, string>> = {},
  second = first,
): Promise<boolean> {
  return (await text(replica, path, first)) === (await text(replica, path, second));
}
/** As `same`; again where something purged all pages between the two, as cron may. */
async function keeps(...asked: Parameters<typeof same>): Promise<boolean> {
  for (let tries = 0; tries < 3; tries += 1) if (await same(...asked)) return true;
  return false;
}

t.test('whether a page is kept is decided when it is whole', async (t) => {
  t.ok(await keeps(one, '/probe/ordinary/'));
  for (const name of ['constant', 'nocache', 'cookie', 'session', 'user', 'error', 'vary', 'large'])
    t.notOk(await same(one, `/probe/${name}/`), `${name}: decided after the page has begun`);
  t.ok(await keeps(one, '/probe/ordinary/?utm_source=a&gclid=b', {}), 'a campaign');
  t.equal(
    await text(one, '/probe/ordinary/?fbclid=x'),
    await text(one, '/probe/ordinary/'),
    'has the page of all',
  );
  for (const query of ['?s=x', '?p=1', '?preview=true', '?unknown=1', '?utm_source=a&p=1'])
    t.notOk(await same(one, `/probe/ordinary/${query}`), query);
  const browser = new Browser(await one.web.origin());
  t.equal((await browser.get('/?rest_route=/')).headers.get('x-cache'), 'BYPASS');
  const states = [await browser.get('/nothing/'), await browser.get('/nothing/')];
  t.same(
    states.map((page) => [page.status, page.headers.get('x-cache')]),
    [
      [404, 'MISS'],
      [404, 'HIT'],
    ],
    'what is not there is kept for seconds',
  );
});

t.test('a cookie that a page may depend on is not answered from the cache, nor put into it', async (t) => {
  const path = '/probe/visit/';
  const harmless = '_ga=GA1.2.3; _fbp=1; cookieyes-consent=yes';
  t.ok(await keeps(one, path, {}, { cookie: harmless }), 'statistics and consent');
  t.notMatch(await text(one, path, { cookie: harmless }), 'GA1', 'which PHP does not see');
  const dear = [
    'currency=EUR',
    'pll_language=de',
    'WP_SESSION=1',
    'any',
    'a=_ga=1',
    '_ga=1; mine=2',
    'wordpress_logged_in_0a=x',
  ];
  for (const cookie of dear) {
    t.notOk(await same(one, path, { cookie }), cookie);
    t.notOk(await same(one, path, { cookie }, {}), `${cookie}, and the next stranger`);
  }
  const by = (cookie: string) => text(keyed, path, { cookie });
  t.equal(
    await by('currency=EUR; theirs_1=x'),
    await by('theirs_2=y; currency=EUR'),
    'named as part of the key',
  );
  t.match(await by('currency=EUR; theirs_1=x'), /"currency":"EUR"}/);
  t.not(await by('currency=EUR'), await by('currency=USD'));
  t.not(await by('currency=EUR'), await by('pll_language=EUR'));
  t.not(await by('_ga=1'), await by('_ga=1'), 'named as none to be kept');
  t.ok(await keeps(keyed, '/probe/visit/?aff_id=1', {}, {}), 'an argument that was named');
});

t.test('of a request that may be kept PHP sees what is in the key', async (t) => {
  const path = '/probe/visit/?utm_source=x';
  const phone = { 'user-agent': 'Mozilla/5.0 (Linux; Android 15) Mobile', 'accept-language': 'de-AT,fr' };
  t.match(
    await text(one, path, phone),
    /\[\[\],\[\],"\\\/probe\\\/visit\\\/",true\]|"0":\[\].*"3":true/,
    'a phone, and no campaign',
  );
  const others: Readonly<Record<string, string>>[] = [{ 'user-agent': 'curl' }, { 'accept-language': 'fr' }];
  for (const headers of others) t.notOk(await same(one, path, phone, headers), JSON.stringify(headers));
  const seen = await text(one, '/probe/visit/', {
    referer: 'http://secret.example/',
    'x-custom': 'secret',
    accept: 'secret/type',
    dnt: '1',
    'cloudfront-viewer-country': 'secret',
    'accept-language': 'it-IT, secret',
  });
  t.notMatch(seen, 'secret');
  t.ok(await keeps(one, '/probe/visit/', { 'x-custom': 'a' }, { 'x-custom': 'b' }));
  t.notOk(
    await same(keyed, '/probe/visit/', { accept: 'a/b' }, { accept: 'c/d' }),
    'a header that was named',
  );
  t.notOk(await same(one, '/probe/visit/', { 'x-requested-with': 'XMLHttpRequest' }));
});

t.test('sessions are the same in all replicas, and one request at a time has one', async (t) => {
  for (const [name, replicas] of [
    ['in Valkey', [one, two]],
    ['on the volume', [keyed, plain]],
  ] as const) {
    let cookie = '';
    for (let n = 1; n <= 4; n += 1) {
      const page = await new Browser(await (replicas[n % 2] ?? one).web.origin()).get('/probe/count/', {
        cookie,
      });
      cookie = page.headers.getSetCookie()[0]?.replace(/;.*/, '') ?? cookie;
      t.match(page.text, `n=${n} `, name);
    }
    const crowd = await Promise.all(
      [0, 1, 2, 3].map((n) => text(replicas[n % 2] ?? one, '/probe/count/?wait=100000', { cookie })),
    );
    t.same(
      crowd.map((page) => Number(/n=(\d+)/.exec(page)?.[1])).toSorted((a, b) => a - b),
      [5, 6, 7, 8],
      `${name}: at once`,
    );
    const invented = await new Browser(await one.web.origin()).get('/probe/count/', {
      cookie: 'PHPSESSID=0123456789abcdef01234567',
    });
    t.match(invented.headers.get('set-cookie'), /PHPSESSID=(?!0123456789)/, `${name}: strict`);
  }
  await plain.web.run('touch -d "1 hour ago" /var/lib/wordpress/.platen/sessions/* && platen-wp cron');
});

t.test('who guesses passwords is slowed down by all replicas together', async (t) => {
  const replicas = [one, two];
  const guesses = Array.from({ length: 24 }, (_, n) =>
    (replicas[n % 2] ?? one).browser.post('/wp-login.php', { log: 'admin', pwd: 'guess' }),
  );
  const statuses = (await Promise.all(guesses)).map(({ status }) => status);
  const let_in = statuses.filter((status) => status === 200).length;
  t.ok(let_in >= 10 && let_in <= 20, `${let_in} of 24 were let in: ${statuses.join()}`);
  t.equal((await one.browser.get('/wp-login.php')).status, 200);
});

t.test('folders that plugins protect by .htaccess are refused, by all replicas', async (t) => {
  const uploads = `${content}/uploads`;
  await one.web.run(
    `cd ${uploads} && mkdir -p edd/2026 gravity_forms own/deep/er public backup-x quiet && for file in edd/2026/song.zip edd/2026/cover.jpg \
      gravity_forms/a.pdf own/deep/er/a.txt public/a.txt public/a.txt.bak2 quiet/a.txt; do echo text >$file; done; \
      printf 'Options -Indexes\\n<Files *.bak2>\\n  deny from all\\n</Files>\\n' >public/.htaccess`,
    'www-data',
  );
  const all = (path: string) =>
    Promise.all(
      [one, two].map(async ({ browser }) => (await browser.get(`/wp-content/uploads/${path}`)).status),
    );
  t.same(await all('own/deep/er/a.txt'), [200, 200]);
  t.same(await all('quiet/a.txt'), [200, 200]);
  await one.web.run(
    `cd ${uploads} && printf 'Order Deny,Allow\\nDeny from all\\n' >own/.htaccess && printf '<IfModule mod_authz_core.c>\\nRequire all denied\\n</IfModule>' >quiet/.htaccess`,
    'www-data',
  );
  const refused = [
    'own/deep/er/a.txt',
    'quiet/a.txt',
    'woocommerce_uploads/file.zip',
    'gravity_forms/a.pdf',
    'edd/2026/song.zip',
  ];
  for (const path of [
    ...refused,
    'public/a.txt.bak2',
    'woocommerce_uploads//file.zip',
    '%77oocommerce_uploads/file.zip',
  ])
    t.same(await all(path), [403, 403], path);
  for (const path of ['public/a.txt', 'edd/2026/cover.jpg']) t.same(await all(path), [200, 200], path);
  await one.web.run(
    `echo '<configuration><system.webServer><authorization><deny users="*" /></authorization></system.webServer></configuration>' >${uploads}/public/web.config`,
    'www-data',
  );
  // What was asked about just before is known.
  await sleep(2000);
  t.same(await all('public/a.txt'), [403, 403], 'web.config');
  for (const by of ['', '/var/lib/wordpress'])
    t.match(
      (await one.browser.get(`/probe/download/?by=${by}`)).text,
      /^secret\n/,
      'given out by X-Accel-Redirect',
    );
});

t.test('what safety rests on comes from the image, whatever is on the volume', async (t) => {
  const own = 'Platen\\Database';
  t.match(await text(one, '/probe/database/?a'), `${own}TLS_`);
  await one.web.run(
    `cd ${content} && echo '<?php $wpdb = new wpdb(DB_USER, DB_PASSWORD, DB_NAME, DB_HOST);' >db.php && rm mu-plugins/platen.php && rm -r themes/twentytwentyfive`,
    'www-data',
  );
  t.match(await text(one, '/probe/database/?b'), `${own}TLS_`, 'not by somebody else’s db.php');
  await t.rejects(one.web.run('platen-wp doctor >&2', 'www-data'), /WRONG .*mu-plugins\/platen\.php/);
  const purged = await one.web.run('cat /var/lib/wordpress/.platen/page-cache', 'www-data');
  await one.web.run('platen-wp flush-cache', 'www-data');
  t.not(
    await one.web.run('cat /var/lib/wordpress/.platen/page-cache', 'www-data'),
    purged,
    'pages are purged without the link',
  );
  await two.web.docker.restart({ t: 0 });
  await two.web.until('platen-health');
  await one.web.run(
    `cd ${content} && test -e mu-plugins/platen.php && test -e themes/twentytwentyfive`,
    'www-data',
  );
  await one.web.run(`rm ${content}/db.php`, 'www-data');
});
