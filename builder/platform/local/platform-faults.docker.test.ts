import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { Browser } from '../../testing/browser.js';
import { removeTags } from '../../testing/build-for-test.js';
import { derivedImage } from '../../testing/derived-image.js';
import { underLoad } from '../../testing/load.js';
import { localTestPlatform } from '../../testing/local-platform.js';
import { OwnDocker } from '../../testing/own-docker.js';
import { picture } from '../../testing/picture.js';
import { SmallDisk } from '../../testing/small-disk.js';
import { TriedPlatform, failures } from '../../testing/tried-platform.js';
import { restNonce } from '../../testing/wordpress-replicas.js';

t.setTimeout(1_500_000);

// One of the faults is the daemon's end: all of it stands on one of its own. What is registered first is done last.
const own = await OwnDocker.create();
t.teardown(() => own.remove());
process.env['DOCKER_HOST'] = own.host;
const disk = new SmallDisk(32);
t.teardown(() => disk.remove());
const platform = await localTestPlatform(t.testdir());
const derived: string[] = [];
t.teardown(() => removeTags(...derived));
t.teardown(() => platform.remove());
await disk.becomes(platform.name, 'webroot');
// A page may take its time on a busy machine: who is to go answers what it was asked, however long that takes.
platform.configure({ deregistrationSeconds: 60 });
const site = await TriedPlatform.start(platform);
await own.publish(Object.values(platform.ports));
t.teardown(() => site.close());
const { driver, load } = site;
/** The path of a picture that somebody has uploaded. */
let uploaded = '';

async function release(name: string, changes: readonly string[]): Promise<string> {
  const image = await derivedImage(
    platform.images.wordpress,
    `platen-test/${name}:${platform.name}`,
    changes,
  );
  derived.push(image);
  return image;
}

/** Asks for some seconds; not one request may fail. */
async function losesNothing(t: Test, work: () => Promise<unknown>, atLeast = 1): Promise<void> {
  const outcome = await underLoad(load, work);
  t.ok((outcome.statuses[200] ?? 0) >= atLeast, JSON.stringify(outcome.statuses));
  t.equal(failures(outcome), 0, JSON.stringify(outcome));
}

t.test('the site is installed', async (t) => {
  const of = { url: site.origin, title: 'Faults', user: 'admin', email: 'me@site.example' };
  const options = Object.entries(of).flatMap(([name, value]) => [`--${name}`, value]);
  const command = ['platen-wp', 'install', ...options, '--password-file', '-'];
  const { code, said } = await site.run('wordpress', command, 'correct horse battery staple\n');
  t.equal(code, 0, said);
  t.equal(await site.status('/?fresh=1'), 200);
});

t.test('a roll-out under load loses no request', async (t) => {
  const image = await release('next', ['LABEL next=1']);
  await losesNothing(
    t,
    async () => {
      t.match((await driver.apply({ image })).deployment, { outcome: 'completed' });
    },
    10,
  );
});

t.test('a broken release under load loses none either, and is rolled back', async (t) => {
  const image = await release('bad', ['ENTRYPOINT ["/bin/sh", "-c", "echo broken on purpose >&2; exit 3"]']);
  await losesNothing(
    t,
    async () => {
      t.match((await driver.apply({ image })).deployment, { outcome: 'rolled-back' });
    },
    5,
  );
});

t.test('of a killed replica, what it was asked fails until two checks have, and nothing after', async (t) => {
  // Back to the release that the file names: only what is lost is to differ afterwards.
  await driver.apply({});
  const [victim] = await site.tasks();
  const before = await underLoad(load, async () => {
    await sleep(500);
    await site.container(victim?.name ?? '').kill();
    // Two checks, a second apart.
    await sleep(4000);
  });
  t.ok(failures(before) < 200, `${failures(before)} requests failed meanwhile`);
  await losesNothing(t, () => sleep(3000));
  const { changes } = await driver.apply({});
  t.match(
    changes.find(({ type }) => type === 'service'),
    { action: 'update', reasons: [/1 of 2 do not run/] },
  );
  t.match((await driver.status()).service, { healthy: 2 });
});

t.test(
  'of a killed php-fpm, what it was asked fails until it is there again, and nothing after',
  async (t) => {
    const [victim] = await site.tasks();
    const [, id = ''] = (victim?.name ?? '').split(' ');
    const isFpm = 'read -r name <$one/comm && case $name in php-fpm*) ;; *) continue ;; esac';
    const ofEach = (work: string) =>
      `for one in /proc/[0-9]*; do ${isFpm}; ${work} "\${one#/proc/}" || :; done`;
    const running = async () => (await site.run(id, ['sh', '-c', ofEach('echo')])).said.trim().split('\n');
    const killed = await running();
    const pages = { ...load, paths: ['/?fresh=1'] };
    const before = await underLoad(pages, async () => {
      await sleep(500);
      t.match(await site.run(id, ['sh', '-c', ofEach('kill -9')]), { code: 0 });
      await sleep(4000);
    });
    const now = await running();
    t.ok(killed.length > 1 && now.length > 1, `${killed.join(' ')}, then ${now.join(' ')}`);
    t.notOk(
      now.some((pid) => killed.includes(pid)),
      'none of them is what it was',
    );
    t.ok(failures(before) < 100, `${failures(before)} requests failed meanwhile`);
    await losesNothing(t, () => sleep(3000));
    t.match((await driver.status()).service, { healthy: 2, running: 2 }, 'the task is the same');
    t.match(
      (await site.tasks()).map(({ name }) => name),
      [victim?.name],
      'and was not replaced',
    );
  },
);

t.test('without Valkey pages are made, if slower', async (t) => {
  const outcome = await underLoad(load, async () => {
    await site.container('cache').kill();
    await sleep(4000);
  });
  t.equal(failures(outcome), 0, JSON.stringify(outcome));
  await driver.apply({});
  // A replica asks again two seconds after it went without.
  const works = async () =>
    /^ok +object cache/m.test((await site.run('wordpress', ['platen-wp', 'doctor'])).said);
  let again = await works();
  for (const end = Date.now() + 5000; !again && Date.now() < end; again = await works()) await sleep(200);
  t.ok(again, 'and with it again as soon as it is back');
});

t.test(
  'without the database for 30 s, pages that are kept keep coming; errors end within 5 s of its return',
  async (t) => {
    for (let i = 0; i < 4; i += 1) await site.status('/');
    const kept = await underLoad({ ...load, paths: ['/'] }, async () => {
      await site.container('database').stop({ t: 20 });
      // Other pages come as long as the object cache has all of them.
      t.equal(await site.status('/?s=gone'), 500, 'what only the database knows fails');
      await sleep(30_000);
    });
    t.ok((kept.statuses[200] ?? 0) > 100, JSON.stringify(kept.statuses));
    t.equal(failures(kept), 0, JSON.stringify(kept));
    await site.container('database').start();
    // It is back when it answers.
    for (let code = 1; code !== 0; code = (await site.run('database', ['mariadb-health'])).code)
      await sleep(100);
    const ms = await site.msUntil('/?s=back', 30_000);
    t.ok(ms < 5000, `${ms} ms`);
    await losesNothing(t, () => sleep(2000));
  },
);

t.test('on a full disk all pages come and tasks start; an upload says what it lacks', async (t) => {
  const browser = new Browser(site.origin, { ca: site.ca });
  const nonce = await restNonce(browser);
  const upload = () =>
    browser.send('/wp-json/wp/v2/media', picture(800, 400), {
      'content-type': 'image/png',
      'content-disposition': 'attachment; filename="red.png"',
      'x-wp-nonce': nonce,
    });
  disk.fill();
  await losesNothing(t, async () => {
    t.match((await driver.apply({ scale: 3 })).deployment, { outcome: 'completed' });
  });
  const refused = await upload();
  t.equal(refused.status, 500);
  t.match(JSON.parse(refused.text), {
    message: /uploads\/.* could not be moved|could not be moved to .*uploads/,
  });
  disk.clear();
  const { status, text } = await upload();
  t.equal(status, 201, 'and works as soon as there is room');
  uploaded = new URL((JSON.parse(text) as { source_url: string }).source_url).pathname;
  await driver.apply({ scale: 2 });
});

t.test('after a power cut, provision brings back all that was there', async (t) => {
  await site.killAll();
  t.equal(await site.status('/'), 0);
  // Else it would find its own ports in use.
  await own.withdraw();
  await driver.apply({});
  await own.publish(Object.values(platform.ports));
  t.match((await driver.status()).service, { healthy: 2 });
  t.equal(await site.status('/?s=after-the-cut'), 200);
  t.equal(await site.status(uploaded), 200);
});

t.test('after a restart of the daemon all comes back by itself, and nothing is lost any more', async (t) => {
  const names = (await site.tasks()).map(({ name }) => name);
  const before = await underLoad(load, async () => {
    await own.stop();
    t.equal(await site.status('/'), 0, 'without the daemon nothing runs');
    await own.start();
    const ms = await site.msUntil('/?fresh=4', 60_000);
    t.ok(ms < 60_000, `${ms} ms`);
  });
  t.ok(failures(before) > 0, JSON.stringify(before.statuses));
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(500))
    if ((await driver.status()).service?.healthy === 2) break;
  t.strictSame(
    (await site.tasks()).map(({ name }) => name),
    names,
    'the same tasks',
  );
  await losesNothing(t, () => sleep(3000));
  t.strictSame(
    (await driver.plan({})).changes.filter(({ action }) => action !== 'none'),
    [],
  );
});

t.test('two at once wait for each other', async (t) => {
  const [one, two] = await Promise.all([platform.open(), platform.open()]);
  const outcomes = await Promise.all([one.driver.apply({ scale: 3 }), two.driver.apply({ scale: 3 })]);
  t.strictSame(
    outcomes.map(({ deployment }) => deployment?.outcome ?? '').toSorted((a, b) => a.localeCompare(b)),
    ['', 'completed'],
    'the second finds nothing to do',
  );
  t.match((await driver.status()).service, { desired: 3, healthy: 3 });
});

t.test('a run that was interrupted is finished by the next', async (t) => {
  const controller = new AbortController();
  const { driver: other } = await platform.open(controller.signal);
  setTimeout(() => controller.abort(), 1500);
  await t.rejects(other.apply({ scale: 2, image: platform.images.wordpress }));
  const { deployment } = await driver.apply({ scale: 2 });
  t.not(deployment?.outcome, 'failed');
  t.match((await driver.status()).service, { desired: 2, healthy: 2, running: 2 });
});
