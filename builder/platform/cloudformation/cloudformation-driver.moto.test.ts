import t from 'tap';
import { awsPlatform, motoSettings, releases } from '../../testing/aws-platform.js';
import { platformScenario } from '../../testing/platform-scenario.js';
import { cloudFormationDriver } from './cloudformation-driver.js';

const repository = '123456789012.dkr.ecr.eu-central-1.amazonaws.com/wordpress';
const operator = '203.0.113.7/32';

const aws = await awsPlatform(t);

t.test('an environment that does not say its account is not deployed', async (t) => {
  const driver = cloudFormationDriver(aws.context('region: eu-central-1\n'));
  await t.rejects(driver.apply({ operator }), {
    code: 'usage',
    message: /^moto\.yaml says no account/,
    hint: /account: '123456789012'$/,
  });
  const other = cloudFormationDriver(
    aws.context(motoSettings.replace('123456789012', '999999999999'), { profile: 'work' }),
  );
  await t.rejects(other.apply({ operator }), {
    code: 'usage',
    message:
      /^These credentials are of the AWS account 123456789012 \(profile work, arn:.*\); the environment moto is in 999999999999, region eu-central-1$/,
  });
  await t.rejects(cloudFormationDriver(aws.context()).apply({}), {
    code: 'usage',
    hint: /^Say who may reach the site until it is set up/,
  });
  const asked = await cloudFormationDriver(aws.context())
    .apply({ askOperator: () => Promise.resolve(operator), approve: () => Promise.resolve(false) })
    .catch((error: unknown) => error);
  t.match(asked, { address: undefined, deployment: undefined }, 'who is asked may say it, too');
  const { cloudformation } = aws.context().services('eu-central-1');
  t.equal(await cloudformation.stack('platen-registry'), undefined, 'nothing was made');
});

t.test('a plan says loudly that nothing is encrypted', async (t) => {
  const plain = `${motoSettings}edge: { cdn: no, plainHttp: yes, waf: 'off' }\n`;
  t.match(await cloudFormationDriver(aws.context(plain)).plan({}), {
    warnings: [/^moto\.yaml has edge\.plainHttp: passwords.*without encryption/],
  });
  t.strictSame((await cloudFormationDriver(aws.context()).plan({})).warnings, []);
});

t.test('a platform on AWS, as far as moto shows it', async (t) => {
  const driver = cloudFormationDriver(aws.context());
  platformScenario(t, driver, {
    good: releases.other,
    broken: releases.broken,
    lastWords: /the settings are wrong/,
    wish: { operator },
  });
  t.test('what was told on the way', async (t) => {
    t.strictSame(aws.published, [repository], 'the image was pushed once');
    const parts = aws.told.flatMap((event) =>
      event.kind === 'part-changed' && event.change === 'created' ? [event.part] : [],
    );
    const at = (part: string): number => {
      const index = parts.indexOf(part);
      t.ok(index >= 0, `${part} was made`);
      return index;
    };
    const order = ['registry', 'network', 'database', 'tasks', "database's user", 'service'];
    const places = order.map(at);
    t.strictSame(
      places,
      places.toSorted((a, b) => a - b),
      'a first deployment orders itself',
    );
    const healthy = aws.told.flatMap((event) =>
      event.kind === 'part-healthy' ? [event.part.split(':')[0]] : [],
    );
    for (const check of ['database', 'files', 'image', 'service', 'targets', 'address'])
      t.ok(healthy.includes(check), `${check} was verified`);
  });
});
