import * as fs from 'node:fs';
import t from 'tap';
import { BuilderError } from '../errors.js';
import { digestOf } from '../store/digest.js';
import { readOciLayout } from './read-oci-layout.js';

const platform = 'linux/amd64';
const count = 1500;
const odd: readonly unknown[] = [
  null,
  undefined,
  0,
  -1,
  1.5,
  1e300,
  '',
  'x',
  '../../etc/passwd',
  [],
  [null],
  {},
  { a: 1 },
  true,
  'sha256:x',
  `sha512:${'0'.repeat(128)}`,
];
const documents = ['index', 'manifest', 'config'] as const;

type Json = Record<string, unknown>;

/** Writes a layout with documents changed by `change`, each named by its new digest. */
function write(folder: string, change: (name: (typeof documents)[number], document: Json) => unknown): void {
  fs.mkdirSync(`${folder}/blobs/sha256`, { recursive: true });
  fs.writeFileSync(`${folder}/oci-layout`, '{"imageLayoutVersion":"1.0.0"}');
  const put = (document: unknown, mediaType: string) => {
    const bytes = Buffer.from(JSON.stringify(document) ?? '');
    fs.writeFileSync(`${folder}/blobs/sha256/${digestOf(bytes).slice(7)}`, bytes);
    return {
      mediaType: `application/vnd.oci.image.${mediaType}`,
      digest: digestOf(bytes),
      size: bytes.length,
    };
  };
  const layer = put('layer', 'layer.v1.tar');
  const rootfs = { type: 'layers', diff_ids: [layer.digest] };
  const config = put(
    change('config', {
      architecture: 'amd64',
      os: 'linux',
      config: { Env: ['A=b'], Labels: { a: 'b' } },
      rootfs,
    }),
    'config.v1+json',
  );
  const manifest = put(change('manifest', { schemaVersion: 2, config, layers: [layer] }), 'manifest.v1+json');
  const index = change('index', {
    schemaVersion: 2,
    manifests: [{ ...manifest, platform: { os: 'linux', architecture: 'amd64' }, annotations: { a: 'b' } }],
  });
  fs.writeFileSync(`${folder}/index.json`, JSON.stringify(index) ?? '');
}

/** Setters for all places in a document. */
function places(value: unknown): ((to: unknown) => void)[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((key) => [
    (to: unknown) => void ((value as Json)[key] = to),
    ...places((value as Json)[key]),
  ]);
}

t.test('layouts whose documents say odd things are read or refused with one of our errors', (t) => {
  const folder = t.testdir();
  const outcomes = { read: 0, refused: 0 };
  const bad: string[] = [];
  write(folder, (_, document) => document);
  t.equal(readOciLayout(folder, { platform }).layers.length, 1);
  for (let round = 0; round < count; round++) {
    const victim = documents[round % documents.length];
    const value = odd[Math.floor(round / documents.length) % odd.length];
    write(folder, (name, document) => {
      if (name !== victim) return document;
      const all = places(document);
      const at = Math.floor(round / documents.length / odd.length) % (all.length + 1);
      if (at === all.length) return value;
      all[at]?.(value);
      return document;
    });
    try {
      const { layers } = readOciLayout(folder, { platform });
      for (const layer of layers) layer.open().destroy();
      outcomes.read += 1;
    } catch (error) {
      outcomes.refused += 1;
      if (!(error instanceof BuilderError) || error.code !== 'invalid')
        bad.push(`${round}: ${String(error)}`);
    }
  }
  t.strictSame(bad, []);
  t.ok(outcomes.read > 100 && outcomes.refused > 100, JSON.stringify(outcomes));
  t.end();
});
