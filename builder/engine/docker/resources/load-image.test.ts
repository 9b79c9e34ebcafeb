import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import t from 'tap';
import { loadImage } from './load-image.js';

const configBytes = Buffer.from('{"config":{}}');
const configId = `sha256:${createHash('sha256').update(configBytes).digest('hex')}`;
const manifestId = `sha256:${'e'.repeat(64)}`;

/** An engine that records its calls; `images` are those it has, by the names to find them. */
function engine(images: Record<string, string>, driver: string) {
  const asked: string[] = [];
  const docker = {
    getImage: (name: string) => ({
      inspect: () => {
        asked.push(`image ${name}`);
        const Id = images[name];
        if (Id === undefined) return Promise.reject(Object.assign(new Error('no'), { statusCode: 404 }));
        return Promise.resolve({ Id, RepoTags: ['web:latest'], RootFS: { Layers: [] } });
      },
    }),
    info: () => {
      asked.push('info');
      return Promise.resolve({ DriverStatus: [['driver-type', driver]] });
    },
    loadImage: async (archive: Readable) => {
      asked.push('load');
      await archive.resume().toArray();
      return Readable.from(['{"stream":"Loaded image: web:latest"}\n']);
    },
  };
  return { docker: docker as never, asked };
}

t.test('an image that is there costs one question', async (t) => {
  const { docker, asked } = engine({ [configId]: configId }, 'overlay2');
  const image = { configBytes, layers: [], tags: ['web:latest'] };
  t.same(await loadImage(docker, image), { id: configId, sentLayers: 0, sentBytes: 0 });
  t.same(asked, [`image ${configId}`]);
});

t.test('the containerd image store is sent all, whatever it finds by the configuration', async (t) => {
  const known = { [configId]: manifestId, 'web:latest': manifestId };
  const { docker, asked } = engine(known, 'io.containerd.snapshotter.v1');
  const layer = { diffId: `sha256:${'a'.repeat(64)}`, size: 0, open: () => Readable.from([]) } as const;
  const loaded = await loadImage(docker, { configBytes, layers: [layer], tags: ['web:latest'] });
  t.same(loaded, { id: manifestId, sentLayers: 1, sentBytes: 0 });
  t.same(asked, [`image ${configId}`, 'info', 'load', 'image web:latest']);
});
