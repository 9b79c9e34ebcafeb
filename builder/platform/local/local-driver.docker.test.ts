import t from 'tap';
import { removeTags } from '../../testing/build-for-test.js';
import { derivedImage } from '../../testing/derived-image.js';
import { leftovers, localTestPlatform } from '../../testing/local-platform.js';
import { platformScenario } from '../../testing/platform-scenario.js';

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
