import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { Browser } from '../../builder/testing/browser.js';
import { buildForTest, removeTags } from '../../builder/testing/build-for-test.js';
import { ContainerNetwork } from '../../builder/testing/containers.js';
import { restNonce, type Replica, WordpressReplicas } from '../../builder/testing/wordpress-replicas.js';
import { wordpressTask } from '../../builder/testing/wordpress-task.js';

// Three cold builds on a slow machine.
t.setTimeout(1_800_000);

const builds = [await buildForTest('mariadb'), await buildForTest('valkey'), await buildForTest('wordpress')];
const [database = '', cache = '', wordpress = ''] = builds.map(({ reference }) => reference);
t.teardown(() => removeTags(database, cache, wordpress));
const network = await ContainerNetwork.create();
t.teardown(() => network.remove());
const secrets = t.testdir({ password: "it's a \\ secret;\n" });
const site = await WordpressReplicas.start(network, { database, cache, wordpress, secrets });
// Pages that are never made anew, but for a change, by tasks as on ECS: read-only, www-data, no capability. And one replica,
// started by root, whose pages are soon out of date.
const started = Date.now();
const one = await site.add('one', { NGINX_PAGE_CACHE_SECONDS: '3600' }, wordpressTask);
const [two, brief, off] = await Promise.all([
  site.add('two', { NGINX_PAGE_CACHE_SECONDS: '3600' }, wordpressTask),
  site.add('brief', { NGINX_PAGE_CACHE_SECONDS: '1' }),
  site.add('off', { NGINX_PAGE_CACHE: 'off', WORDPRESS_CACHE_HOST: '', WORDPRESS_CACHE_PASSWORD_FILE: '' }),
]);
const editor = new Browser(await one.web.origin());
const nonce = await restNonce(editor);

/** Pages of the test's own: each answer has a number of its own. */
await one.web.run(
  `cat >/var/lib/wordpress/wp-content/mu-plugins/probe.php <<'END'
<?php
// Asked by an address that is not its own.
add_filter('redirect_canonical', '__return_false');
$page = strtok($_SERVER['REQUEST_URI'] ?? '', '?');
if (str_starts_with($page, '/probe/')) {
    add_filter('pre_handle_404', '__return_true');
    add_action('template_redirect', function () use ($page) {
        if ($page === '/probe/cookie/') setcookie('cart', '1');
        if ($page === '/probe/private/') header('Cache-Control: private');
        if ($page === '/probe/slow/') sleep(2);
        if ($page === '/probe/own/') { sleep(1); nocache_headers(); }
        if ($page === '/probe/flaky/' && file_exists('/tmp/broken')) { http_response_code(500); exit('broken'); }
        exit('made ' . bin2hex(random_bytes(8)));
    }, 0);
}
add_action('init', function () {
    if (($_GET['probe'] ?? '') === 'cache') {
        global $wp_object_cache;
        wp_cache_get('blogname', 'options');
        exit(json_encode([wp_using_ext_object_cache(), get_option('blogname'), $wp_object_cache->cache_hits, $wp_object_cache->cache_misses]));
    }
});
END
chmod 644 /var/lib/wordpress/wp-content/mu-plugins/probe.php`,
  'www-data',
);

const state = (page: { headers: { get(name: string): string | null } }): string | null =>
  page.headers.get('x-cache');
const send = (path: string, body: unknown, method = 'POST'): Promise<{ status: number; text: string }> =>
  editor.send(`/index.php?rest_route=${path}`, Buffer.from(JSON.stringify(body)), {
    'x-wp-nonce': nonce,
    'x-http-method-override': method,
    'content-type': 'application/json',
  });
interface Post {
  readonly id: number;
  readonly link: string;
}
/** As `send`, for what must succeed. */
async function change<T = Post>(path: string, body: unknown, method = 'POST'): Promise<T> {
  const { status, text } = await send(path, body, method);
  if (status !== 200 && status !== 201) throw new Error(`${path}: ${status} ${text}`);
  return JSON.parse(text) as T;
}

t.test('what is kept for all, and what is made for each', async (t) => {
  const origin = await one.web.origin();
  const stranger = new Browser(origin);
  const twice = async (path: string, headers: Record<string, string> = {}, who?: Browser) => {
    // Each time somebody who was never there.
    const ask = async () => (who ?? new Browser(origin)).get(path, headers);
    const pages = [await ask(), await ask()];
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
  const { text: first } = await two.browser.get('/probe/slow/');
  await two.web.run('platen-wp flush-cache', 'www-data');
  await sleep(1000);
  const crowd = await Promise.all(Array.from({ length: 20 }, () => two.browser.get('/probe/slow/')));
  t.equal(new Set(crowd.map(({ text }) => text)).size, 1, 'made once');
  t.not(crowd[0]?.text, first, 'and anew');
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

t.test('who asks at once for a page that is not kept does not wait for the others', async (t) => {
  const seconds: number[] = [];
  // The machine has other things to do: what takes long is tried again. One after the other they would need 8 s.
  while (seconds.length < 8 && !seconds.some((each) => each < 2.5)) {
    const begin = performance.now();
    const crowd = await Promise.all(Array.from({ length: 8 }, () => brief.browser.get('/probe/own/')));
    seconds.push((performance.now() - begin) / 1000);
    t.equal(new Set(crowd.map(({ text }) => text)).size, 8, 'each has its own');
  }
  t.ok(Math.min(...seconds) < 2.5, `${seconds.map((each) => each.toFixed(1)).join(', ')} s for all`);
});

t.test(
  'a change is seen within a second by visitors of all replicas who had the page from the cache',
  async (t) => {
    const publish = (title: string) => change('/wp/v2/posts', { title, status: 'publish' });
    const page = ({ link }: Post): string => new URL(link).pathname;
    const post = await publish('A Post');
    const note = (status: string) =>
      change('/wp/v2/comments', { post: post.id, content: `A comment ${Math.random()}`, status });
    // Makes what must be there before; then where to look, what to do, and whether it is seen. The number is that of the attempt.
    const changes: Readonly<Record<string, (n: number) => Promise<Change> | Change>> = {
      'a new post': (n) => ['/', () => publish(`Number ${n}`), (text) => text.includes(`Number ${n}`)],
      'its new title': (n) => [
        page(post),
        () => change(`/wp/v2/posts/${post.id}`, { title: `Title ${n}` }),
        (text) => text.includes(`Title ${n}`),
      ],
      'a comment that is approved': async () => {
        const { id } = await note('hold');
        return [
          page(post),
          () => change(`/wp/v2/comments/${id}`, { status: 'approved' }),
          (text) => text.includes(`comment-${id}`),
        ];
      },
      "the site's title": (n) => [
        '/',
        () => change('/wp/v2/settings', { title: `Site ${n}` }),
        (text) => text.includes(`Site ${n}`),
      ],
      'a post in the bin': async (n) => {
        const { id } = await publish(`Mistake ${n}`);
        return [
          '/',
          () => change(`/wp/v2/posts/${id}`, {}, 'DELETE'),
          (text) => !text.includes(`Mistake ${n}`),
        ];
      },
      'what platen-wp flush-cache does': async () => {
        const { text: before } = await two.browser.get('/probe/flushed/');
        const other = (await one.browser.get('/probe/flushed/')).text;
        return [
          '/probe/flushed/',
          () => two.web.run('platen-wp flush-cache', 'www-data'),
          (text) => ![before, other].includes(text),
        ];
      },
    };
    for (const [name, prepare] of Object.entries(changes)) {
      const attempts: Seen[] = [];
      // The machine has other things to do: what takes long is tried again.
      while (attempts.length < 8 && !attempts.some(({ after }) => after <= 1000))
        attempts.push(await seen(await prepare(attempts.length + 1)));
      t.ok(
        attempts.some(({ after }) => after <= 1000),
        `${name}: ${attempts.map(({ after, made }) => `who asked ${after} ms after it saw it; the page took ${made} ms`).join('; ')}`,
      );
    }
    await change('/wp/v2/settings', { title: 'Renamed Site' });
    const before = await generation();
    await change('/wp/v2/posts', { title: 'Only a draft', status: 'draft' });
    t.equal(await generation(), before, 'what nobody sees changes nothing');
    await site.cache?.stop();
    const begin = performance.now();
    await seen([
      page(post),
      () => change(`/wp/v2/posts/${post.id}`, { title: 'Without a Cache' }),
      (text) => text.includes('Without a Cache'),
    ]);
    t.ok(performance.now() - begin < 20_000, 'also without a server for objects');
    await site.cache?.docker.start();
    await site.cache?.until('valkey-health');
  },
);

/** The page where it is seen, what changes it, and whether a text shows the change. */
type Change = readonly [string, () => Promise<unknown>, (text: string) => boolean];
interface Seen {
  /** Milliseconds after the change at which the last replica was asked for the page that showed it. */
  readonly after: number;
  /** Milliseconds that this answer took. */
  readonly made: number;
}

/** Asks all replicas each 50 ms until they show what changed; before, all had the page in their caches. */
async function seen([path, make, shows]: Change): Promise<Seen> {
  const replicas = [one, two];
  for (const { browser } of replicas) await until(async () => state(await browser.get(path)) === 'HIT');
  await make();
  const changed = performance.now();
  const all = await Promise.all(
    replicas.map(async ({ browser }) => {
      for (;;) {
        const asked = performance.now();
        if (shows((await browser.get(path)).text))
          return { after: Math.round(asked - changed), made: Math.round(performance.now() - asked) };
        if (asked - changed > 20_000) throw new Error(`${path} does not change`);
        await sleep(50);
      }
    }),
  );
  return all.reduce((last, replica) => (replica.after > last.after ? replica : last));
}

const generation = () => one.web.run('cat /var/lib/wordpress/.platen/page-cache', 'www-data');

t.test('the metrics count what the caches did, and the counters take no room', async (t) => {
  const hits = () => metric(two, 'nginx_page_cache_requests_total{state="hit"}');
  await until(async () => state(await two.browser.get('/probe/counted/')) === 'HIT');
  // Each line is written within a second: until nothing more comes.
  let before = -1;
  await until(async () => {
    const last = before;
    before = await hits();
    await sleep(1500);
    return before > 0 && before === last;
  });
  const misses = await metric(two, 'nginx_page_cache_requests_total{state="miss"}');
  for (let n = 0; n < 7; n += 1) await two.browser.get('/probe/counted/');
  await until(async () => (await hits()) >= before + 7);
  t.equal(await hits(), before + 7);
  t.ok(misses > 0);
  // What nginx-keeper does each quarter of an hour, by its own lines, with as many requests as make it worth while.
  const room = await two.web.run(
    `cd /run/nginx/generation && head -c 3000000 /dev/zero >>../counters/cache_hit && stat -c %b ../counters/cache_hit &&
    bash -c 'eval "$(sed -n "/^free_counters() {/,/^}/p" /usr/local/sbin/nginx-keeper)"; free_counters' && stat -c %b ../counters/cache_hit`,
    'www-data',
  );
  const [full = 0, freed = 0] = room.split('\n').map(Number);
  t.ok(full > 5000 && freed <= 8, `${full} blocks, then ${freed}`);
  await two.browser.get('/probe/counted/');
  await until(async () => (await hits()) > before + 3_000_007);
  t.equal(await hits(), before + 3_000_008, 'it goes on from where it was');
  for (let n = 0; n < 2; n += 1) await two.browser.get(`/?counted=${n}`);
  t.equal(await metric(two, 'object_cache_up'), 1);
  t.ok((await metric(two, 'object_cache_hits_total')) > 0);
  t.equal(await two.web.run('grep -c " / .* ro," /proc/mounts', 'www-data'), '1\n', 'all of it read-only');
});

t.test('objects are kept in Valkey', async (t) => {
  const ask = async ({ browser }: { browser: Browser }) =>
    JSON.parse((await browser.get('/?probe=cache')).text) as [boolean | null, string, number, number];
  await ask(one);
  const [external, title, hits, misses] = await ask(two);
  t.equal(external, true);
  t.match(await two.web.run('platen-wp doctor', 'www-data'), /^ok {4}object cache: cache:6379, answers in /m);
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
  // While it holds its tongue, pages come without it.
  await Promise.all([one, two].map(({ browser }) => browser.get('/?stopped=1')));
  await sleep(2000);
  await site.cache?.docker.kill({ signal: 'SIGCONT' });
  await sleep(3000);
  going = false;
  await Promise.all(visitors);
  t.same([...statuses.keys()], [200], JSON.stringify([...statuses]));
  t.ok(slowest < 20_000, `the slowest took ${Math.round(slowest)} ms`);
  const keys = await valkey('dbsize');
  t.ok(Number(keys) > 10, `${keys.trim()} keys`);
  const { stderr } = await one.web.logs();
  const told = stderr.match(/platen: the object cache at cache does not answer/g)?.length ?? 0;
  const minutes = Math.ceil((Date.now() - started) / 60_000);
  t.ok(told >= 1 && told <= minutes, `${told} lines in ${minutes} minutes, whatever was asked for meanwhile`);
  await until(async () => /object cache at cache answers again/.test((await one.web.logs()).stderr));
});

t.test('an outage is told once, and its end', async (t) => {
  // Nothing is out, and its log has told of nothing for a minute.
  await until(async () => {
    await two.browser.get('/?again=1');
    return (await two.web.run('ls /tmp', 'www-data')).match(/^platen-object-cache-(down|told)$/m) === null;
  });
  await two.web.run('touch -d "2 minutes ago" /tmp/platen-object-cache-told-before', 'www-data');
  const lines = async () =>
    (await two.web.logs()).stderr.split('\n').filter((line) => line.includes('the object cache at'));
  const before = (await lines()).length;
  const statuses = new Set<number>();
  await site.cache?.docker.kill();
  for (let n = 0; n < 30; n += 1) {
    statuses.add((await two.browser.get(`/?without=${n}`)).status);
    await sleep(200);
  }
  t.same([...statuses], [200]);
  t.equal(await metric(two, 'object_cache_up'), 0);
  await t.rejects(
    two.web.run('platen-wp doctor >&2', 'www-data'),
    /WRONG object cache: cache:6379 does not answer/,
  );
  await site.cache?.docker.start();
  await site.cache?.until('valkey-health');
  await until(async () => {
    await two.browser.get('/?with=1');
    return (await lines()).length >= before + 2;
  });
  // A line for each request would be 30 of them.
  t.match((await lines()).slice(before), [/does not answer, and is left out: ./, /answers again$/]);
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

/** A figure of the replica's metrics. */
async function metric({ web }: Replica, name: string): Promise<number> {
  const text = await web.run(
    `bash -c 'exec 3<>/dev/tcp/127.0.0.1/9253; printf "GET /metrics HTTP/1.0\\r\\n\\r\\n" >&3; cat <&3'`,
    'www-data',
  );
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1));
}

/** What valkey-cli prints. */
function valkey(command: string): Promise<string> {
  if (site.cache === undefined) throw new Error('no cache');
  return site.cache.run(
    `REDISCLI_AUTH="$(cat /run/secrets/password)" valkey-cli --no-auth-warning ${command}`,
  );
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 120_000; !(await condition()); await sleep(50))
    if (Date.now() > end) throw new Error('it never came true');
}
