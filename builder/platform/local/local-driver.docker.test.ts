import t from 'tap';
import { connectDocker } from '../../engine/docker/docker-client.js';
import { removeTags } from '../../testing/build-for-test.js';
import { derivedImage } from '../../testing/derived-image.js';
import { leftovers, localTestPlatform } from '../../testing/local-platform.js';
import { platformScenario } from '../../testing/platform-scenario.js';
import { environmentFolder } from './state/environment-folder.js';
import { PlatformSecrets, secretNames } from './state/platform-secrets.js';

t.setTimeout(1_500_000);

const platform = await localTestPlatform(t.testdir());
t.teardown(() => platform.remove());
const good = await derivedImage(platform.images.wordpress, `platen-test/good:${platform.name}`, [
  'LABEL test=good',
]);
const broken = await derivedImage(platform.images.wordpress, `platen-test/broken:${platform.name}`, [
  'ENTRYPOINT ["/bin/sh", "-c", "echo broken on purpose >&2; exit 3"]',
]);
t.teardown(() => removeTags(good, broken));
const { driver } = await platform.open();

platformScenario(t, driver, { good, broken, lastWords: /broken on purpose/ });

t.test('of a platform that was destroyed, its data are left and no more', async (t) => {
  const names = await leftovers(platform.name);
  t.strictSame(
    names.toSorted(),
    ['database', 'registry', 'webroot'].map((volume) => `platen-${platform.name}-${volume}`),
  );
  await driver.destroy({ withData: true });
  t.strictSame(await leftovers(platform.name), []);
});

t.test('Docker shows no secret: not in what containers were given, nor on a command line', async (t) => {
  await driver.apply({});
  const { files } = new PlatformSecrets(environmentFolder(platform.environment, platform.name));
  const secrets = secretNames.flatMap((name) => files.read(name)?.match(/[\w-]{24,}/g) ?? []);
  t.equal(secrets.length, 4, 'three passwords and the salts');
  const docker = await connectDocker({ host: process.env.DOCKER_HOST });
  const filters = { label: [`platen.environment=${platform.name}`] };
  const containers = await docker.listContainers({ all: true, filters });
  t.ok(containers.length >= 7, `${containers.length} containers`);
  for (const { Id, Names, State } of containers) {
    const container = docker.getContainer(Id);
    const given = await container.inspect();
    const processes = State === 'running' ? await container.top() : undefined;
    const shown = JSON.stringify({ given, processes });
    t.strictSame(
      secrets.filter((secret) => shown.includes(secret)),
      [],
      Names.join(' '),
    );
  }
});
