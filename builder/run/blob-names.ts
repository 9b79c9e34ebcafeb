import { type OciConfig, configSchema, manifestSchema } from '../image/oci-documents.js';
import type { ImageSource } from '../registry/image-source.js';
import { buffer } from 'node:stream/consumers';

const longest = 40;

/**
 * What people call the blobs of an image: its layers as its history has them ("packages"), else by number. Nothing fails
 * here: a blob without a name is shown by its digest.
 */
export async function blobNames(source: ImageSource): Promise<ReadonlyMap<string, string>> {
  const images = source.images.length > 0 ? source.images : [source];
  const names = new Map<string, string>();
  for (const image of images) {
    const found = await namesOf(image).catch(() => []);
    for (const [digest, name] of found) names.set(digest, name);
  }
  return names;
}

async function namesOf(image: ImageSource): Promise<(readonly [string, string])[]> {
  const { config, layers } = manifestSchema.parse(JSON.parse(image.manifest.bytes.toString('utf8')));
  const read = await buffer(image.open({ ...config, annotations: undefined, platform: undefined }));
  const steps = historyOf(configSchema.parse(JSON.parse(read.toString('utf8'))));
  return [
    [config.digest, 'configuration'],
    ...layers.map(({ digest }, index) => [digest, layerName(steps, index, layers.length)] as const),
  ];
}

/** What made each layer (OCI image specification, config.md, "history"). */
function historyOf(config: OciConfig): string[] {
  const { history } = config as { history?: { created_by?: unknown; empty_layer?: unknown }[] };
  return (history ?? [])
    .filter((step) => step.empty_layer !== true)
    .map((step) => String(step.created_by ?? ''));
}

function layerName(steps: readonly string[], index: number, count: number): string {
  const step = steps.length === count ? (steps[index] ?? '') : '';
  const name = step.replace(/^platen: /, '').trim();
  return name === '' ? `layer ${index + 1}` : name.slice(0, longest);
}
