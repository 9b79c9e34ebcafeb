import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { Browser } from '../../builder/testing/browser.js';
import { buildForTest, removeTags } from '../../builder/testing/build-for-test.js';
import { ContainerNetwork, type TestContainer } from '../../builder/testing/containers.js';
import { logIn, WordpressReplicas } from '../../builder/testing/wordpress-replicas.js';

t.setTimeout(1_800_000);

const builds = [await buildForTest('mariadb'), await buildForTest('valkey'), await buildForTest('wordpress')];
const [database = '', cache = '', wordpress = ''] = builds.map(({ reference }) => reference);
t.teardown(() => removeTags(database, cache, wordpress));
const network = await ContainerNetwork.create();
t.teardown(() => network.remove());
const site = await WordpressReplicas.start(network, {
  database,
  cache,
  wordpress,
  secrets: t.testdir({ password: "it's a \\ secret;\n" }),
});
// PHP makes each page, and nobody but visitors asks for something.
const quiet = { NGINX_PAGE_CACHE: 'off', WORDPRESS_CRON: 'false' };
const kept = await site.add('kept', quiet);
// The same site without an object cache, in which everything is as WordPress makes it anew.
const plain = await site.add('plain', {
  ...quiet,
  WORDPRESS_CACHE_HOST: '',
  WORDPRESS_CACHE_PASSWORD_FILE: '',
});
await logIn(kept.browser);
// Who is logged in with one replica is so with all: their salts are the same.
const elsewhere = new Browser(await plain.web.origin(), { cookies: kept.browser });

/** A theme that is written on the volume, and what the tests ask of WordPress. */
await kept.web.run(
  `cd /var/lib/wordpress/wp-content && mkdir -p themes/own/styles && cat >themes/own/style.css <<'END'
/*
Theme Name: Own
Template: twentytwentyfive
*/
END
echo "<?php add_action('after_setup_theme', fn () => add_theme_support('custom-header', ['wp-head-callback' => fn () => null]));" >themes/own/functions.php
echo '{"version": 3, "title": "Dark", "blockTypes": ["core/group"], "styles": {"color": {"text": "#0d0d0d"}}}' >themes/own/styles/dark.json
cat >mu-plugins/probe.php <<'END'
<?php
// Asked by an address that is not its own.
add_filter('redirect_canonical', '__return_false');
if (isset($_GET['filter'])) add_filter('wp_theme_json_data_theme', fn ($data) => $data->update_with(
    ['version' => 3, 'settings' => ['color' => ['palette' => [['slug' => 'filtered', 'name' => 'Filtered', 'color' => '#f1f1f1']]]]]));
if (isset($_GET['block'])) add_action('init', fn () => register_block_type('own/block', ['supports' => ['__experimentalStyle' => ['color' => ['text' => '#b10cb1']]]]));
add_action('template_redirect', function () {
    global $wpdb;
    $asked = $_GET['probe'] ?? '';
    if ($asked === 'theme') exit(switch_theme('own'));
    if ($asked === 'styles') exit((string) wp_update_post(wp_slash(['ID' => WP_Theme_JSON_Resolver::get_user_global_styles_post_id(), 'post_content' =>
        json_encode(['version' => 3, 'isGlobalStylesUserThemeJSON' => true, 'styles' => ['color' => ['text' => '#05e705']]])])));
    if ($asked === 'count') exit((string) array_sum(array_map(fn () => wp_cache_incr('counter', 2) > 0, range(1, 50))));
    if ($asked === 'counter') exit((string) wp_cache_get('counter'));
    if ($asked === 'option') {
        [$name, $value] = explode('-', $_GET['set']);
        // Between what WordPress reads of all options and what it writes of them.
        add_filter('alloptions', function ($all) { usleep(1000 * (int) ($_GET['wait'] ?? 0)); return $all; });
        exit(json_encode(update_option("own_$name", $value)));
    }
    if ($asked === 'options') exit(json_encode(array_map(fn ($name) => [get_option("own_$name"), $wpdb->get_var("SELECT option_value FROM $wpdb->options WHERE option_name = 'own_$name'")], str_split($_GET['of']))));
    if ($asked === 'operations') exit(json_encode(operations()));
    if ($asked !== 'escape') return;
    $texts = ["\\0\\n\\r\\\\'\\"\\x1a\\t%_", 'Ümläute 日本 🎈', 12, 1.5, true, false];
    for ($i = 0; $i < 2000; $i++) $texts[] = mb_convert_encoding(random_bytes(2 * random_int(1, 20)), 'UTF-8', 'UTF-16');
    foreach (['value', "o'clock \\\\"] as $text) $texts[] = str_repeat($text, 100);
    $escape = fn () => array_map(fn ($text) => $wpdb->remove_placeholder_escape($wpdb->_real_escape($text)), $texts);
    $without = $escape();
    [$charset, $collate] = [$wpdb->charset, $wpdb->collate];
    $connected = $wpdb->dbh instanceof mysqli;
    $mode = $wpdb->get_var('SELECT @@sql_mode');
    // Bytes that are no text, between bytes that would end the literal.
    $broken = 0;
    for ($i = 0; $i < 200; $i++) {
        $bytes = random_bytes(5) . "'\\\\\\xc3'\\xf0\\"\\x81";
        $literal = "'" . strtr($bytes, (new ReflectionClassConstant($wpdb, 'ESCAPED'))->getValue()) . "'";
        $broken += $wpdb->dbh->query("SELECT HEX(_binary $literal)")?->fetch_row()[0] === strtoupper(bin2hex($bytes)) ? 0 : 1;
    }
    exit(json_encode([count($texts), $without === $escape(), $connected, $charset === $wpdb->charset, $collate === $wpdb->collate, $mode, $broken]));
}, 0);
class Restless { public function __wakeup() { throw new Exception('no rest'); } }
/** Random operations, by the cache and by WordPress's own; between them, the cache is that of another request. */
function operations() {
    eval('?>' . str_replace('class WP_Object_Cache', 'class Own_Object_Cache', file_get_contents(ABSPATH . WPINC . '/class-wp-object-cache.php')));
    $own = new Own_Object_Cache();
    $keys = ['a', 'b', 7, '7', 'c d', '', ' ', null, false, 1.5];
    $values = [0, 1, -3, 1.5, '5', 'text', '', null, false, [], [1, 'b' => [2]], (object) ['c' => 3]];
    $differ = [];
    for ($i = 0; $i < 6000; $i++) {
        [$key, $more, $group] = [$keys[array_rand($keys)], $keys[random_int(0, 6)], ['probe', ''][random_int(0, 1)]];
        [$value, $by] = [$values[array_rand($values)], random_int(-3, 4)];
        $name = ['get', 'get', 'get_multiple', 'add', 'add_multiple', 'set', 'set_multiple', 'replace', 'delete', 'delete_multiple', 'incr', 'decr'][random_int(0, 11)];
        $arguments = match ($name) {
            'get' => [$key, $group, (bool) random_int(0, 1)], 'get_multiple', 'delete_multiple' => [$key == $more ? [$key] : [$key, $more], $group],
            'add', 'set', 'replace' => [$key, $value, $group], 'add_multiple', 'set_multiple' => [[$more => $value, 'a' => $i], $group],
            'delete' => [$key, $group], 'incr', 'decr' => [$key, $by, $group],
        };
        if (random_int(0, 2) === 0) wp_cache_flush_runtime();
        [$one, $two] = [("wp_cache_$name")(...$arguments), $own->$name(...$arguments)];
        if (is_array($one)) { ksort($one); ksort($two); }
        if (serialize($one) !== serialize($two)) $differ[] = "$name " . json_encode([$arguments, $one, $two]);
    }
    wp_cache_set('of this request', fn () => 1);
    wp_cache_set('restless', new Restless());
    $here = is_callable(wp_cache_get('of this request')) && is_object(wp_cache_get('restless'));
    wp_cache_flush_runtime();
    wp_cache_set('counter', 0);
    return [$i, array_slice($differ, 0, 5), $here, wp_cache_get('of this request'), wp_cache_get('restless'), wp_cache_get('a', '', true) === wp_cache_get('a')];
}
END
chown -R www-data: themes mu-plugins/probe.php`,
);

const html = async (browser: Browser, path: string): Promise<string> => (await browser.get(path)).text;
/** The page with nothing in the cache, twice with all in it, and without a cache. */
async function alike(t: Test, path: string): Promise<string> {
  const look = async () => {
    const all = [];
    for (const browser of [elsewhere, kept.browser, kept.browser, kept.browser])
      all.push(await html(browser, path));
    return all;
  };
  // Nonces are others each twelve hours (wp_nonce_tick).
  const halfDay = () => Math.floor(Date.now() / 43_200_000);
  const begun = halfDay();
  let pages = await look();
  if (halfDay() !== begun) pages = await look();
  t.match(pages[0], /<\/html>/);
  t.equal(new Set(pages).size, 1, path);
  return pages[0] ?? '';
}

t.test('a page whose parts are known asks Valkey three times, and the database not at all', async (t) => {
  await site.database.run('mariadb -e "SET GLOBAL userstat = 1"');
  const connections = async () =>
    Number(
      await site.database.run(
        `mariadb -N -e "SELECT COALESCE(SUM(TOTAL_CONNECTIONS), 0) FROM information_schema.USER_STATISTICS WHERE USER = 'editor'"`,
      ),
    );
  const questions = async () => {
    const stats = await site.cache?.run(
      'REDISCLI_AUTH="$(cat /run/secrets/password)" valkey-cli info commandstats',
    );
    const calls = [...(stats ?? '').matchAll(/cmdstat_(?!auth|info|ping|hello|client)[^:]*:calls=(\d+)/g)];
    return calls.reduce((sum, [, count]) => sum + Number(count), 0);
  };
  const measure = async () => {
    for (const browser of [kept.browser, elsewhere])
      for (let times = 0; times < 3; times += 1) await html(browser, '/');
    const before = { connections: await connections(), questions: await questions() };
    for (let times = 0; times < 5; times += 1) t.match(await html(kept.browser, '/'), /wpadminbar/);
    t.ok(before.questions > 0);
    return {
      connected: (await connections()) - before.connections,
      asked: ((await questions()) - before.questions) / 5,
    };
  };
  // Where Valkey does not answer within half a second, as on a busy machine, pages go on without it: then it is tried again.
  let measured = await measure();
  for (let tries = 0; tries < 5 && (measured.connected > 0 || measured.asked > 3); tries += 1) {
    await sleep(2500);
    measured = await measure();
  }
  t.equal(measured.connected, 0, 'no connection to the database');
  t.ok(measured.asked >= 2 && measured.asked <= 3, `${measured.asked} questions for a page`);
  const before = await connections();
  t.match(await html(elsewhere, '/'), /wpadminbar/, 'a session of another replica');
  t.equal(await connections(), before + 1, 'what is counted');
});

t.test('pages are the same as without a cache', async (t) => {
  for (const path of ['/', '/?p=1', '/?page_id=2', '/?s=hello', '/?cat=1', '/no/such/page/'])
    await alike(t, path);
});

t.test('what changes the look of pages is seen at once', async (t) => {
  const write = (color: string) =>
    kept.web.run(
      `echo '{"version": 3, "settings": {"color": {"palette": [{"slug": "own", "name": "Own", "color": "${color}"}]}}}' >/var/lib/wordpress/wp-content/themes/own/theme.json`,
      'www-data',
    );
  await write('#0a0a01');
  t.notMatch(await alike(t, '/'), '--wp--preset--color--own:');
  await html(kept.browser, '/?probe=theme');
  t.match(await alike(t, '/'), '--wp--preset--color--own: #0a0a01', 'another theme');
  // PHP knows the time of a file by the second.
  await sleep(1100);
  await write('#0a0a02');
  t.match(await alike(t, '/'), '--wp--preset--color--own: #0a0a02', 'another theme.json, of the same size');
  t.notMatch(await alike(t, '/'), '#05e705');
  t.match(await html(kept.browser, '/?probe=styles'), /^\d+$/);
  t.match(await alike(t, '/'), '#05e705', 'what somebody set in the editor');
  t.match(await alike(t, '/?block'), /html/, 'another block');
  t.match(await alike(t, '/?filter'), '--wp--preset--color--filtered: #f1f1f1', 'what a plugin filters');
  t.notMatch(await alike(t, '/'), 'filtered', 'is in no other page');
});

t.test("it answers as WordPress's own does", async (t) => {
  const outages = async () => (await kept.web.logs()).stderr.split('does not answer').length;
  // A busy machine may hold Valkey up for half a second, which is an outage indeed: then it is tried again.
  let [told, before] = [1, 0];
  let answers: unknown;
  for (let tries = 0; tries < 4 && told > before; tries += 1) {
    await kept.web.run('rm -f /tmp/platen-object-cache-*', 'www-data');
    before = await outages();
    answers = JSON.parse(await html(kept.browser, '/?probe=operations'));
    await sleep(1000);
    told = await outages();
  }
  t.strictSame(answers, [6000, [], true, false, false, true]);
  t.equal(told, before, 'what is of use to one request alone is not an outage');
  const counts = await Promise.all(Array.from({ length: 6 }, () => html(kept.browser, '/?probe=count')));
  t.strictSame(
    counts,
    Array.from({ length: 6 }, () => '50'),
  );
  t.equal(await html(kept.browser, '/?probe=counter'), '600', 'each counts, of all who count at once');
});

t.test('of requests that change options at once, none takes back what another did', async (t) => {
  const change = (name: string, value: number, wait: number) =>
    html(kept.browser, `/?probe=option&set=${name}-${value}&wait=${wait}`);
  for (const value of [1, 2]) {
    // First each is there for the first time, then it is changed.
    const slow = ['a', 'b'].map((name) => change(name, value, 300));
    await sleep(150);
    t.strictSame(await Promise.all([...slow, change('c', value, 0)]), ['true', 'true', 'true']);
    const known = JSON.parse(await html(kept.browser, '/?probe=options&of=abc')) as unknown;
    t.strictSame(
      known,
      Array(3).fill([String(value), String(value)]),
      'what is known is what the database has',
    );
  }
});

t.test('text is escaped without a connection as it is with one', async (t) => {
  // All that the page asks of the database before it comes there must be in the cache.
  for (let times = 0; times < 3; times += 1) await html(kept.browser, '/');
  const [count, same, connected, charset, collate, mode, broken] = JSON.parse(
    await html(kept.browser, '/?probe=escape'),
  ) as [number, boolean, boolean, boolean, boolean, string, number];
  t.ok(count > 2000);
  t.same(
    { same, connected, charset, collate },
    { same: true, connected: true, charset: true, collate: true },
  );
  t.notMatch(mode, /STRICT|BACKSLASH/);
  t.equal(broken, 0, 'no literal ends early');
});

t.test('a cluster keeps objects too, also where it is asked before it is ready', async (t) => {
  // Two nodes, as ElastiCache in cluster mode: what is asked of the one lies on the other.
  const node = ['valkey-server', '--protected-mode', 'no', '--cluster-enabled', 'yes', '--dir', '/tmp'];
  const nodes = await Promise.all(
    ['node1', 'node2'].map((alias) => network.start({ image: cache, alias, entrypoint: node })),
  );
  const [first, second] = nodes as [TestContainer, TestContainer];
  await Promise.all(nodes.map((each) => each.until('valkey-cli ping')));
  const { web, browser } = await site.add('clustered', {
    ...quiet,
    WORDPRESS_CACHE_HOST: 'node1',
    WORDPRESS_CACHE_PASSWORD_FILE: '',
    WORDPRESS_CACHE_PREFIX: 'site',
  });
  t.match(await html(browser, '/'), '</html>', 'before it has slots');
  const { [network.name]: place } = (await second.docker.inspect()).NetworkSettings.Networks;
  await second.run('valkey-cli cluster addslots $(valkey-cli cluster keyslot "{site}")');
  await first.run(
    `slot=$(valkey-cli cluster keyslot "{site}") && valkey-cli cluster addslotsrange 0 $((slot - 1)) $((slot + 1)) 16383 && valkey-cli cluster meet ${place?.IPAddress} 6379`,
  );
  await Promise.all(nodes.map((each) => each.until('valkey-cli cluster info | grep -q cluster_state:ok')));
  // It is left out for two seconds after the last answer that was none.
  await sleep(2500);
  for (const path of ['/', '/?p=1', '/?page_id=2', '/']) t.match(await html(browser, path), '</html>');
  const sizes = await Promise.all(nodes.map(async (each) => Number(await each.run('valkey-cli dbsize'))));
  t.equal(sizes[0], 0);
  t.ok((sizes[1] ?? 0) > 50, `${sizes[1]} keys on the other node`);
  t.notMatch((await web.logs()).stderr, 'object cache', 'no outage');
  await Promise.all([web, ...nodes].map((each) => each.remove()));
});

t.test('without the database, pages are served as long as all of them is known', async (t) => {
  for (let times = 0; times < 3; times += 1) await html(kept.browser, '/?p=1');
  await site.database.docker.kill();
  const page = await kept.browser.get('/?p=1');
  t.match(page, { status: 200, text: /wpadminbar|<\/html>/ });
  const unknown = await kept.browser.get('/?s=never-asked-for');
  const away = { status: 500, text: /Error establishing a database connection/ };
  t.match(unknown, away);
  // Then the page that says so has no options either, and must not ask for them for ever.
  await site.cache?.run('REDISCLI_AUTH="$(cat /run/secrets/password)" valkey-cli flushall');
  t.match(await kept.browser.get('/?p=1'), away);
  const reason = /platen: the database can't be reached/;
  t.match((await kept.web.logged(reason)).stderr, reason);
});
