import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { buffer } from 'node:stream/consumers';
import t from 'tap';
import { openStore } from '../store/content-store.js';
import { type Digest, digestOf } from '../store/digest.js';
import { assembleImage } from './assemble-image.js';
import type { Entry } from '../tar/entry.js';
import { flattenLayers } from './flatten-layers.js';
import { writeOciLayout } from './oci-layout.js';
import { readOciLayout } from './read-oci-layout.js';
import type { PackedImage } from './image.js';
import type { StoredLayer } from './layer.js';
import { layerKey, writeLayer } from './write-layer.js';

const platform = 'linux/amd64';
const compression = { level: 6 };
const owner = { uid: 0, gid: 0, mtime: 1_700_000_000 };
const directory = (path: string): Entry => ({ path, type: 'directory', mode: 0o755, ...owner });

/** A layout of two layers, written by us. The second removes a file and replaces a folder. */
async function makeLayout(
  folder: string,
): Promise<{ layout: string; image: ReturnType<typeof assembleImage> }> {
  using store = openStore(`${folder}/store`);
  const file = (path: string, text: string): Entry => {
    const blob = store.put(Buffer.from(text));
    const content = { digest: blob, slice: { blob, offset: 0, size: text.length } };
    return { path, type: 'file', mode: 0o644, ...owner, content };
  };
  const lower = [
    directory('/a'),
    file('/a/kept', '1'),
    file('/a/gone', '2'),
    directory('/b'),
    file('/b/hidden', '3'),
  ];
  const upper: Entry[] = [
    { path: '/a/gone', type: 'whiteout', mode: 0, ...owner },
    { ...directory('/b'), opaque: true },
    file('/b/new', '4'),
  ];
  const layers = [];
  for (const [index, entries] of [lower, upper].entries()) {
    const key = layerKey([digestOf(String(index))], compression);
    layers.push({ ...(await writeLayer(entries, store, { key, compression })), name: `layer ${index}` });
  }
  const run = { entrypoint: ['/a/kept'], environment: { A: 'b' }, labels: { l: 'm' } };
  const image = assembleImage({ layers, run, epoch: 1_700_000_000, platform }, store);
  const layout = `${folder}/layout`;
  writeOciLayout(image, { folder: layout, reference: 'it:latest', platform }, store);
  return { layout, image };
}

function blob(layout: string, digest: Digest): string {
  return `${layout}/blobs/sha256/${digest.slice(7)}`;
}

const skopeo = (...argv: string[]) =>
  execFileSync('skopeo', argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

async function tree(folder: string, image: PackedImage): Promise<string[]> {
  using store = openStore(`${folder}/read`);
  return (await flattenLayers(image.layers, store)).map(
    ({ path, content }) => path + (content === undefined ? '' : ` ${store.read(content.slice).toString()}`),
  );
}

t.test('what we write, we read, and so does skopeo', async (t) => {
  const folder = t.testdir();
  const { layout, image } = await makeLayout(folder);
  const read = readOciLayout(layout, { platform });
  t.equal(read.manifest.digest, image.manifest.digest);
  t.match(read.config, { architecture: 'amd64', config: { Entrypoint: ['/a/kept'], Env: ['A=b'] } });
  t.strictSame(
    read.layers.map(({ diffId, blob: { digest, size } }) => ({ diffId, digest, size })),
    image.layers.map(({ diffId, blob: { digest, size } }) => ({ diffId, digest, size })),
  );
  for (const layer of read.layers) t.equal(digestOf(await buffer(layer.open())), layer.diffId);
  t.strictSame(await tree(folder, read), ['/a', '/a/kept 1', '/b', '/b/new 4']);
  t.match(JSON.parse(skopeo('inspect', `oci:${layout}:it:latest`)), {
    Digest: image.manifest.digest,
    Architecture: 'amd64',
    Os: 'linux',
    Labels: { l: 'm' },
    Env: ['A=b'],
    Layers: image.layers.map(({ blob }) => blob.digest),
  });
  skopeo('copy', `oci:${layout}`, `dir:${folder}/dir`);
  t.ok(fs.readFileSync(`${folder}/dir/manifest.json`).equals(image.manifest.bytes));
});

t.test("what skopeo writes, with gzip and plain layers, under OCI's types and Docker's", async (t) => {
  const folder = t.testdir();
  const { layout } = await makeLayout(folder);
  skopeo('copy', `oci:${layout}`, `docker-archive:${folder}/archive.tar:it:latest`);
  skopeo('copy', `docker-archive:${folder}/archive.tar`, `oci:${folder}/again`);
  skopeo('copy', '--format', 'v2s2', `oci:${layout}`, `dir:${folder}/docker`);
  fs.mkdirSync(`${folder}/docker-layout/blobs/sha256`, { recursive: true });
  fs.copyFileSync(`${layout}/oci-layout`, `${folder}/docker-layout/oci-layout`);
  const manifest = fs.readFileSync(`${folder}/docker/manifest.json`);
  for (const name of fs.readdirSync(`${folder}/docker`))
    fs.copyFileSync(`${folder}/docker/${name}`, `${folder}/docker-layout/blobs/sha256/${name}`);
  const { mediaType } = JSON.parse(manifest.toString()) as { mediaType: string };
  t.equal(mediaType, 'application/vnd.docker.distribution.manifest.v2+json');
  putIndex(`${folder}/docker-layout`, [{ mediaType, ...put(`${folder}/docker-layout`, manifest) }]);
  const plain = await rewritten(
    layout,
    `${folder}/plain`,
    'application/vnd.oci.image.layer.v1.tar',
    (bytes) => execFileSync('gzip', ['-dc'], { input: bytes }),
  );
  for (const one of [`${folder}/again`, `${folder}/docker-layout`, plain]) {
    const read = readOciLayout(one, { platform });
    t.strictSame(await tree(folder, read), ['/a', '/a/kept 1', '/b', '/b/new 4'], one.slice(folder.length));
  }
});

function put(layout: string, bytes: Buffer): { digest: Digest; size: number } {
  const digest = digestOf(bytes);
  fs.writeFileSync(blob(layout, digest), bytes);
  return { digest, size: bytes.length };
}

function putIndex(layout: string, manifests: readonly object[]): void {
  fs.writeFileSync(`${layout}/index.json`, JSON.stringify({ schemaVersion: 2, manifests }));
}

interface Manifest {
  layers: { mediaType: string; digest: Digest; size: number }[];
  config: { digest: Digest; size: number };
}

/** A copy of a layout with other compression of its layers. */
async function rewritten(
  layout: string,
  copy: string,
  mediaType: string,
  recompress: (bytes: Buffer) => Buffer,
): Promise<string> {
  fs.cpSync(layout, copy, { recursive: true });
  const { digest } = readOciLayout(copy, { platform }).manifest;
  const manifest = JSON.parse(fs.readFileSync(blob(copy, digest), 'utf8')) as Manifest;
  manifest.layers = manifest.layers.map((layer) => ({
    mediaType,
    ...put(copy, recompress(fs.readFileSync(blob(copy, layer.digest)))),
  }));
  const described = put(copy, Buffer.from(JSON.stringify(manifest)));
  putIndex(copy, [{ mediaType: 'application/vnd.oci.image.manifest.v1+json', ...described }]);
  return copy;
}

t.test('zstd: what the tool of that name writes, several frames, and what is damaged', async (t) => {
  const folder = t.testdir();
  const { layout } = await makeLayout(folder);
  const type = 'application/vnd.oci.image.layer.v1.tar+zstd';
  const unzipped = (bytes: Buffer) => execFileSync('gzip', ['-dc'], { input: bytes });
  const zstd = (bytes: Buffer, ...options: string[]) =>
    execFileSync('zstd', ['-qc', ...options], { input: bytes });
  // A skippable frame (RFC 8878, 3.1.2), as in zstd:chunked.
  const skipped = Buffer.from('502a4d180500000068656c6c6f', 'hex');
  const good: Readonly<Record<string, (tar: Buffer) => Buffer>> = {
    plain: (tar) => zstd(tar),
    strong: (tar) => zstd(tar, '-19', '--no-check'),
    frames: (tar) =>
      Buffer.concat([skipped, zstd(tar.subarray(0, 700)), skipped, zstd(tar.subarray(700)), skipped]),
  };
  for (const [name, compress] of Object.entries(good)) {
    const copy = await rewritten(layout, `${folder}/${name}`, type, (bytes) => compress(unzipped(bytes)));
    const read = readOciLayout(copy, { platform });
    t.strictSame(await tree(`${folder}/${name}`, read), ['/a', '/a/kept 1', '/b', '/b/new 4'], name);
  }
  const bad: readonly [string, (tar: Buffer) => Buffer, RegExp][] = [
    ['cut', (tar) => zstd(tar).subarray(0, -9), /can't be read: its zstd is damaged \(unexpected EOF\)$/],
    ['empty', () => Buffer.alloc(0), /can't be read: it is empty$/],
    ['other', () => Buffer.alloc(100), /can't be read: its zstd is damaged \(invalid zstd data\)$/],
    ['another tar', () => zstd(Buffer.alloc(1024)), /uncompressed, its digest is sha256:/],
    [
      'a large window',
      () => zstd(Buffer.alloc(1 << 20), '--long=27', '--no-content-size'),
      /compressed with a window above 32 MiB/,
    ],
  ];
  for (const [name, compress, message] of bad) {
    const copy = await rewritten(layout, `${folder}/${name}`, type, (bytes) => compress(unzipped(bytes)));
    const read = tree(`${folder}/${name}`, readOciLayout(copy, { platform }));
    await t.rejects(read, { code: 'invalid', message }, name);
  }
});

t.test('layers of other kinds are refused by name', async (t) => {
  const folder = t.testdir();
  const { layout } = await makeLayout(folder);
  const other = await rewritten(layout, `${folder}/other`, 'application/vnd.acme+br', (bytes) => bytes);
  t.throws(() => readOciLayout(other, { platform }), {
    code: 'invalid',
    message: /[0-9a-f]{64} is a layer of type application\/vnd.acme\+br, which is not supported$/,
  });
});

t.test('the platform and the name choose among several', async (t) => {
  const folder = t.testdir();
  const { layout, image } = await makeLayout(folder);
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const amd = { mediaType, digest: image.manifest.digest, size: image.manifest.bytes.length };
  const config = JSON.parse(image.configBytes.toString()) as object;
  const other = (changes: object): object => {
    const described = put(layout, Buffer.from(JSON.stringify({ ...config, ...changes })));
    const manifest = {
      ...(JSON.parse(image.manifest.bytes.toString()) as object),
      config: { mediaType: 'x', ...described },
    };
    return { mediaType, ...put(layout, Buffer.from(JSON.stringify(manifest))) };
  };
  const arm = other({ architecture: 'arm64', variant: 'v8' });
  putIndex(layout, [arm, amd]);
  t.equal(readOciLayout(layout, { platform }).manifest.digest, image.manifest.digest);
  t.match(readOciLayout(layout, { platform: 'linux/arm64' }), { config: { architecture: 'arm64' } });
  t.throws(
    () => readOciLayout(layout, { platform: 'linux/arm64/v9' }),
    /holds no image for linux\/arm64\/v9$/,
  );
  const inner = put(layout, Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [arm, amd] })));
  putIndex(layout, [{ mediaType: 'application/vnd.oci.image.index.v1+json', ...inner }]);
  t.equal(
    readOciLayout(layout, { platform }).manifest.digest,
    image.manifest.digest,
    'an index in the index',
  );
  const deep = (bytes: object, levels: number): object => {
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const descriptor = { mediaType, ...put(layout, Buffer.from(JSON.stringify(bytes))) };
    const many = Array.from({ length: 300 }, () => descriptor);
    return levels === 0 ? descriptor : deep({ schemaVersion: 2, manifests: many }, levels - 1);
  };
  putIndex(layout, [deep({ schemaVersion: 2, manifests: [amd] }, 3)]);
  t.equal(
    readOciLayout(layout, { platform }).manifest.digest,
    image.manifest.digest,
    'named 27 million times',
  );
  putIndex(layout, [deep({ schemaVersion: 2, manifests: [amd] }, 4)]);
  t.throws(() => readOciLayout(layout, { platform }), /is an index that is nested too deep in others$/);
  putIndex(layout, [arm]);
  t.throws(() => readOciLayout(layout, { platform }), {
    message: `${layout} holds no image for linux/amd64`,
    hint: /skopeo copy/,
  });
  const reference = (name: string) => ({ annotations: { 'org.opencontainers.image.ref.name': name } });
  const second = other({ created: '2020-01-01T00:00:00Z' });
  putIndex(layout, [
    { ...amd, ...reference('one') },
    { ...second, ...reference('two') },
  ]);
  t.throws(() => readOciLayout(layout, { platform }), /holds several images for linux\/amd64: sha256:/);
  t.equal(readOciLayout(layout, { platform, reference: 'one' }).manifest.digest, image.manifest.digest);
  t.throws(() => readOciLayout(layout, { platform, reference: 'no' }), /holds no image named "no" for/);
});

t.test('damage is told, with the file', async (t) => {
  const folder = t.testdir();
  const { layout, image } = await makeLayout(folder);
  const [layer] = image.layers as [StoredLayer];
  const flipped = (file: string) => {
    const bytes = fs.readFileSync(file);
    bytes[bytes.length >> 1]! ^= 1;
    fs.writeFileSync(file, bytes);
  };
  const cases: readonly [string, (copy: string) => void, RegExp][] = [
    ['no layout', (copy) => fs.rmSync(`${copy}/oci-layout`), /\/oci-layout can't be read: it is not there$/],
    ['no index', (copy) => fs.rmSync(`${copy}/index.json`), /\/index.json can't be read: it is not there$/],
    ['no JSON', (copy) => fs.truncateSync(`${copy}/index.json`, 20), /\/index.json is not JSON: /],
    ['nothing in it', (copy) => fs.writeFileSync(`${copy}/index.json`, '{}'), /is not valid: schemaVersion/],
    [
      'manifest',
      (copy) => flipped(blob(copy, image.manifest.digest)),
      /can't be read: its digest is sha256:/,
    ],
    [
      'manifest cut',
      (copy) => fs.truncateSync(blob(copy, image.manifest.digest), 9),
      /it has 9 bytes instead of/,
    ],
    ['configuration', (copy) => flipped(blob(copy, image.configDigest)), /its digest is sha256:/],
    ['layer gone', (copy) => fs.rmSync(blob(copy, layer.blob.digest)), /can't be read: it is not there$/],
    ['layer cut', (copy) => fs.truncateSync(blob(copy, layer.blob.digest), 30), /it has 30 bytes instead of/],
    ['layer', (copy) => flipped(blob(copy, layer.blob.digest)), /its (gzip is damaged|digest is)/],
  ];
  for (const [name, damage, message] of cases) {
    const copy = `${folder}/${name}`;
    fs.cpSync(layout, copy, { recursive: true });
    damage(copy);
    const read = async () => tree(`${folder}/${name}-store`, readOciLayout(copy, { platform }));
    await t.rejects(read(), { code: 'invalid', message }, name);
  }
});

t.test('a gzip of another tar than the configuration promises', async (t) => {
  const folder = t.testdir();
  const { layout } = await makeLayout(folder);
  const other = await rewritten(
    layout,
    `${folder}/other`,
    'application/vnd.oci.image.layer.v1.tar+gzip',
    () => execFileSync('gzip', ['-c'], { input: Buffer.alloc(1024) }),
  );
  await t.rejects(tree(folder, readOciLayout(other, { platform })), {
    code: 'invalid',
    message: /uncompressed, its digest is sha256:[0-9a-f]+ instead of sha256:/,
  });
  t.strictSame(fs.readdirSync(`${folder}/read/blobs/sha256`), [], 'and nothing of it is in the store');
});
