import { buffer } from 'node:stream/consumers';
import t from 'tap';
import { startDockerRegistry } from '../testing/docker-registry.js';
import { MemorySink, makeImage, makeIndex, randomImage, sha256 } from '../testing/made-image.js';
import {
  anonymous,
  openBlob,
  parseReference,
  pullImage,
  pushImage,
  readManifest,
  registryClient,
  resolve,
} from './index.js';
import type { BlobProgress } from './push/push-image.js';

const registry = await startDockerRegistry({ inMemory: true });
t.after(() => registry.stop());
const client = registryClient({ credentials: anonymous });
t.after(() => client[Symbol.dispose]());

t.test('an image goes there and comes back, byte for byte', async (t) => {
  const image = randomImage([300_000, 3_000]);
  const target = parseReference(`${registry.host}/acme/site`);
  const events: BlobProgress[] = [];
  const result = await pushImage(client, image, target, {
    tags: ['1', 'latest'],
    onProgress: (event) => events.push(event),
  });
  const { digest } = image.manifest;
  t.strictSame(result, {
    registry: registry.host,
    reference: `${registry.host}/acme/site@${digest}`,
    digest,
    uploaded: 3,
    mounted: 0,
    existing: 0,
    bytes: image.blobs.reduce((sum, { size }) => sum + size, 0),
  });
  for (const { digest, size } of image.blobs)
    t.match(events.filter((event) => event.digest === digest).at(-1), {
      size,
      done: size,
      state: 'uploaded',
    });
  for (const name of [':1', ':latest', '', `@${digest}`])
    t.equal(
      (await resolve(client, parseReference(`${registry.host}/acme/site${name}`))).digest,
      digest,
      name,
    );

  const sink = new MemorySink();
  const pulled = await pullImage(client, target, { platform: { os: 'linux', architecture: 'amd64' }, sink });
  t.strictSame(pulled.manifest.bytes, image.manifest.bytes);
  t.equal(pulled.index, undefined);
  for (const blob of image.blobs) {
    t.strictSame(sink.blobs.get(blob.digest), await buffer(image.open(blob)));
    t.strictSame(await buffer(openBlob(client, target, blob)), sink.blobs.get(blob.digest));
  }
  t.equal(sink.open, 0);
});

t.test('what is there is not sent again', async (t) => {
  const image = randomImage();
  const target = parseReference(`${registry.host}/acme/again`);
  await pushImage(client, image, target, { tags: ['1'] });
  t.match(await pushImage(client, image, target, { tags: ['1', '2'] }), {
    uploaded: 0,
    mounted: 0,
    existing: 3,
    bytes: 0,
  });
  t.equal(
    (await resolve(client, parseReference(`${registry.host}/acme/again:2`))).digest,
    image.manifest.digest,
  );
});

t.test('blobs of another repository are mounted', async (t) => {
  const image = randomImage();
  await pushImage(client, image, parseReference(`${registry.host}/acme/first`), { tags: ['1'] });
  const target = parseReference(`${registry.host}/acme/second`);
  const options = { tags: ['1'], mountFrom: ['acme/nothing', 'acme/first'] };
  t.match(await pushImage(client, image, target, options), {
    uploaded: 0,
    mounted: 3,
    existing: 0,
    bytes: 0,
  });
});

t.test('large blobs go in parts where parts are wanted', async (t) => {
  const image = randomImage([1_000_000, 64_000]);
  const target = parseReference(`${registry.host}/acme/parts`);
  await pushImage(client, image, target, { tags: ['1'], partSize: 100_000 });
  const sink = new MemorySink();
  await pullImage(client, { ...target, tag: '1' }, { sink });
  for (const blob of image.blobs) t.strictSame(sink.blobs.get(blob.digest), await buffer(image.open(blob)));
});

t.test('an index that says no platforms: the images say them', async (t) => {
  const images = ['amd64', 'arm64'].map((architecture) =>
    makeImage([Buffer.from(architecture)], { platform: { os: 'linux', architecture } }),
  );
  const target = parseReference(`${registry.host}/acme/silent:1`);
  await pushImage(client, makeIndex(images, false), target, { tags: ['1'] });
  const arm = await readManifest(client, target, { platform: { os: 'linux', architecture: 'arm64' } });
  t.equal(arm.manifest.digest, images[1]?.manifest.digest);
  await t.rejects(readManifest(client, target, { platform: { os: 'linux', architecture: 's390x' } }), {
    message: /has no image for linux\/s390x, but for linux\/amd64, linux\/arm64$/,
  });
});

t.test('an index with the images of several platforms', async (t) => {
  const layer = Buffer.from('of both');
  const images = ['amd64', 'arm64'].map((architecture) =>
    makeImage([layer, Buffer.from(architecture)], { platform: { os: 'linux', architecture } }),
  );
  const index = makeIndex(images);
  const target = parseReference(`${registry.host}/acme/index:1`);
  t.match(await pushImage(client, index, target, { tags: ['1'] }), {
    digest: index.manifest.digest,
    uploaded: 5,
  });
  const arm = await readManifest(client, target, { platform: { os: 'linux', architecture: 'arm64' } });
  t.equal(arm.manifest.digest, images[1]?.manifest.digest);
  t.equal(arm.index?.digest, index.manifest.digest);
  t.match(JSON.parse(arm.config.bytes.toString()), { architecture: 'arm64' });
  await t.rejects(readManifest(client, target, { platform: { os: 'linux', architecture: 's390x' } }), {
    code: 'not-found',
    message: /has no image for linux\/s390x, but for linux\/amd64, linux\/arm64$/,
  });
  await t.rejects(readManifest(client, target), { message: /several platforms/ });
});

t.test('what is not there, or is for another platform', async (t) => {
  const image = randomImage();
  const target = parseReference(`${registry.host}/acme/missing:1`);
  await t.rejects(resolve(client, target), {
    code: 'not-found',
    message: `Can't look up ${registry.host}/acme/missing:1: there is no ${registry.host}/acme/missing:1`,
  });
  await t.rejects(pullImage(client, target, { sink: new MemorySink() }), { code: 'not-found' });
  await pushImage(client, image, target, { tags: ['1'] });
  const platform = { os: 'linux', architecture: 'arm64' };
  await t.rejects(pullImage(client, target, { sink: new MemorySink(), platform }), {
    message: /is for linux\/amd64, not for linux\/arm64$/,
  });
});

t.test('an empty blob', async (t) => {
  const image = randomImage();
  const empty = { mediaType: 'application/octet-stream', digest: sha256(Buffer.alloc(0)), size: 0 };
  const target = parseReference(`${registry.host}/acme/empty`);
  const source = { ...image, blobs: [...image.blobs, empty] };
  for (const partSize of [undefined, 1000]) {
    const to = { ...target, repository: `acme/empty${partSize ?? ''}` };
    t.match(await pushImage(client, source, to, { tags: [], partSize }), { uploaded: 4 });
  }
});
