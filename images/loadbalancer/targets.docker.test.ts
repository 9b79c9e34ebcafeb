import { chmodSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { Agent, request } from 'undici';
import { buildForTest, removeTags } from '../../builder/testing/build-for-test.js';
import { makeCertificates } from '../../builder/testing/certificates.js';
import { ContainerNetwork, type TestContainer } from '../../builder/testing/containers.js';
import { type LoadOutcome, underLoad } from '../../builder/testing/load.js';
import { serviceTask } from '../../builder/testing/service-task.js';
import { wordpressTask } from '../../builder/testing/wordpress-task.js';

t.setTimeout(1_800_000);

const { reference: image } = await buildForTest('loadbalancer');
const { reference: wordpress } = await buildForTest('wordpress');
t.teardown(() => removeTags(image, wordpress));
const network = await ContainerNetwork.create();
t.teardown(() => network.remove());
const secrets = t.testdir({});
const certificates = makeCertificates(secrets);
const ca = readFileSync(certificates.ca);
chmodSync(certificates.key, 0o644);
const balancer = await network.start({
  image,
  alias: 'lb',
  port: 8443,
  task: serviceTask,
  binds: [`${secrets}:/run/secrets:ro`],
  environment: {
    LOADBALANCER_TLS_CERTIFICATE_FILE: '/run/secrets/server.crt',
    LOADBALANCER_TLS_KEY_FILE: '/run/secrets/server.key',
    LOADBALANCER_HEALTH_INTERVAL_SECONDS: '1',
    LOADBALANCER_HEALTH_TIMEOUT_SECONDS: '1',
  },
});
const targets = (line: string): Promise<string> => balancer.run(`loadbalancer-targets ${line}`, '999:999');

interface Target {
  readonly name: string;
  readonly state: string;
  readonly requests: number;
}
const list = async (): Promise<Record<string, Target>> =>
  Object.fromEntries((JSON.parse(await targets('list')) as Target[]).map((target) => [target.name, target]));

/** A server with a page that takes 300 ms. */
async function start(alias: string): Promise<TestContainer> {
  const web = await network.start({
    image: wordpress,
    alias,
    port: 8080,
    task: { ...wordpressTask, Memory: 256 },
    environment: {
      WORDPRESS_DB_HOST: 'nowhere.invalid',
      WORDPRESS_DB_PASSWORD: 'none',
      NGINX_PAGE_CACHE: 'off',
      WORDPRESS_ENTRY_POINTS: 'wp-content/plugins/*.php',
    },
  });
  await web.until('platen-health');
  await web.run(
    `cd /var/lib/wordpress/wp-content/plugins && echo '<?php usleep(300000); echo str_repeat("a", 100000);' >page.php && echo whole >file.txt`,
    '33:33',
  );
  return web;
}

await balancer.until('loadbalancer-health', 60, '999:999');
const [first] = await Promise.all([start('web1'), start('web2')]);
const file = '/wp-content/plugins/file.txt';

const origin = async (): Promise<string> => (await balancer.origin()).replace('http:', 'https:');

async function loaded(work: () => Promise<unknown>): Promise<LoadOutcome> {
  const paths = ['/wp-content/plugins/page.php', file, file, file];
  return underLoad({ origin: await origin(), paths, connections: 8, pauseMs: 5, ca: ca.toString() }, work);
}

t.test('no request comes to a target before it is healthy', async (t) => {
  const { statuses, errors } = await loaded(async () => {
    // Nothing listens there: a request for it would be a 502.
    await targets('register shut web1:8099');
    await sleep(2500);
    t.match((await list()).shut, { state: 'unhealthy', requests: 0 });
    await targets('deregister shut');
    await targets('register one web1:8080');
    t.match((await list()).one, { state: 'initial' });
    await targets('wait one');
  });
  t.strictSame(errors, []);
  t.strictSame(Object.keys(statuses), ['200', '503'], 'it answers 503 until there is a healthy one');
});

t.test('targets come, drain and go under load, and no request is lost', async (t) => {
  const { statuses, errors } = await loaded(async () => {
    await targets('register two web2:8080 3');
    await targets('wait two');
    await sleep(1000);
    const { one, two } = await list();
    if (!one || !two) throw new Error('there are two');
    t.ok(two.requests > 20, 'the new one is asked');
    await targets('drain one');
    await sleep(500);
    const drained = (await list()).one;
    t.match(drained, { state: 'draining' });
    await sleep(500);
    t.equal((await list()).one?.requests, drained?.requests, 'a draining one is asked no more');
    await targets('register one web1:8080');
    await targets('weight two 0');
    await sleep(500);
    for (let round = 0; round < 5; round++) {
      await targets('weight two 1');
      await targets('deregister one');
      t.strictSame(Object.keys(await list()), ['two']);
      await targets('register one web1:8080');
      await targets('wait one');
    }
  });
  t.strictSame(errors, []);
  t.strictSame(Object.keys(statuses), ['200']);
  t.ok((statuses[200] ?? 0) > 500, JSON.stringify(statuses));
});

t.test('a request that takes longer than the delay is cut, and not waited for', async (t) => {
  await first.run(`cd /var/lib/wordpress/wp-content/plugins && echo '<?php sleep(20);' >slow.php`, '33:33');
  await targets('weight two 0');
  const slow = ask('/wp-content/plugins/slow.php').then(
    (status) => `answered with ${status}`,
    (error: Error) => error.message,
  );
  await sleep(500);
  const begin = performance.now();
  await targets('deregister one 1');
  const ms = performance.now() - begin;
  t.ok(ms > 900, `it took ${Math.round(ms)} ms`);
  // Waited for, it would be answered after its 20 s.
  t.equal(await slow, 'other side closed');
  await targets('weight two 1');
  await targets('register one web1:8080');
  await targets('wait one');
});

t.test('of a killed target requests fail until two checks have, and none after', async (t) => {
  const { statuses, errors } = await loaded(async () => {
    await sleep(300);
    await first.docker.kill();
    while ((await list()).one?.state !== 'unhealthy') await sleep(50);
  });
  // No retries, as an ALB has none: what came for the dead one meanwhile is lost. Connections that have had an answer before
  // are closed without one, which tells a client that it may ask again.
  const lost = errors.length + (statuses[502] ?? 0);
  t.ok(lost > 0 && lost < 100, `${lost} are lost`);
  t.strictSame(
    errors.filter((error) => !error.endsWith('other side closed')),
    [],
  );
  t.equal(statuses[503], undefined);
  const after = await loaded(() => sleep(2000));
  t.strictSame(after.errors, []);
  t.strictSame(Object.keys(after.statuses), ['200']);
});

t.test('a load balancer that is killed has its targets again', async (t) => {
  await balancer.docker.kill();
  await balancer.docker.start();
  await balancer.until('loadbalancer-health && loadbalancer-targets wait two', 60, '999:999');
  t.strictSame(Object.keys(await list()), ['two'], 'but for one whose name is not known');
  await first.docker.start();
  await balancer.until('loadbalancer-targets wait one', 60, '999:999');
  t.equal(await ask(file), 200);
});

t.test('wrong calls say what is wrong', async (t) => {
  await t.rejects(targets('deregister three'), /there is no target three/);
  await t.rejects(targets('register three nowhere.invalid:80'), /there is no host nowhere\.invalid/);
  await t.rejects(targets('register two web1:8080'), /two is registered at .*: deregister it first/);
  await t.rejects(targets("register 'a b' web1:8080"), /"a b" is not a name of a target/);
  await t.rejects(targets('weight two 300'), /the weight is 300; it must be from 0 to 256/);
  await t.rejects(targets('mend'), /usage: loadbalancer-targets COMMAND/);
});

/** The status alone. */
async function ask(path: string): Promise<number> {
  const dispatcher = new Agent({ connect: { ca } });
  const { statusCode, body } = await request(`${await origin()}${path}`, { dispatcher });
  await body.dump();
  await dispatcher.close();
  return statusCode;
}
