import type { Test } from 'tap';
import type { PlatformDriver, PlatformWish } from '../platform/driver.js';
import { hasChanges } from '../platform/change.js';

/** Releases for a driver to deploy. */
export interface ScenarioReleases {
  /** A working release other than the running one. */
  readonly good: string;
  /** A release that never gets healthy, and a line of its log. */
  readonly broken: string;
  readonly lastWords: RegExp;
  /** Additional wishes to the driver. */
  readonly wish?: PlatformWish;
}

/** Tests of every driver, in the order of a user's actions, starting from nothing. */
export function platformScenario(
  t: Test,
  driver: PlatformDriver,
  { good, broken, lastWords, wish = {} }: ScenarioReleases,
): void {
  t.test('a plan says what is missing, and makes nothing', async (t) => {
    const { changes } = await driver.plan(wish);
    t.ok(changes.length > 0);
    t.notOk(changes.some(({ action }) => action !== 'create'));
    t.match(await driver.status(), { address: undefined, service: undefined });
  });

  t.test('provision brings all of it up', async (t) => {
    const outcome = await driver.apply(wish);
    t.match(outcome.deployment, { outcome: 'completed', revision: '1', wanted: '1' });
    const { service, address } = await driver.status();
    t.equal(address, outcome.address);
    t.match(service, { desired: 2, running: 2, healthy: 2, revision: '1', wanted: undefined });
  });

  t.test('a second run finds nothing to do', async (t) => {
    t.notOk(hasChanges(await driver.plan({})));
    const { changes, deployment } = await driver.apply({});
    t.notOk(hasChanges({ changes }));
    t.equal(deployment, undefined);
  });

  t.test('a new release is rolled out', async (t) => {
    const [before] = (await driver.status()).service?.tasks ?? [];
    const { changes, deployment } = await driver.apply({ image: good });
    t.ok(
      changes.some(
        ({ action, reasons }) => action === 'update' && reasons.some((one) => /\bImage /.test(one)),
      ),
    );
    t.match(deployment, { outcome: 'completed', revision: '2' });
    const { service } = await driver.status();
    t.match(service, { healthy: 2, revision: '2' });
    t.notOk(
      service?.tasks.some(({ name }) => name === before?.name),
      'by new tasks',
    );
  });

  t.test('one that never gets healthy is rolled back, and says why', async (t) => {
    const tasks = (await driver.status()).service?.tasks.map(({ name }) => name);
    const { deployment } = await driver.apply({ image: broken });
    t.match(deployment, { outcome: 'rolled-back', revision: '2', wanted: '3', exitCode: 3 });
    t.match(deployment?.log?.join('\n'), lastWords);
    const { service } = await driver.status();
    t.match(service, { healthy: 2, running: 2, revision: '2', wanted: { revision: '3' } });
    t.strictSame(
      service?.tasks.map(({ name }) => name),
      tasks,
      'those of before, untouched',
    );
  });

  t.test('a rollback goes to the release before', async (t) => {
    const { deployment } = await driver.rollBack();
    t.match(deployment, { outcome: 'completed', revision: '4' });
    t.match((await driver.status()).service, { healthy: 2, wanted: undefined });
  });

  t.test('destroy leaves nothing that runs', async (t) => {
    t.ok(hasChanges(await driver.planDestroy({ withData: false })));
    await driver.destroy({ withData: false });
    t.match(await driver.status(), { address: undefined, service: undefined });
    t.notOk(hasChanges(await driver.planDestroy({ withData: false })));
  });
}
