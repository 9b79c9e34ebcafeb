import { readFileSync } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { Agent, request } from 'undici';
import { connectDocker } from '../../engine/docker/docker-client.js';
import { removeTags } from '../../testing/build-for-test.js';
import { derivedImage } from '../../testing/derived-image.js';
import { type LoadOutcome, underLoad } from '../../testing/load.js';
import { localTestPlatform } from '../../testing/local-platform.js';

t.setTimeout(1_500_000);

const platform = await localTestPlatform(t.testdir());
// What is registered first is done last: containers of the platform stand on these images.
const derived: string[] = [];
t.teardown(() => removeTags(...derived));
t.teardown(() => platform.remove());
const docker = await connectDocker({ host: process.env.DOCKER_HOST });
const { driver, authorityFile = '' } = await platform.open();
const { address = '' } = await driver.apply({});
const origin = address.replace(/\/$/, '');
const ca = readFileSync(authorityFile, 'utf8');
const agent = new Agent({ connect: { ca } });
t.teardown(() => agent.close());

/** Runs a command in a part; gives its exit code and what it printed. */
async function inPart(
  part: string,
  command: readonly string[],
  input = '',
): Promise<{ code: number; said: string }> {
  const stdout = new PassThrough();
  const streams = { stdin: Readable.from([input]), stdout, stderr: stdout, terminal: false };
  const code = await driver.exec({ part, command, isNew: false }, streams);
  stdout.end();
  return { code, said: await text(stdout) };
}

async function status(path: string): Promise<number> {
  const { statusCode, body } = await request(`${origin}${path}`, { dispatcher: agent }).catch(() => ({
    statusCode: 0,
    body: { dump: () => undefined },
  }));
  await body.dump();
  return statusCode;
}

/** Pages that PHP makes: a query passes the page cache by. */
const load = { origin, ca, paths: ['/?fresh=1', '/wp-login.php', '/'], connections: 3, pauseMs: 30 };

function failed({ statuses, errors }: LoadOutcome): number {
  const bad = Object.entries(statuses).filter(([code]) => Number(code) >= 500);
  return errors.length + bad.reduce((sum, [, count]) => sum + count, 0);
}

const tasks = async () => (await driver.status()).service?.tasks ?? [];
const containerOf = (name: string) =>
  docker.getContainer(`platen-${platform.name}-${name.replace(' ', '-')}`);

t.test('the site is installed', async (t) => {
  const install = [
    'platen-wp',
    'install',
    '--url',
    origin,
    '--title',
    'Faults',
    '--user',
    'me',
    '--email',
    'me@site.example',
  ];
  const { code, said } = await inPart('wordpress', [...install, '--password-file', '-'], 'a long password\n');
  t.equal(code, 0, said);
  t.equal(await status('/?fresh=1'), 200);
});

t.test('a roll-out under load loses no request', async (t) => {
  const image = await derivedImage(platform.images.wordpress, `platen-test/next:${platform.name}`, [
    'LABEL next=1',
  ]);
  derived.push(image);
  const outcome = await underLoad(load, async () => {
    t.match((await driver.apply({ image })).deployment, { outcome: 'completed' });
  });
  t.ok((outcome.statuses[200] ?? 0) > 10, JSON.stringify(outcome.statuses));
  t.equal(failed(outcome), 0, JSON.stringify(outcome));
});

t.test('a broken release under load loses none either, and is rolled back', async (t) => {
  const image = await derivedImage(platform.images.wordpress, `platen-test/bad:${platform.name}`, [
    'ENTRYPOINT ["/bin/sh", "-c", "echo broken on purpose >&2; exit 3"]',
  ]);
  derived.push(image);
  const outcome = await underLoad(load, async () => {
    t.match((await driver.apply({ image })).deployment, { outcome: 'rolled-back' });
  });
  t.ok((outcome.statuses[200] ?? 0) > 5, JSON.stringify(outcome.statuses));
  t.equal(failed(outcome), 0, JSON.stringify(outcome));
});

t.test('of a killed replica, what it was asked fails until two checks have, and nothing after', async (t) => {
  // Back to the release that the file names: only what is lost is to differ afterwards.
  await driver.apply({});
  const [victim] = await tasks();
  const before = await underLoad(load, async () => {
    await sleep(500);
    await containerOf(victim?.name ?? '').kill();
    // Two checks, a second apart.
    await sleep(4000);
  });
  t.ok(failed(before) < 200, `${failed(before)} requests failed meanwhile`);
  const after = await underLoad(load, () => sleep(3000));
  t.equal(failed(after), 0, JSON.stringify(after));
  const { changes } = await driver.apply({});
  t.match(
    changes.find(({ type }) => type === 'service'),
    { action: 'update', reasons: [/1 of 2 do not run/] },
  );
  t.match((await driver.status()).service, { healthy: 2 });
});

t.test('without Valkey pages are made, if slower', async (t) => {
  const outcome = await underLoad(load, async () => {
    await containerOf('cache').kill();
    await sleep(4000);
  });
  t.equal(failed(outcome), 0, JSON.stringify(outcome));
  await driver.apply({});
  // A replica asks again two seconds after it went without.
  const works = async () =>
    /^ok +object cache/m.test((await inPart('wordpress', ['platen-wp', 'doctor'])).said);
  let again = await works();
  for (const end = Date.now() + 5000; !again && Date.now() < end; again = await works()) await sleep(200);
  t.ok(again, 'and with it again as soon as it is back');
});

t.test(
  'without the database, pages that are kept keep coming; errors end soon after it is back',
  async (t) => {
    for (let i = 0; i < 4; i += 1) await status('/');
    await containerOf('database').stop({ t: 20 });
    let lost = 0;
    for (const end = Date.now() + 8000; Date.now() < end; await sleep(200))
      if ((await status('/')) !== 200) lost += 1;
    t.equal(lost, 0, 'the front page comes from the page cache');
    await containerOf('database').start();
    const since = Date.now();
    while ((await status('/?fresh=2')) !== 200 && Date.now() - since < 30_000) await sleep(100);
    // It needs a moment of its own to start.
    t.ok(Date.now() - since < 12_000, `${Date.now() - since} ms`);
  },
);

t.test('after a power cut, provision brings back all that was there', async (t) => {
  const all = await docker.listContainers({ filters: { label: [`platen.environment=${platform.name}`] } });
  await Promise.all(all.map(({ Id }) => docker.getContainer(Id).kill()));
  t.equal(await status('/'), 0);
  await driver.apply({});
  t.match((await driver.status()).service, { healthy: 2 });
  t.equal(await status('/?fresh=3'), 200);
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
