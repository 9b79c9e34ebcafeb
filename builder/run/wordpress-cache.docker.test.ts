import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { Browser } from '../testing/browser.js';
import { buildForTest, removeTags } from '../testing/build-for-test.js';
import { ContainerNetwork } from '../testing/containers.js';
import { restNonce, WordpressReplicas } from '../testing/wordpress-replicas.js';

// Three cold builds on a slow machine.
t.setTimeout(1_800_000);

const builds = [await buildForTest('mariadb'), await buildForTest('valkey'), await buildForTest('wordpress')];
const [database = '', cache = '', wordpress = ''] = builds.map(({ reference }) => reference);
t.teardown(() => removeTags(database, cache, wordpress));
const network = await ContainerNetwork.create();
t.teardown(() => network.remove());
const secrets = t.testdir({ password: "it's a \\ secret;\n" });
const site = await WordpressReplicas.start(network, { database, cache, wordpress, secrets });
// Pages that are never made anew, but for a change; and one that is soon out of date.
const one = await site.add('one', { NGINX_PAGE_CACHE_SECONDS: '3600' });
const [two, brief, off] = await Promise.all([
  site.add('two', { NGINX_PAGE_CACHE_SECONDS: '3600' }),
  site.add('brief', { NGINX_PAGE_CACHE_SECONDS: '1' }),
  site.add('off', { NGINX_PAGE_CACHE: 'off', WORDPRESS_CACHE_HOST: '', WORDPRESS_CACHE_PASSWORD_FILE: '' }),
]);
const editor = new Browser(await one.web.origin());
const nonce = await restNonce(editor);

/** Pages of the test's own: each answer has a number of its own. */
await one.web.run(`cat >/var/lib/wordpress/wp-content/mu-plugins/probe.php <<'END'
<?php
// Asked by an address that is not its own.
add_filter('redirect_canonical', '__return_false');
$page = strtok($_SERVER['REQUEST_URI'] ?? '', '?');
if (str_starts_with($page, '/probe/')) {
    if ($page === '/probe/cookie/') setcookie('cart', '1');
    if ($page === '/probe/private/') header('Cache-Control: private');
    if ($page === '/probe/slow/') sleep(2);
    if ($page === '/probe/flaky/' && file_exists('/tmp/broken')) { http_response_code(500); exit('broken'); }
    exit('made ' . bin2hex(random_bytes(8)));
}
add_action('init', function () {
    if (($_GET['probe'] ?? '') === 'cache') {
        global $wp_object_cache;
        wp_cache_get('blogname', 'options');
        exit(json_encode([wp_using_ext_object_cache(), get_option('blogname'), $wp_object_cache->cache_hits, $wp_object_cache->cache_misses]));
    }
});
END
chmod 644 /var/lib/wordpress/wp-content/mu-plugins/probe.php`);

const state = (page: { headers: { get(name: string): string | null } }): string | null =>
  page.headers.get('x-cache');
const send = (path: string, body: unknown): Promise<{ status: number; text: string }> =>
  editor.send(`/index.php?rest_route=${path}`, Buffer.from(JSON.stringify(body)), {
    'x-wp-nonce': nonce,
    'content-type': 'application/json',
  });

t.test('what is kept for all, and what is made for each', async (t) => {
  const origin = await one.web.origin();
  const stranger = new Browser(origin);
  const twice = async (path: string, headers: Record<string, string> = {}, who = stranger) => {
    const pages = [await who.get(path, headers), await who.get(path, headers)];
    return { states: pages.map(state), same: pages[0]?.text === pages[1]?.text };
  };
  t.same(await twice('/probe/plain/'), { states: ['MISS', 'HIT'], same: true });
  t.same(
    await twice('/probe/plain/', {}, new Browser(origin.replace('127.0.0.1', 'localhost'))),
    { states: ['MISS', 'HIT'], same: true },
    'each host has its own',
  );
  const made: readonly (readonly [string, Record<string, string>, string])[] = [
    ['/probe/plain/?a=1', {}, 'BYPASS'],
    ['/probe/plain/', { cookie: 'wordpress_logged_in_0123abcd=me' }, 'BYPASS'],
    ['/probe/plain/', { cookie: 'a=b; comment_author_0123=me' }, 'BYPASS'],
    ['/probe/plain/', { cookie: 'wp-postpass_0123=x' }, 'BYPASS'],
    ['/probe/plain/', { cookie: 'woocommerce_items_in_cart=1' }, 'BYPASS'],
    ['/probe/plain/', { authorization: 'Basic bWU6bWU=' }, 'BYPASS'],
    ['/probe/feed/', {}, 'BYPASS'],
    ['/probe/cookie/', {}, 'MISS'],
    ['/probe/private/', {}, 'MISS'],
  ];
  for (const [path, headers, expected] of made)
    t.same(
      await twice(path, headers),
      { states: [expected, expected], same: false },
      `${path} ${JSON.stringify(headers)}`,
    );
  const posted = await stranger.post('/probe/plain/', {});
  t.equal(state(posted), null);
  t.same(await twice('/probe/plain/'), { states: ['HIT', 'HIT'], same: true }, 'nothing of it was kept');
  for (const path of ['/wp-login.php', '/wp-json/', '/wp-sitemap.xml'])
    t.equal(state(await stranger.get(path)), 'BYPASS', path);
  t.same(
    [state(await off.browser.get('/probe/plain/')), state(await off.browser.get('/probe/plain/'))],
    [null, null],
    'turned off',
  );
});

t.test('one asks PHP for all, and its errors are not seen', async (t) => {
  const crowd = await Promise.all(Array.from({ length: 20 }, () => two.browser.get('/probe/slow/')));
  t.equal(new Set(crowd.map(({ text }) => text)).size, 1, 'made once');
  const { text } = await brief.browser.get('/probe/flaky/');
  await brief.web.run('touch /tmp/broken');
  for (let seconds = 0; seconds < 3; seconds += 1) {
    await sleep(1100);
    const page = await brief.browser.get('/probe/flaky/');
    t.equal(page.status, 200);
    t.equal(page.text, text, `${state(page)}: the last good one`);
  }
  await brief.web.run('rm /tmp/broken');
  await until(async () => (await brief.browser.get('/probe/flaky/')).text !== text);
});

t.test('a change is seen by all, of all replicas', async (t) => {
  const anonymous = [one, two];
  await shows('Hello world!');
  // What the installation and its cron do ends at some time.
  for (const { browser } of anonymous) await until(async () => state(await browser.get('/')) === 'HIT');
  const post = JSON.parse((await send('/wp/v2/posts', { title: 'A New Post', status: 'publish' })).text) as {
    id: number;
  };
  await shows('A New Post');
  await send(`/wp/v2/posts/${post.id}`, { title: 'Another Title' });
  await shows('Another Title');
  await send('/wp/v2/settings', { title: 'Renamed Site' });
  await shows('Renamed Site');
  await site.cache?.stop();
  await send(`/wp/v2/posts/${post.id}`, { title: 'Without a Cache' });
  await shows('Without a Cache');
  await site.cache?.docker.start();
  await site.cache?.until('valkey-health');
  const before = await one.web.run('cat /var/lib/wordpress/.platen/page-cache');
  await send('/wp/v2/posts', { title: 'Only a draft', status: 'draft' });
  t.equal(
    await one.web.run('cat /var/lib/wordpress/.platen/page-cache'),
    before,
    'what nobody sees changes nothing',
  );

  async function shows(text: string): Promise<void> {
    const begin = performance.now();
    for (const { browser } of anonymous)
      await until(async () => (await browser.get('/')).text.includes(text));
    const ms = Math.round(performance.now() - begin);
    // On an idle machine a quarter of a second, and the time to make the page; it is kept for an hour otherwise.
    t.ok(ms < 20_000, `"${text}" was seen after ${ms} ms`);
  }
});

t.test('objects are kept in Valkey', async (t) => {
  const ask = async ({ browser }: { browser: Browser }) =>
    JSON.parse((await browser.get('/?probe=cache')).text) as [boolean | null, string, number, number];
  await ask(one);
  const [external, title, hits, misses] = await ask(two);
  t.equal(external, true);
  t.equal(title, 'Renamed Site');
  t.ok(hits > 10 && misses < hits / 2, `${hits} hits, ${misses} misses`);
  t.notOk((await ask(off))[0], 'turned off');
});

t.test('Valkey dies and comes back under requests: no page fails, and objects are kept again', async (t) => {
  const statuses = new Map<number, number>();
  let slowest = 0;
  let going = true;
  const visitor = async (replica: { browser: Browser }, number: number) => {
    for (let n = 0; going; n += 1) {
      const begin = performance.now();
      const { status } = await replica.browser.get(`/?visitor=${number}&n=${n}`);
      slowest = Math.max(slowest, performance.now() - begin);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  const visitors = [one, two, one].map((replica, number) => visitor(replica, number));
  for (let times = 0; times < 2; times += 1) {
    await sleep(1000);
    await site.cache?.docker.kill();
    await sleep(3000);
    await site.cache?.docker.start();
    await sleep(3000);
  }
  await site.cache?.docker.kill({ signal: 'SIGSTOP' });
  await sleep(3000);
  await site.cache?.docker.kill({ signal: 'SIGCONT' });
  await sleep(3000);
  going = false;
  await Promise.all(visitors);
  t.same([...statuses.keys()], [200], JSON.stringify([...statuses]));
  t.ok(slowest < 10_000, `the slowest took ${Math.round(slowest)} ms`);
  const keys = await valkey('dbsize');
  t.ok(Number(keys) > 10, `${keys.trim()} keys`);
  t.match((await one.web.logs()).stderr, /platen: the object cache at cache does not answer/);
});

t.test('what changed while Valkey did not answer is not seen as it was before', async (t) => {
  const titles = () =>
    Promise.all(
      [one, two].map(async ({ browser }) => {
        const [, title] = JSON.parse((await browser.get('/?probe=cache')).text) as [unknown, string];
        return title;
      }),
    );
  t.same(await titles(), ['Renamed Site', 'Renamed Site']);
  t.match(await valkey('keys "*:options:alloptions"'), 'alloptions', 'Valkey has it');
  await site.cache?.docker.kill({ signal: 'SIGSTOP' });
  t.equal((await send('/wp/v2/settings', { title: 'Changed Meanwhile' })).status, 200);
  await site.cache?.docker.kill({ signal: 'SIGCONT' });
  t.same(await titles(), ['Changed Meanwhile', 'Changed Meanwhile']);
  // Longer than replicas leave the server out.
  await sleep(3000);
  t.same(await titles(), ['Changed Meanwhile', 'Changed Meanwhile']);
});

t.test('Valkey: a password, a limit, nothing that changes the server', async (t) => {
  const { cache } = site;
  if (cache === undefined) throw new Error('no cache');
  t.match(await cache.run('valkey-cli get x 2>&1'), 'NOAUTH');
  t.match(await valkey('config set dir /tmp 2>&1'), 'NOPERM');
  t.match(await valkey('info memory'), /maxmemory_policy:allkeys-lru/);
  t.notMatch(await valkey('info memory'), /maxmemory:0\r/);
  t.equal(await cache.run('stat -c %U /proc/1'), 'valkey\n');
  t.notMatch(await cache.run('cat /run/valkey/*'), 'secret');
  const refused = await network.start({ image: builds[1]?.reference ?? '', alias: 'refused' });
  t.match(await refused.docker.wait(), { StatusCode: 1 });
  t.match((await refused.logs()).stderr, 'VALKEY_PASSWORD is missing');
  const { ms, exitCode } = await cache.stop();
  t.equal(exitCode, 0, `${Math.round(ms)} ms`);
});

/** What valkey-cli prints. */
function valkey(command: string): Promise<string> {
  if (site.cache === undefined) throw new Error('no cache');
  return site.cache.run(
    `REDISCLI_AUTH="$(cat /run/secrets/password)" valkey-cli --no-auth-warning ${command}`,
  );
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await condition()); tries += 1) {
    if (tries === 300) throw new Error('it never came true');
    await sleep(50);
  }
}
