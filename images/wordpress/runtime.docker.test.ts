import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { Browser } from '../../builder/testing/browser.js';
import { buildForTest, removeTags } from '../../builder/testing/build-for-test.js';
import {
  type ContainerOptions,
  ContainerNetwork,
  type TestContainer,
} from '../../builder/testing/containers.js';
import { underLoad } from '../../builder/testing/load.js';
import { picture } from '../../builder/testing/picture.js';
import { wordpressRootTask, wordpressTask } from '../../builder/testing/wordpress-task.js';
import { completeInstaller, logIn } from '../../builder/testing/wordpress-site.js';

// Two cold builds on a slow machine.
t.setTimeout(1_800_000);

const folder = t.testdir({ broken: 'pm.max_children = many\n' });
const database = await buildForTest('mariadb');
const wordpress = await buildForTest('wordpress');
t.teardown(() => removeTags(database.reference, wordpress.reference));
const network = await ContainerNetwork.create();
t.teardown(() => network.remove());
const db = await network.start({
  image: database.reference,
  alias: 'db',
  environment: { MARIADB_DATABASE: 'wordpress', MARIADB_USER: 'wordpress', MARIADB_PASSWORD: 'secret' },
});
await db.until('mariadb-health');

const content = '/var/lib/wordpress/wp-content';
const binds = [`${network.volume()}:/var/lib/wordpress`];
const environment = { WORDPRESS_DB_HOST: 'db', WORDPRESS_DB_PASSWORD: 'secret' };
const start = (alias: string, options: Partial<ContainerOptions> = {}): Promise<TestContainer> =>
  network.start({
    image: wordpress.reference,
    alias,
    port: 8080,
    ...options,
    environment: { ...environment, ...options.environment },
  });

const web = await start('web', {
  task: wordpressTask,
  binds,
  environment: { PHP_SLOW_SECONDS: '2', PHP_REVALIDATE_SECONDS: '2', NGINX_PAGE_CACHE: 'off' },
});
await web.until('platen-health');
const origin = await web.origin();
/** Asks twice by one connection, 65 s apart: an ALB's idle timeout is 60 s, and whoever closes first fails the other's request. */
async function askAfterAMinute(): Promise<string[]> {
  const idle = connect({ host: '127.0.0.1', port: Number(new URL(origin).port) });
  t.teardown(() => idle.destroy());
  const asked = async (): Promise<string> => {
    if (idle.readyState !== 'open' && !idle.connecting) return 'closed';
    idle.write('GET /healthz HTTP/1.1\r\nHost: site.example\r\n\r\n');
    const [answer] = await Promise.race([once(idle, 'data'), once(idle, 'close').then(() => ['closed'])]);
    return String(answer).split('\r\n')[0]!;
  };
  const first = await asked();
  await sleep(65_000);
  return [first, await asked()];
}
const answersAMinuteApart = askAfterAMinute();

/** Writes a program that the site answers with. */
async function php(name: string, code: string): Promise<string> {
  await web.run(`cat >${content}/plugins/${name}.php <<'END'\n<?php ${code}\nEND`, '33:33');
  return `/wp-content/plugins/${name}.php`;
}
const ask = async (path: string): Promise<string> => (await fetch(`${origin}${path}`)).text();

/** A line for each process that is not just ending: user, capabilities it has and may get, whether it may get more, command. */
const processes = (container: TestContainer): Promise<string> =>
  container.run(
    `cd /proc && for p in [0-9]*; do s=$(awk '/^(Uid|CapEff|CapBnd|NoNewPrivs):/ { printf $2 " " }' $p/status 2>/dev/null) && echo "$s$(tr '\\0' ' ' <$p/cmdline)"; done; true`,
    '33:33',
  );

t.test('WordPress works with the settings of a task of ECS', async (t) => {
  const site = { web, database: db, browser: new Browser(origin) };
  t.match((await completeInstaller(site, 'A Task')).text, 'Success!');
  t.equal((await logIn(site)).status, 302);
  const nonce = (await site.browser.get('/wp-admin/admin-ajax.php?action=rest-nonce')).text;
  const answer = await site.browser.send('/index.php?rest_route=/wp/v2/media', picture(1200, 900), {
    'x-wp-nonce': nonce,
    'content-type': 'image/png',
    'content-disposition': 'attachment; filename="picture.png"',
  });
  t.equal(answer.status, 201, answer.text);
  const front = await ask('/');
  t.match(front, 'A Task');

  const lines = (await processes(web)).trim().split('\n');
  for (const name of ['s6-svscan', 'nginx: master', 'nginx: worker', 'php-fpm: master', 'php-fpm: pool'])
    t.ok(
      lines.some((line) => line.includes(name)),
      name,
    );
  for (const line of lines) t.match(line, /^33 0+ 0+ 1 /, 'www-data, without capabilities, now and later');
});

/** A photograph of so many pixels, in little noise, as cameras write it. */
async function photograph(width: number, height: number): Promise<Buffer> {
  const code = `$small = imagecreatetruecolor(300, 200);
for ($i = 0; $i < 60000; $i++) imagesetpixel($small, $i % 300, intdiv($i, 300), mt_rand(0, 255) << 16 | ($i % 256) << 8 | intdiv($i, 300));
imagecopyresampled($large = imagecreatetruecolor(${width}, ${height}), $small, 0, 0, 0, 0, ${width}, ${height}, 300, 200);
imagejpeg($large, "/tmp/photograph.jpg", 88);`;
  await web.run(`php -d memory_limit=-1 -r '${code}'`, '33:33');
  const tar = await web.archive('/tmp/photograph.jpg');
  return tar.subarray(512, 512 + parseInt(tar.toString('latin1', 124, 135), 8));
}

t.test('a gallery of eight photographs at once, and a picture that can never be worked on', async (t) => {
  const browser = new Browser(origin);
  await logIn({ web, database: db, browser });
  const nonce = (await browser.get('/wp-admin/admin-ajax.php?action=rest-nonce')).text;
  const upload = (name: string, type: string, bytes: Buffer) =>
    browser.send('/index.php?rest_route=/wp/v2/media', bytes, {
      'x-wp-nonce': nonce,
      'content-type': type,
      'content-disposition': `attachment; filename="${name}"`,
    });
  const bytes = await photograph(6000, 4000);
  const all = () =>
    Promise.all(Array.from({ length: 8 }, (_, n) => upload(`photograph-${n}.jpg`, 'image/jpeg', bytes)));
  // They need half a minute; where the machine is so busy that it is more than two, it is tried again.
  const gallery = await all().catch(all).catch(all);
  t.strictSame(
    gallery.map(({ status }) => status),
    Array.from({ length: 8 }, () => 201),
  );
  for (const { text } of gallery) {
    const { media_details: details } = JSON.parse(text) as {
      media_details: { width: number; sizes: object };
    };
    t.equal(details.width, 2560);
    t.match(Object.keys(details.sizes), ['medium', 'large', 'thumbnail']);
  }
  t.match(
    await web.run(
      'cat /sys/fs/cgroup/memory/memory.oom_control /sys/fs/cgroup/memory.events 2>/dev/null; true',
    ),
    /^oom_kill 0$/m,
  );
  // By its header: nothing of it is read.
  const endless = Buffer.from(picture(8, 8));
  endless.writeUInt32BE(20_000, 16);
  endless.writeUInt32BE(20_000, 20);
  const refused = await upload('endless.png', 'image/png', endless);
  t.match(refused.text, 'Uploading a smaller image may help. Suggested maximum size is 2560 pixels.');
  t.equal(refused.status, 500, 'as for other uploads that WordPress refuses');
});

t.test('nothing can be written to but what is named', async (t) => {
  t.match(await web.run('grep " / " /proc/mounts'), / ro,/);
  const writable = await web.run(
    String.raw`find / \( -path /proc -o -path /sys -o -path /var/lib/wordpress -o -path /run -o -path /tmp \) -prune -o -type d -writable -print 2>/dev/null; true`,
    '33:33',
  );
  t.strictSame(writable.trim().split('\n').sort(), ['/dev/mqueue', '/dev/shm']);
});

t.test('PHP is kept to what a site needs', async (t) => {
  const probe = await php(
    'probe',
    `$read = fn (string $file): bool => @file_get_contents($file) !== false;
echo json_encode([
  'there' => array_values(array_filter(['exec', 'system', 'passthru', 'shell_exec', 'popen', 'proc_open', 'dl', 'symlink', 'link', 'putenv', 'posix_kill'], 'function_exists')),
  'outside' => array_values(array_filter(['/etc/passwd', '/proc/self/environ', '/etc/nginx/nginx.conf'], $read)),
  'inside' => $read(__FILE__),
  'url' => $read('http://127.0.0.1:8080/healthz'),
  'ffi' => extension_loaded('ffi'),
  'settings' => array_map('ini_get', ['expose_php', 'display_errors', 'session.use_strict_mode', 'session.cookie_httponly', 'user_ini.filename', 'memory_limit', 'opcache.memory_consumption']),
  'paths' => count(realpath_cache_get()) > 0,
]);`,
  );
  t.strictSame(JSON.parse(await ask(probe)), {
    there: [],
    outside: [],
    inside: true,
    url: false,
    ffi: false,
    settings: ['', '', '1', '1', '', '158M', '85'],
    paths: true,
  });
  t.equal((await fetch(`${origin}/`)).headers.get('x-powered-by'), null);
});

t.test('what is slow is told, with where it is', async (t) => {
  await ask(await php('slow', 'function lingers() { sleep(6); } lingers();'));
  const stderr = (await web.logged(/lingers\(\)/)).stderr;
  t.match(stderr, /script '.*\/slow\.php' .*executing too slow/);
  t.match(stderr, /\[0x[0-9a-f]+\] lingers\(\) .*slow\.php:1/);
});

t.test('code on the volume may change; where nothing may, nobody looks', async (t) => {
  const fixed = await start('fixed', {
    task: wordpressTask,
    binds,
    // Where it looked, it would do so as often as the other; and nginx keeps no answer.
    environment: { PHP_VALIDATE_TIMESTAMPS: '0', PHP_REVALIDATE_SECONDS: '2', NGINX_PAGE_CACHE: 'off' },
  });
  await fixed.until('platen-health');
  const path = await php('changing', 'echo "old";');
  // A file that is younger than 2 s is not kept (opcache.file_update_protection).
  await sleep(3000);
  const askFixed = async (): Promise<string> => (await fetch(`${await fixed.origin()}${path}`)).text();
  t.strictSame([await ask(path), await askFixed()], ['old', 'old']);
  await php('changing', 'echo "new";');
  for (let tries = 0; tries < 600 && (await ask(path)) !== 'new'; tries += 1) await sleep(100);
  t.equal(await ask(path), 'new');
  await sleep(3000);
  t.equal(await askFixed(), 'old');
  await fixed.remove();

  // As when a plugin that the image brings, which is a link, is updated by hand.
  const linked = '/wp-content/plugins/linked/code.php';
  const write = (text: string) => `mkdir ${text} && echo '<?php echo "${text}";' >${text}/code.php`;
  await web.run(`cd ${content}/plugins && ${write('first')} && ln -s first linked`, '33:33');
  await sleep(3000);
  t.strictSame([await ask(linked), await ask(linked)], ['first', 'first']);
  await web.run(`cd ${content}/plugins && ${write('second')} && rm linked && mv second linked`, '33:33');
  const replaced = performance.now();
  // Each worker remembers paths by itself.
  const all = async () => new Set(await Promise.all(Array.from({ length: 12 }, () => ask(linked))));
  let answers = await all();
  for (; answers.has('first') && performance.now() - replaced < 60_000; answers = await all())
    await sleep(1000);
  t.strictSame([...answers], ['second'], 'a folder takes the place of a link');
});

t.test('who dies is started again, however often', async (t) => {
  for (let times = 0; times < 4; times += 1) {
    const pid = 's6-svstat -o pid /run/platen/services/php-fpm';
    const before = await web.run(pid, '33:33');
    await web.run(`kill -KILL ${before}`, '33:33');
    await web.until(
      `now=$(${pid}) && [ "$now" -gt 0 ] && [ "$now" != ${before.trim()} ] && platen-health`,
      90,
      '33:33',
    );
  }
  t.match(await ask('/'), 'A Task');
});

t.test('under load it stays below its limit', async (t) => {
  const heavy = await php('heavy', '$a = str_repeat("a", 60 << 20); usleep(100000); echo strlen($a);');
  const load = { origin, paths: ['/?uncached=1', heavy, heavy], connections: 20 };
  let workers = 0;
  const { statuses, errors } = await underLoad(load, async () => {
    for (let seconds = 0; seconds < 10; seconds += 1) {
      await sleep(1000);
      const lines = (await processes(web)).split('\n');
      workers = Math.max(workers, lines.filter((line) => line.includes('php-fpm: pool www')).length);
    }
  });
  t.strictSame(errors, []);
  t.strictSame(Object.keys(statuses), ['200']);
  t.equal(workers, 4, 'as many as fit');
  const { State } = await web.docker.inspect();
  t.equal(State.OOMKilled, false);
  t.equal(State.Running, true);
  const counts = await web.run(
    'cat /sys/fs/cgroup/memory/memory.oom_control /sys/fs/cgroup/memory.events 2>/dev/null; true',
  );
  t.match(counts, /^oom_kill 0$/m);
});

t.test('it starts fast and needs little', async (t) => {
  const times: number[] = [];
  let last = web;
  // The figure to reach, 1 s, is measured by the bench; this machine has other things to do meanwhile.
  const most = 3000;
  for (let count = 0; count < 10 && !times.some((ms) => ms <= most); count += 1) {
    if (last !== web) await last.remove();
    last = await start(`start${count}`, { task: wordpressTask, binds });
    const place = `${await last.origin()}/healthz`;
    const healthy = (): Promise<boolean> =>
      fetch(place).then(
        ({ ok }) => ok,
        () => false,
      );
    for (let tries = 0; tries < 6000 && !(await healthy()); tries += 1) await sleep(10);
    times.push(Date.now() - Date.parse((await last.docker.inspect()).State.StartedAt));
  }
  t.ok(Math.min(...times) <= most, `${times.join(', ')} ms to the first healthy answer`);
  for (let count = 0; count < 5; count += 1) await fetch(`${await last.origin()}/?count=${count}`);
  await sleep(5000);
  const { memory_stats: memory } = await last.docker.stats({ stream: false });
  const { total_inactive_file, inactive_file } = memory.stats as unknown as Record<string, number>;
  const megabytes = (memory.usage - (total_inactive_file ?? inactive_file ?? 0)) / 1024 / 1024;
  t.ok(megabytes <= 60, `${megabytes.toFixed(1)} MB`);
  await last.remove();
});

t.test('a connection that nobody uses is kept for longer than a load balancer keeps it', async (t) => {
  t.strictSame(await answersAMinuteApart, ['HTTP/1.1 200 OK', 'HTTP/1.1 200 OK']);
});

t.test('started by root, only masters stay root', async (t) => {
  const root = await start('root', {
    task: wordpressRootTask,
    environment: { PLATEN_DRAIN_SECONDS: '0', PLATEN_STOP_SECONDS: '10' },
  });
  await root.until('platen-health');
  const lines = async () => (await processes(root)).trim().split('\n');
  const expected = [
    ['nginx: worker', /^33 /],
    ['php-fpm: pool', /^33 0+ /],
    ['platen-wp run', /^33 0+ /],
    ['nginx-keeper', /^33 0+ /],
    // What keeps s6 from starting again what is done.
    ['sleep infinity', /^65534 0+ /],
  ] as const;
  const masters = /^0 \S+ \S+ 1 (s6-svscan|s6-supervise|s6-notifyoncheck|nginx: master|php-fpm: master) /;
  // At the start there are shells, which go, and some services come later than the first healthy answer.
  let others: string[] = [];
  let missing: string[] = [];
  for (const end = Date.now() + 90_000; Date.now() < end; await sleep(200)) {
    const all = await lines();
    others = all.filter((line) => line.startsWith('0 ') && !masters.test(line));
    missing = expected.flatMap(([name, who]) =>
      all.some((line) => line.includes(name) && who.test(line)) ? [] : [name],
    );
    if (others.length === 0 && missing.length === 0) break;
  }
  t.strictSame(missing, [], 'who they are');
  t.strictSame(others, [], 'nobody else is root');
  t.equal(await root.run('find / -xdev -type f -perm /6000'), '', 'no file gives rights');
  t.equal((await root.stop()).exitCode, 0);
});

t.test('sizes follow the limits', async (t) => {
  const limits = `mkdir -p /tmp/v1/memory /tmp/v1/cpu /tmp/v2 && cd /tmp &&
    echo 268435456 >v2/memory.max && echo 50000 100000 >v2/cpu.max &&
    printf 'cache 1\\nhierarchical_memory_limit 314572800\\n' >v1/memory/memory.stat &&
    echo 70000 >v1/cpu/cpu.cfs_quota_us && echo 100000 >v1/cpu/cpu.cfs_period_us &&
    for cgroup in /tmp/v1 /tmp/v2; do (. /etc/s6/limits; echo $limit_memory $limit_cpu $limit_workers); done`;
  t.equal(await web.run(limits, '33:33'), '300 70 1\n256 50 1\n', 'control groups of version 1 and 2');
  const cases: readonly (readonly [number, number, Record<string, string>, string])[] = [
    [256, 0.5, {}, '256 MB, 0.50 CPUs, 2 workers of PHP with at most 64M each, 64 MB of opcache, 1 workers'],
    [1024, 1, {}, '1024 MB, 1.00 CPUs, 10 workers of PHP with at most 256M each, 170 MB of opcache, 1 '],
    [2048, 0.25, {}, '2048 MB, 0.25 CPUs, 8 workers of PHP with at most 256M each, 256 MB of opcache, 1 '],
    [
      ...([512, 1] as const),
      { PHP_MAX_CHILDREN: '3', PHP_OPCACHE_MEMORY: '100', PHP_MEMORY_LIMIT: '300M', NGINX_WORKERS: '3' },
      '512 MB, 1.00 CPUs, 3 workers of PHP with at most 300M each, 100 MB of opcache, 3 workers of nginx',
    ],
  ];
  const results = cases.map(async ([memory, cpus, environment, line], index) => {
    const host = { Memory: memory * 1024 * 1024, NanoCpus: cpus * 1e9 };
    const container = await start(`size${index}`, { host, environment });
    t.match((await container.logged(/platen: \d+ MB/)).stderr, `platen: ${line}`);
    await container.remove();
  });
  await Promise.all(results);
});

t.test('a container that can not work stops, and says why', async (t) => {
  const pool = { binds: [`${join(folder, 'broken')}:/etc/php/8.4/fpm/pool.d/zz-broken.conf:ro`] };
  const readonly = { host: { ReadonlyRootfs: true } };
  const cases: readonly (readonly [Partial<ContainerOptions>, RegExp])[] = [
    [
      { environment: { PHP_MAX_CHILDREN: 'many' } },
      /platen: PHP_MAX_CHILDREN must be a whole number, not "many"/,
    ],
    [
      { environment: { PHP_MEMORY_LIMIT: '256MB' } },
      /platen: PHP_MEMORY_LIMIT must be like 256M, not "256MB"/,
    ],
    [{ environment: { PHP_VALIDATE_TIMESTAMPS: '2' } }, /platen: PHP_VALIDATE_TIMESTAMPS must be 0 or 1/],
    [
      { environment: { PLATEN_DRAIN_SECONDS: '30' } },
      /platen: PLATEN_STOP_SECONDS \(10\) must be .* PLATEN_DRAIN_SECONDS \(30\)/,
    ],
    [readonly, /platen: \/run can't be written to by user 0: mount a tmpfs there/],
    // Reported by php-fpm itself, each time.
    [
      pool,
      /ERROR: .*zz-broken\.conf[^]*platen: php-fpm can't be started: exit code 78, 3 times in a row; the container stops/,
    ],
  ];
  const results = cases.map(async ([options, why], index) => {
    const { exitCode, log } = await (await start(`stops${index}`, options)).ended();
    t.not(exitCode, 0);
    t.match(log, why);
  });
  await Promise.all(results);
});
