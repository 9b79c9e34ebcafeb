import { readFileSync } from 'node:fs';
import t from 'tap';
import { MotoServer } from '../../testing/moto-server.js';
import { renewAmi } from './renew-ami.js';

/** moto knows a day's images of AWS's. */
Object.assign(process.env, (await MotoServer.start(t)).environment);
const renewed = (text: string, file = 'example.yaml') => renewAmi(text, file);

t.test(
  'the newest image of region and processors is written where the old one was; all else stays',
  async (t) => {
    const text = `# Kept
region: eu-central-1
compute:
  instanceTypes: [m6g.large, m7g.large] # as they were
  architecture: ARM64
  ami: ami-0123456789abcdef0 # renewed
service: { minimum: 2 }
`;
    const { text: now, before, now: id } = await renewed(text);
    t.equal(before, 'ami-0123456789abcdef0');
    t.match(id, /^ami-[0-9a-f]{17}$/);
    t.equal(now, text.replace('ami-0123456789abcdef0', id));
    t.equal((await renewed(now)).text, now, 'and a second time nothing changes');

    const others = [text.replace('ARM64', 'X86_64'), text.replace('eu-central-1', 'eu-west-1')];
    for (const other of others) t.not((await renewed(other)).now, id, 'each has an image of its own');
  },
);

t.test('an environment that names none is pinned', async (t) => {
  for (const name of ['dev', 'staging', 'prod']) {
    const file = `infra-cfn/environments/${name}.yaml`;
    const text = readFileSync(file, 'utf8');
    const { text: now, before, now: id } = await renewed(text, file);
    t.equal(before, undefined);
    t.equal(now, text.replace(/(^compute:\n)/m, `$1  ami: ${id}\n`), file);
  }
  const bare = await renewed('region: eu-central-1\n');
  t.equal(bare.text, `region: eu-central-1\ncompute:\n  ami: ${bare.now}\n`);
  const flow = await renewed('region: eu-central-1\ncompute: { minimum: 1 }\n');
  t.match(flow.text, `compute: { ami: ${flow.now}, minimum: 1 }`);
});

t.test('it is asked as whom the environment says, in its region', async (t) => {
  const asked: unknown[] = [];
  await renewAmi('region: eu-central-1\nprofile: sandbox\n', 'example.yaml', (place) => {
    asked.push(place);
    return { parameter: async () => 'ami-1' };
  });
  t.strictSame(asked, [{ region: 'eu-central-1', profile: 'sandbox' }]);
});

t.test('without instances, a region or an image it says so', async (t) => {
  await t.rejects(renewed('region: eu-central-1\ncompute: { kind: fargate }\n'), {
    code: 'usage',
    message: 'example.yaml has no instances: compute.kind is fargate',
  });
  await t.rejects(renewed('service: { minimum: 1 }\n'), { code: 'usage', message: /says no region/ });
  await t.rejects(
    renewAmi('region: eu-central-1\n', 'example.yaml', () => ({ parameter: async () => undefined })),
    {
      code: 'invalid',
      message: /^This region knows no \/aws\/service\/ecs.*Add compute\.ami to example\.yaml/,
    },
  );
});
