import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { buildForTest, removeTags } from '../../builder/testing/build-for-test.js';
import { ContainerNetwork, type TestContainer } from '../../builder/testing/containers.js';
import { startLoadBalancer } from '../../builder/testing/haproxy.js';
import { underLoad } from '../../builder/testing/load.js';
import { wordpressTask } from '../../builder/testing/wordpress-task.js';

// A cold build on a slow machine.
t.setTimeout(1_800_000);

const wordpress = await buildForTest('wordpress');
t.teardown(() => removeTags(wordpress.reference));
const network = await ContainerNetwork.create();
t.teardown(() => network.remove());
const drainSeconds = 6;
const stopSeconds = 16;
/** By which a busy machine may be late. */
const lateMs = 4000;

async function replica(alias: string): Promise<TestContainer> {
  const web = await network.start({
    image: wordpress.reference,
    alias,
    port: 8080,
    task: { ...wordpressTask, StopTimeout: stopSeconds, Memory: 256 },
    environment: {
      WORDPRESS_DB_HOST: 'nowhere.invalid',
      WORDPRESS_DB_PASSWORD: 'none',
      PLATEN_DRAIN_SECONDS: String(drainSeconds),
      PLATEN_STOP_SECONDS: String(stopSeconds),
    },
  });
  await web.until('platen-health');
  await web.run(
    `cd /var/lib/wordpress/wp-content/plugins && echo '<?php usleep(300000); echo str_repeat("a", 100000);' >page.php && echo whole >file.txt`,
    '33:33',
  );
  return web;
}

t.test('not one request fails while containers stop behind a load balancer', async (t) => {
  const replicas = await Promise.all(['web1', 'web2'].map(replica));
  const addresses = await Promise.all(replicas.map((web) => web.origin()));
  const balancer = await startLoadBalancer(
    addresses.map((origin) => new URL(origin).host),
    t.testdir({}),
  );
  t.teardown(() => balancer.stop());
  const [first, second] = replicas;
  if (!first || !second) throw new Error('there are two');
  const filePath = '/wp-content/plugins/file.txt';
  const load = {
    origin: balancer.origin,
    paths: ['/wp-content/plugins/page.php', filePath],
    connections: 6,
    pauseMs: 20,
  };

  const { statuses, errors } = await underLoad(load, async () => {
    await sleep(2000);
    const origin = await first.origin();
    const stopping = first.stop(stopSeconds + 20);
    const status = async (path: string) => (await fetch(`${origin}${path}`)).status;
    for (let tries = 0; tries < 50 && (await status('/readyz')) !== 503; tries += 1) await sleep(50);
    const paths = ['/readyz', '/healthz', filePath];
    t.strictSame(await Promise.all(paths.map(status)), [503, 200, 200], 'not ready, but alive and serving');
    const { ms, exitCode } = await stopping;
    t.equal(exitCode, 0, 'it ended by itself');
    t.ok(ms >= drainSeconds * 1000 && ms < stopSeconds * 1000 + lateMs, `after ${Math.round(ms)} ms`);
    // The same container again: what it left does not hinder it.
    await first.docker.start();
    await first.until('platen-health');
    t.equal((await fetch(`${await first.origin()}/readyz`)).status, 200, 'ready again');
  });
  t.strictSame(errors, []);
  t.strictSame(Object.keys(statuses), ['200']);
  t.ok((statuses[200] ?? 0) > 100, JSON.stringify(statuses));
  t.notMatch((await first.logs()).stderr, /platen: \S+ (ended|did not end)/, 'and no service was killed');

  t.test(
    'a request that takes longer than the drain is answered; one that takes for ever is cut off',
    async (t) => {
      const answers = underLoad({ ...load, origin: await second.origin(), connections: 1 }, () => sleep(1));
      t.strictSame((await answers).errors, []);
      await second.run(
        `cd /var/lib/wordpress/wp-content/plugins && echo '<?php set_time_limit(0); touch("/tmp/slow-$_GET[s]"); sleep((int) $_GET["s"]); echo "whole";' >slow.php`,
        '33:33',
      );
      const ask = async (seconds: number): Promise<string> => {
        const answer = await fetch(`${await second.origin()}/wp-content/plugins/slow.php?s=${seconds}`);
        return answer.text();
      };
      const long = ask(9);
      const endless = ask(60).catch(() => 'cut off');
      await second.until('[ "$(ls /tmp/slow-* | wc -l)" = 2 ]', 60, '33:33');
      const { ms, exitCode } = await second.stop(stopSeconds + 20);
      t.equal(await long, 'whole');
      t.not(await endless, 'whole');
      t.equal(exitCode, 0);
      t.ok(ms < stopSeconds * 1000 + lateMs, `after ${Math.round(ms)} ms`);
      const { stderr } = await second.logged(/it is killed/);
      const [, waited] = /platen: nginx did not end within (\d+) ms; it is killed/.exec(stderr) ?? [];
      const left = (stopSeconds - drainSeconds) * 1000 - Number(waited);
      t.ok(left >= 1500, `${left} ms for the others, before the engine would kill them`);
    },
  );
});
