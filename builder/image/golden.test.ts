import t from 'tap';
import { openStore } from '../store/content-store.js';
import { digestOf } from '../store/digest.js';
import { assembleImage } from './assemble-image.js';
import type { Entry } from '../tar/entry.js';
import { mergeEntries } from './merge-entries.js';
import { layerKey, writeLayer } from './write-layer.js';

// If one of these changes, every image changes: raise `layerFormat`, and mention it in the changelog.
// `layer`, and so `manifest`, may also change with Node's zlib.
const golden = {
  diffId: 'sha256:97a3f0d9b16232031ed43297272503c6da62d29e2de4c6a3d2969f5645d81c60',
  layer: 'sha256:c7539eb83cdffeabf4860bc62e1b79d709787aa9d95e9c6e0a9dfd96a17a5aed',
  config: 'sha256:ff12866a33a9366d9c68aa314754669b36a7ad59cf0108c54e6ad2117e9d26e0',
  manifest: 'sha256:a0f09319d9368f18c4bad6675832f38e7cd85f55631a1dee03ab08a8243fde1d',
};

const epoch = 1_735_689_600;
const owner = { uid: 0, gid: 0, mtime: epoch };

t.test('the same image as ever', async (t) => {
  using store = openStore(t.testdir());
  const blob = store.put(Buffer.alloc(100_000, 'some text, over and over\n'));
  const content = { digest: blob, slice: { blob, offset: 0, size: 100_000 } };
  const xattrs = { 'security.capability': Buffer.from('0100000200040000', 'hex').toString('base64') };
  const entries: Entry[] = [
    { path: '/', type: 'directory', mode: 0o755, ...owner },
    { path: '/etc', type: 'directory', mode: 0o755, ...owner, opaque: true },
    { path: '/etc/hard', type: 'hardlink', mode: 0o640, ...owner, uid: 33, target: '/etc/text' },
    { path: '/etc/soft', type: 'symlink', mode: 0o777, ...owner, target: 'text' },
    { path: '/etc/text', type: 'file', mode: 0o640, ...owner, uid: 33, content, xattrs },
    { path: '/etc/gone', type: 'whiteout', mode: 0, ...owner },
    { path: `/etc/${'long'.repeat(40)}-ü`, type: 'file', mode: 0o4755, ...owner, gid: 3_000_000, content },
    { path: '/dev', type: 'directory', mode: 0o755, ...owner },
    { path: '/dev/null', type: 'character', mode: 0o666, ...owner, device: [1, 3] },
  ];
  const compression = { level: 6 };
  const key = layerKey([digestOf('a fragment')], compression);
  const layer = await writeLayer(mergeEntries([entries]), store, { key, compression });
  const run = {
    entrypoint: ['/init'],
    user: 'www-data',
    environment: { PATH: '/bin', LANG: 'C.UTF-8' },
    ports: ['8080/tcp'],
    volumes: ['/var/lib'],
    labels: { b: '2', a: '1' },
    stopSignal: 'SIGTERM',
    healthCheck: { command: ['/health'], intervalSeconds: 10, retries: 3 },
  };
  const layers = [{ ...layer, name: 'base' }];
  const image = assembleImage({ layers, run, epoch, platform: 'linux/amd64' }, store);
  t.strictSame(
    {
      diffId: layer.diffId,
      layer: layer.blob.digest,
      config: image.configDigest,
      manifest: image.manifest.digest,
    },
    golden,
  );
});
