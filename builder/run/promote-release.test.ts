import t from 'tap';
import { anonymous, parseReference, pushImage, readManifest, registryClient } from '../registry/index.js';
import type { PlatenEvent } from '../reporter.js';
import { startDockerRegistry } from '../testing/docker-registry.js';
import { makeImage, makeIndex, randomImage } from '../testing/made-image.js';
import { environmentOf } from '../testing/platform-variants.js';
import { preparePromotion, promotionOf, runningRelease } from './promote-release.js';

const [staging, prod] = await Promise.all([
  startDockerRegistry({ inMemory: true }),
  startDockerRegistry({ inMemory: true }),
]);
t.after(() => Promise.all([staging.stop(), prod.stop()]));
const client = registryClient({ credentials: anonymous });
t.after(() => client[Symbol.dispose]());

const told: PlatenEvent[] = [];
const context = {
  reporter: { report: (event: PlatenEvent) => void told.push(event) },
  signal: new AbortController().signal,
  environment: { HOME: '/nowhere' },
  projectFolder: '.',
};
const repository = `${prod.host}/wordpress`;
const spec = environmentOf('region: eu-central-1\n');

t.test('a release goes to the other registry with the digest it has, and only once', async (t) => {
  const image = randomImage([300_000, 3_000]);
  const { digest } = image.manifest;
  const running = `${staging.host}/wordpress@${digest}`;
  await pushImage(client, image, parseReference(`${staging.host}/wordpress`), { tags: ['1'] });
  const planned = { running, repository, source: spec, target: spec };
  const first = await promotionOf(planned, context);
  t.match(first, { digest, source: running, image: `${repository}@${digest}`, isThere: false });
  await t.rejects(
    readManifest(client, parseReference(first.image)),
    { code: 'not-found' },
    'nothing is copied by looking',
  );
  await first.copy();
  const there = await readManifest(client, parseReference(first.image));
  t.strictSame(there.manifest.bytes, image.manifest.bytes, 'the same, byte for byte');
  t.match(
    told.find(({ kind }) => kind === 'push-done'),
    { digest, uploaded: 3, names: [`${repository}:${digest.slice(7, 19)}`] },
  );
  told.length = 0;
  const second = await promotionOf(planned, context);
  t.equal(second.isThere, true);
  await second.copy();
  t.strictSame(told, [], 'what is there is not copied again');
});

t.test(
  'an image that is gone, or made for other processors, is refused before anything is done',
  async (t) => {
    const gone = `${staging.host}/wordpress@sha256:${'0'.repeat(64)}`;
    await t.rejects(promotionOf({ running: gone, repository, source: spec, target: spec }, context), {
      code: 'not-found',
    });
    const image = randomImage();
    const target = environmentOf(
      'region: eu-central-1\ncompute: { architecture: ARM64, instanceTypes: [m6g.large] }\n',
    );
    await pushImage(client, image, parseReference(`${staging.host}/wordpress`), { tags: ['2'] });
    const running = `${staging.host}/wordpress@${image.manifest.digest}`;
    await t.rejects(promotionOf({ running, repository, source: spec, target }, context), {
      message: /it is for linux\/amd64, not for linux\/arm64/,
    });
  },
);

t.test('an index goes with all of its images', async (t) => {
  const other = makeImage([Buffer.from('arm')], { platform: { os: 'linux', architecture: 'arm64' } });
  const index = makeIndex([randomImage(), other]);
  await pushImage(client, index, parseReference(`${staging.host}/wordpress`), { tags: ['3'] });
  const running = `${staging.host}/wordpress@${index.manifest.digest}`;
  const promotion = await promotionOf({ running, repository, source: spec, target: spec }, context);
  await promotion.copy();
  const platform = { os: 'linux', architecture: 'arm64' };
  const there = await readManifest(client, parseReference(promotion.image), { platform });
  t.equal(there.index?.digest, index.manifest.digest);
  t.equal(there.manifest.digest, other.manifest.digest);
});

t.test('a release that is still being deployed is not promoted', async (t) => {
  const release = `${staging.host}/wordpress@sha256:${'1'.repeat(64)}`;
  const of = (...revisions: string[]) => ({
    status: async () => ({
      environment: 'staging',
      address: undefined,
      parts: [],
      service: {
        name: 'web',
        desired: 2,
        running: revisions.length,
        healthy: 2,
        revision: '4',
        image: release,
        digest: release.split('@')[1],
        tasks: revisions.map((revision) => ({ name: '1', type: 'container', state: 'healthy', revision })),
      },
    }),
  });
  t.equal(await runningRelease('staging', of('4', '4') as never), release);
  await t.rejects(runningRelease('staging', of('4', '3', '3') as never), {
    code: 'failed',
    message: 'staging is being deployed',
    hint: /platen status --env staging/,
  });
});

t.test('promotions are between two environments on AWS', async (t) => {
  await t.rejects(preparePromotion({ from: 'local', to: 'prod' }, context), {
    code: 'usage',
    message: /^local is on this machine/,
  });
  await t.rejects(preparePromotion({ from: 'prod', to: 'prod' }, context), { code: 'usage' });
  await t.rejects(preparePromotion({ from: 'nowhere', to: 'prod' }, context), { code: 'usage' });
});
