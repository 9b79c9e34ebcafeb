import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import t from 'tap';
import { startDockerRegistry } from '../testing/docker-registry.js';
import { MemorySink, makeImage, makeIndex, randomImage } from '../testing/made-image.js';
import { anonymous, parseReference, pullImage, pushImage, registryClient, resolve } from './index.js';

const run = promisify(execFile);
const registry = await startDockerRegistry();
t.after(() => registry.stop());
const client = registryClient({ credentials: anonymous });
t.after(() => client[Symbol.dispose]());
const platform = { os: 'linux', architecture: 'amd64' };

/** Reads a blob of an OCI layout. */
function blobOf(layout: string, digest: string): Buffer {
  return readFileSync(join(layout, 'blobs', digest.replace(':', '/')));
}

t.test('skopeo reads what is pushed, byte for byte', async (t) => {
  const layout = t.testdir();
  for (const partSize of [undefined, 50_000]) {
    const image = randomImage([200_000, 10]);
    const name = `${registry.host}/ours/${partSize ?? 'whole'}`;
    await pushImage(client, image, parseReference(name), { tags: ['1'], partSize });
    await run('skopeo', [
      'copy',
      '-q',
      '--src-tls-verify=false',
      `docker://${name}:1`,
      `oci:${layout}:${partSize ?? 'whole'}`,
    ]);
    t.strictSame(blobOf(layout, image.manifest.digest), image.manifest.bytes);
    for (const blob of image.blobs) t.strictSame(blobOf(layout, blob.digest), await buffer(image.open(blob)));
  }
});

t.test('skopeo reads every image of an index', async (t) => {
  const layout = t.testdir();
  const images = ['amd64', 'arm64'].map((architecture) =>
    makeImage([Buffer.from(architecture)], { platform: { os: 'linux', architecture } }),
  );
  const index = makeIndex(images);
  const name = `${registry.host}/ours/index`;
  await pushImage(client, index, parseReference(name), { tags: ['1'] });
  await run('skopeo', [
    'copy',
    '-q',
    '--all',
    '--src-tls-verify=false',
    `docker://${name}:1`,
    `oci:${layout}:1`,
  ]);
  for (const { manifest } of [index, ...images])
    t.strictSame(blobOf(layout, manifest.digest), manifest.bytes);
});

t.test('what skopeo pushes is read byte for byte: OCI and Docker, gzip and zstd', async (t) => {
  const layout = t.testdir();
  const image = randomImage([100_000, 50_000]);
  // Pushed by ourselves, so that skopeo has a source to copy.
  await pushImage(client, image, parseReference(`${registry.host}/theirs/source`), { tags: ['1'] });
  const source = `docker://${registry.host}/theirs/source:1`;
  const options = ['-q', '--src-tls-verify=false', '--dest-tls-verify=false'];
  await run('skopeo', ['copy', ...options, source, `oci:${layout}:1`]);
  const ways = [
    ['oci', []],
    ['v2s2', []],
    ['oci', ['--dest-compress-format', 'zstd']],
  ] as const;
  for (const [index, [format, more]] of ways.entries()) {
    const name = `${registry.host}/theirs/${index}`;
    const digestFile = join(layout, 'digest');
    writeFileSync(digestFile, '');
    await run('skopeo', [
      'copy',
      ...options,
      ...more,
      '--format',
      format,
      '--digestfile',
      digestFile,
      `oci:${layout}:1`,
      `docker://${name}:1`,
    ]);
    const reference = parseReference(`${name}:1`);
    const sink = new MemorySink();
    const pulled = await pullImage(client, reference, { platform, sink });
    t.equal(pulled.manifest.digest, readFileSync(digestFile, 'utf8').trim());
    t.equal((await resolve(client, reference)).digest, pulled.manifest.digest);
    const { stdout } = await run('skopeo', ['inspect', '--raw', '--tls-verify=false', `docker://${name}:1`]);
    t.equal(pulled.manifest.bytes.toString(), stdout);
    t.equal(pulled.layers.length, 2);
    const back = join(layout, 'back');
    await run('skopeo', ['copy', '-q', '--src-tls-verify=false', `docker://${name}:1`, `dir:${back}`]);
    for (const { digest } of [...pulled.layers, pulled.config.descriptor])
      t.strictSame(sink.blobs.get(digest), readFileSync(join(back, digest.replace('sha256:', ''))));
  }
});
