import { createHash } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { buildForTest, removeTags } from '../../builder/testing/build-for-test.js';
import { ContainerNetwork, type TestContainer } from '../../builder/testing/containers.js';
import { serveFiles } from '../../builder/testing/file-server.js';
import { oldWordPress } from '../../builder/testing/old-wordpress.js';

// Three cold builds on a slow machine.
t.setTimeout(1_800_000);

const folder = t.testdir({ old: {} });
const database = await buildForTest('mariadb');
const now = await buildForTest('wordpress');
const tags = [database.reference, now.reference];
const archive = oldWordPress(join(folder, 'old'));
const server = await serveFiles({ '/wordpress.tar.gz': archive });
const old = await buildForTest('wordpress', {
  tag: 'wordpress-old',
  variables: {
    wordpress_source: 'archive',
    wordpress_archive_url: `${server.origin}/wordpress.tar.gz`,
    wordpress_archive_checksum: `sha256:${createHash('sha256').update(archive).digest('hex')}`,
  },
});
await server.close();
tags.push(old.reference);
t.teardown(() => removeTags(...tags));
const network = await ContainerNetwork.create();
t.teardown(() => network.remove());
const db = await network.start({
  image: database.reference,
  alias: 'db',
  environment: { MARIADB_DATABASE: 'site', MARIADB_USER: 'editor', MARIADB_PASSWORD: 'secret' },
});
await db.until('mariadb-health');

const volume = '/var/lib/wordpress';
const query = async (sql: string): Promise<string> =>
  (await db.run(`mariadb site --batch --skip-column-names -e "${sql}"`)).trim();

const version = (): Promise<string> =>
  query("SELECT option_value FROM wp_options WHERE option_name = 'db_version'");

/** Replicas of an image on one volume, all started at once; they are gone after the test. */
async function replicas(
  t: Test,
  count: number,
  { image, source, ...environment }: { image: string; source: string; [name: string]: string },
): Promise<[TestContainer, ...TestContainer[]]> {
  const site = { WORDPRESS_DB_HOST: 'db', WORDPRESS_DB_NAME: 'site', WORDPRESS_DB_USER: 'editor' };
  const started = Array.from({ length: count }, (_, index) =>
    network.start({
      image,
      alias: `web${index}`,
      port: 8080,
      binds: [`${source}:${volume}`],
      environment: {
        ...site,
        WORDPRESS_DB_PASSWORD: 'secret',
        WORDPRESS_URL: 'http://site.test',
        ...environment,
      },
    }),
  );
  const containers = await Promise.all(started);
  t.teardown(() => Promise.all(containers.map((container) => container.remove())));
  await Promise.all(containers.map((container) => container.until('platen-health', 300)));
  return containers as [TestContainer, ...TestContainer[]];
}

/** How often a line is in the logs of all; the engine may be behind with the first one. */
async function said(containers: readonly TestContainer[], pattern: RegExp): Promise<number> {
  for (let tries = 0; ; tries += 1) {
    const logs = await Promise.all(containers.map((container) => container.logs()));
    const count = logs
      .flatMap(({ stderr }) => stderr.split('\n'))
      .filter((line) => pattern.test(line)).length;
    if (count > 0 || tries === 50) return count;
    await sleep(200);
  }
}

/** What a replica answers to who asks for the site by its public name. */
async function page(
  container: TestContainer,
  path = '/',
): Promise<{ status: number; location: string; text: string }> {
  const url = new URL(path, await container.origin());
  return new Promise((resolve, reject) => {
    get(url, { headers: { host: 'site.test' }, timeout: 60_000 }, (answer) => {
      const { statusCode: status = 0, headers } = answer;
      text(answer).then((body) => resolve({ status, location: headers.location ?? '', text: body }), reject);
    }).on('error', reject);
  });
}

const install = {
  WORDPRESS_TITLE: 'One for Eight',
  WORDPRESS_ADMIN_USER: 'boss',
  WORDPRESS_ADMIN_PASSWORD: 'correct horse battery',
  WORDPRESS_ADMIN_EMAIL: 'boss@example.org',
};
const shared = {
  source: network.volume(),
  WORDPRESS_WEBROOT: 'full',
  WORDPRESS_CRON_SECONDS: '5',
  PLATEN_DRAIN_SECONDS: '1',
};

t.test('eight old replicas at once on an empty volume: one seeds it, one installs the site', async (t) => {
  const webs = await replicas(t, 8, { image: old.reference, ...shared, ...install });
  const [first] = webs;
  t.equal(await said(webs, /the volume is ready for 6\.1\.\S+ after/), 1);
  await first.until('platen-wp doctor', 300);
  t.equal(await said(webs, /WordPress is installed at http:\/\/site\.test/), 1);
  t.equal(await query("SELECT COUNT(*) FROM wp_posts WHERE post_name = 'hello-world'"), '1');
  t.equal(await query('SELECT COUNT(*) FROM wp_users'), '1');
  for (const web of webs) {
    const front = await page(web);
    t.equal(front.status, 200);
    t.match(front.text, 'One for Eight');
  }
  t.match(
    await first.run(`ls -A ${volume}/releases`),
    /^6\.1\.[0-9.]+-[0-9a-f]{12}\n$/,
    'nothing else is left',
  );
  t.match(await first.run('cat /run/wordpress/root/wp-includes/version.php'), /wp_version = '6\.1/);

  // What is somebody's own, from now on.
  await first.run(
    `cd ${volume} && mkdir -p wp-content/uploads/2022 wp-content/plugins/own && echo picture >wp-content/uploads/2022/a.txt &&
     echo '<?php /* Plugin Name: Own */' >wp-content/plugins/own/own.php && echo 'User-agent: all' >current/own-robots.txt &&
     chown -R www-data: wp-content current/`,
  );
  await query("UPDATE wp_posts SET post_title = 'Written in 2022' WHERE post_name = 'hello-world'");
});

t.test('eight new replicas at once: code and tables of 6.8, content of 6.1', async (t) => {
  t.equal(await version(), '53496');
  const webs = await replicas(t, 8, { image: now.reference, ...shared, ...install });
  const [first] = webs;
  t.equal(await said(webs, /the volume is ready for 6\.8\.\S+ after/), 1);
  await Promise.all(webs.map((web) => web.until('test -e /run/wordpress/state/fits', 300)));
  t.equal(await said(webs, /the database's tables went from version 53496 to 60421/), 1);
  t.equal(
    await said(webs, /is not there any more; now it is twentytwentyfive/),
    1,
    'so the site has a theme',
  );
  for (const web of webs) {
    t.match((await page(web)).text, 'Written in 2022');
    t.match((await page(web, '/wp-content/uploads/2022/a.txt')).text, 'picture');
    t.match((await page(web, '/own-robots.txt')).text, 'User-agent', 'also what lay beside the core');
  }
  t.equal(await first.run(`cat ${volume}/wp-content/plugins/own/own.php`), '<?php /* Plugin Name: Own */\n');
  t.match(await first.run(`readlink -f ${volume}/wp-content/themes/twentytwentyfive`), /releases\/6\.8/);
  t.match(await first.run('platen-wp doctor'), /^ok {4}tables: version 60421$/m);

  t.test('an old one that is started again meanwhile leaves the tables as they are', async (t) => {
    const [late] = await replicas(t, 1, { image: old.reference, ...shared });
    await late.until('test -e /run/wordpress/state/waits');
    t.equal(
      await said([late], /tables stay at version 60421, not 53496, while a replica of a newer image runs/),
      1,
    );
    t.equal(await version(), '60421');
    t.equal(
      await query("SELECT option_value FROM wp_options WHERE option_name = 'stylesheet'"),
      'twentytwentyfive',
    );
    const admin = await page(late, '/wp-admin/');
    t.match(
      admin.location,
      'http://site.test/wp-login.php?',
      'its admin asks for a login, not for an update',
    );
    t.match((await page(late, '/wp-admin/upgrade.php?step=1')).text, 'No Update Required');
    t.equal((await page(late, '/wp-admin/upgrade.php?step=upgrade_db')).text, '0');
    t.equal(await version(), '60421', 'whoever asks for it');
    // All say that they go, but for one, which dies. Then there is nobody to wait for: the way back is open.
    await Promise.all(webs.slice(1).map((web) => web.stop()));
    await first.docker.kill();
    t.equal(await version(), '60421', 'while the dead one may be alive');
    await late.until('test -e /run/wordpress/state/fits');
    t.equal(await version(), '53496');
    t.equal(await said([late], /the database's tables went from version 60421 to 53496/), 1);
  });
});

t.test('back to the image of before', async (t) => {
  const webs = await replicas(t, 2, { image: old.reference, ...shared });
  await Promise.all(webs.map((web) => web.until('test -e /run/wordpress/state/fits', 300)));
  t.equal(await version(), '53496');
  for (const web of webs) {
    const front = await page(web);
    t.equal(front.status, 200);
    t.match(front.text, 'Written in 2022');
    t.match((await page(web, '/wp-content/uploads/2022/a.txt')).text, 'picture');
  }
  const [first] = webs;
  t.match(await first.run(`readlink ${volume}/current`), /^releases\/6\.1/);
  t.match(await first.run('platen-wp doctor'), /^ok {4}tables: version 53496$/m);
  // As if a day had passed.
  await first.run(`touch -d '1 day ago' ${volume}/releases/*/.platen-used`);
});

t.test(
  'releases that nobody runs are pruned, and the core of the image serves the same volume',
  async (t) => {
    const [full] = await replicas(t, 1, { image: now.reference, ...shared, WORDPRESS_KEEP_RELEASES: '1' });
    t.match(await full.run(`ls -A ${volume}/releases`), /^6\.8\.[0-9.]+-[0-9a-f]{12}\n$/);
    await full.until('test -e /run/wordpress/state/fits');
    const [content] = await replicas(t, 1, { image: now.reference, source: shared.source });
    t.equal(await content.run('readlink /run/wordpress/root'), '/usr/share/wordpress\n');
    t.match((await page(content)).text, 'Written in 2022');
    t.match((await page(content)).text, 'themes/twentytwentyfive');
  },
);

t.test('killed at 20 moments, the work is done by the next ones', async (t) => {
  const [web] = await replicas(t, 1, {
    image: now.reference,
    source: network.volume(),
    WORDPRESS_WEBROOT: 'full',
    WORDPRESS_LOCK_SECONDS: '2',
  });
  // It marks the release as used.
  await web.run('s6-svc -wD -d /run/*/services/wordpress-cron');
  const seed = 'php -n -d extension=posix /usr/share/platen-wp/start-volume.php';
  const wipe = `cd ${volume} && rm -rf .platen releases current wp-content && mkdir -p wp-content/plugins/akismet && echo mine >wp-content/plugins/akismet/mine.php && chown -R www-data: wp-content`;
  const release = (await web.run('cat /usr/share/platen-wp/release')).trim();
  const whole = `diff -r --exclude=uploads --exclude=.htaccess --exclude='.platen-*' /usr/share/wordpress ${volume}/releases/${release}`;
  const begin = performance.now();
  await web.run(`${wipe} && ${seed}`);
  // On a slow disk, only its begin is tried: every round starts anew.
  let seconds = Math.min((performance.now() - begin) / 1000, 3);
  await web.run(whole);

  await web.run(wipe);
  let cut = 0;
  let anew = true;
  for (let round = 0; round < 100 && cut < 20; round += 1) {
    // None at all would be without end (timeout(1)).
    const moment = (0.001 + Math.random() * seconds).toFixed(3);
    // The lock of the one killed is old by now, as if a minute had passed.
    const result = await web.run(
      `timeout -s KILL ${moment} ${seed} 2>/dev/null; echo $?; find ${volume}/.platen -exec touch -d '1 minute ago' {} + 2>/dev/null; [ ! -e ${volume}/releases/${release} ] || ${whole}`,
    );
    if (result === '137\n') cut += 1;
    else {
      // It takes no longer than this, if nothing was left of the round before.
      if (anew) seconds = Number(moment);
      await web.run(wipe);
    }
    anew = result !== '137\n';
  }
  t.equal(cut, 20, `were cut off, within ${seconds.toFixed(1)} s`);

  const begun = `${wipe}; ${seed} >/tmp/held 2>&1 & pid=$!; while kill -0 $pid && ! ls -d ${volume}/releases/.new-*/wp-* >/dev/null 2>&1; do sleep 0.01; done`;
  await web.run(`${begun}; kill -KILL $pid`);
  const eight = `for i in 1 2 3 4 5 6 7 8; do (${seed} || echo failed) 2>&1 & done; wait`;
  const out = await web.run(eight);
  t.equal(
    out.match(/the volume is ready for/g)?.length,
    1,
    `one of eight, when the lock had expired: ${out}`,
  );
  t.notMatch(out, 'failed');
  await web.run(whole);
  t.equal(await web.run(`ls -A ${volume}/releases`), `${release}\n`, 'nothing half-made is left');
  t.equal(await web.run(`ls ${volume}/wp-content/plugins/akismet`), 'mine.php\n', "somebody's own stays");
  t.equal(await web.run(`find ${volume} ! -user www-data -o -name '*.new-*'`), '');

  const held = await web.run(
    `${begun}; kill -STOP $pid; ${seed} 2>&1; kill -CONT $pid; wait $pid; echo $?; cat /tmp/held`,
  );
  t.equal(
    held.match(/the volume is ready for/g)?.length,
    1,
    `who was held up leaves it to the other: ${held}`,
  );
  t.match(held, /^0\nplaten: another replica took over$/m);
  await web.run(whole);

  // Somebody's own beside the core of the release before.
  const bytes = 300 << 20;
  const before = `cd ${volume}/releases && mkdir -p old/own && echo index.php >old/.platen-names && echo small >old/own/file && head -c ${bytes} /dev/zero >old/large && ln -sfn releases/old ../current`;
  const seen = `${seed} & while kill -0 $! && [ ! -e ${release}/large ]; do :; done; stat -c %s ${release}/large; wait`;
  t.match(await web.run(`${before} && { ${seen}; }`), `${bytes}\n`, 'is seen when it is whole');
  t.equal(await web.run(`cat ${volume}/releases/${release}/own/file`), 'small\n');
  t.equal(await web.run(`cd ${volume}/releases && ls -A && rm -r old ${release}/large`), `${release}\nold\n`);
});

t.test('a lock goes from one to the next without a word', async (t) => {
  const [web] = await replicas(t, 1, { image: now.reference, source: network.volume() });
  const code =
    'foreach (["files", "volume-lock"] as $file) require "/usr/share/platen-wp/lib/$file.php";' +
    'for ($count = 0; $count < 500;)' +
    '  if (($lock = Platen\\VolumeLock::try("/tmp/lock", 60)) !== null) { $lock->release(); $count += 1; }';
  const out = await web.run(
    `mkdir /tmp/lock; for i in 1 2 3; do php -n -r '${code}' 2>&1 & done; wait; ls /tmp/lock`,
  );
  t.equal(out, 'lock.1500\n');
});

t.test("all but uploads is the image's; files belong to whom the volume belongs to", async (t) => {
  const host = join(folder, 'volume');
  mkdirSync(host);
  chownSync(host, 4321, 4322);
  chmodSync(host, 0o700);
  const environment = { image: now.reference, source: host };
  const [web] = await replicas(t, 1, { ...environment, WORDPRESS_WEBROOT: 'uploads' });
  t.equal(
    await web.run(`cd ${volume} && find . -mindepth 1 -maxdepth 2 ! -path './.platen*'`),
    './wp-content\n./wp-content/uploads\n',
  );
  t.match((await page(web)).text, 'Written in 2022');
  const probe = `<?php
require '/run/wordpress/root/wp-load.php';
echo json_encode([posix_geteuid(), wp_upload_bits('b.txt', null, 'b')['error'], wp_is_file_mod_allowed('x'), ini_get('opcache.validate_timestamps')]);`;
  await web.run(`cat >/usr/share/wordpress/probe.php <<'END'\n${probe}\nEND`);
  t.same(JSON.parse((await page(web, '/probe.php')).text), [4321, false, false, '0']);
  const uploads = join(host, 'wp-content/uploads');
  const [uploaded = ''] = readdirSync(uploads, { encoding: 'utf8', recursive: true }).filter((name) =>
    /^\d{4}\/\d\d\/b\.txt$/.test(name),
  );
  const { uid, gid } = statSync(join(uploads, uploaded));
  t.same([uid, gid], [4321, 4322]);
  t.equal((await page(web, `/wp-content/uploads/${uploaded}`)).text, 'b');
  t.match(await web.run('platen-wp doctor'), /^ok {4}user: 4321:4322$/m);
});
