import { basename } from 'node:path';
import type { StoredLayer } from '../image/layer.js';
import { layerRecord, storedLayer } from '../image/stored-layer.js';
import { findLayer, layerKey, writeLayer } from '../image/write-layer.js';
import { fragmentRecord, restore } from '../plan/step-cache.js';
import { canonicalJson } from '../json.js';
import type { Json } from '../json.js';
import type { ImageSpec } from '../spec/image-spec.js';
import { type Digest, digestOf } from '../store/digest.js';
import type { Store } from '../store/store.js';
import { type BaseRecord, baseRecords } from './base-record.js';
import { debianIdentity, makeDebian } from './base-debian.js';
import { importLayout, importRemote, layoutDigest, registryDigest } from './base-image.js';
import { lockReference } from './base-lock.js';
import { readFacts } from './facts.js';
import { fixedFacts } from './fixed-facts.js';
import { fragmentOf } from '../plan/fragment.js';
import type { BaseContext, MadeBase, PreparedBase } from './made-base.js';

/** Raise it when the same base gets other contents. */
const baseFormat = 3;

/** The base of a spec, if the store has it. */
export function findBase(spec: ImageSpec, store: Store): PreparedBase | undefined {
  const record = findRecord(spec, store);
  const layers = findImageLayers(record, store) ?? findOwnLayer(record, spec, store);
  return record && layers && prepared(record, layers, { spec, store, cached: true });
}

/** The base of a spec, from the store or newly made. @throws BuilderError if it can't be made */
export async function prepareBase(
  spec: ImageSpec,
  store: Store,
  context: BaseContext,
): Promise<PreparedBase> {
  const name = baseName(spec);
  const started = performance.now();
  context.reporter.report({ kind: 'base-started', name });
  const { base } = spec;
  if (base.kind === 'image') await lockReference(spec, { name: base.reference, part: 'base' }, context);
  const found = findRecord(spec, store);
  const record = found ?? (await makeRecord(spec, store, context));
  const isNew = found === undefined && record.image === undefined;
  const made = isNew ? context.onMade?.(restore(record.fragment, store)) : undefined;
  const layers =
    findImageLayers(record, store) ??
    findOwnLayer(record, spec, store) ??
    (await writeOwnLayer(record, spec, store));
  await made;
  const ready = prepared(record, layers, { spec, store, cached: found !== undefined });
  context.reporter.report({ kind: 'base-done', name, cached: ready.cached, ms: performance.now() - started });
  return ready;
}

function findRecord(spec: ImageSpec, store: Store): BaseRecord | undefined {
  const key = findKey(spec);
  const record = key === undefined ? undefined : store.record(baseRecords, key);
  if (record === undefined) return undefined;
  const { contents, entriesBlob = [] } = record.fragment;
  const layers = record.image?.layers.flatMap(({ diffId, digest }) => [diffId, digest]) ?? [];
  return [...contents, ...layers].concat(entriesBlob).every((blob) => store.has(blob)) ? record : undefined;
}

function findImageLayers(record: BaseRecord | undefined, store: Store): StoredLayer[] | undefined {
  return record?.image?.layers.map((layer) => storedLayer(layer, store));
}

function findOwnLayer(
  record: BaseRecord | undefined,
  spec: ImageSpec,
  store: Store,
): StoredLayer[] | undefined {
  const layer = record && findLayer(ownLayerKey(record, spec), store);
  return layer && [layer];
}

async function writeOwnLayer(record: BaseRecord, spec: ImageSpec, store: Store): Promise<StoredLayer[]> {
  const { compression } = spec;
  const entries = restore(record.fragment, store).entries();
  return [await writeLayer(entries, store, { key: ownLayerKey(record, spec), compression })];
}

function ownLayerKey({ fragment }: BaseRecord, { compression }: ImageSpec): Digest {
  return layerKey([fragment.digest], compression);
}

function prepared(
  record: BaseRecord,
  layers: readonly StoredLayer[],
  { spec, store, cached }: { spec: ImageSpec; store: Store; cached: boolean },
): PreparedBase {
  const name = baseName(spec);
  const named = (layer: StoredLayer, index: number) => ({
    ...layer,
    name: index === 0 ? name : `${name} (${index + 1})`,
  });
  const { image } = record;
  const run = image?.run ?? {};
  const env = { ...(record.facts.env as Record<string, string>), ...run.environment };
  const fragment = restore(record.fragment, store);
  return {
    name,
    fragment,
    layers: layers.map(named),
    run,
    facts: { ...fixedFacts, ...record.facts, env },
    cached,
  };
}

async function makeRecord(spec: ImageSpec, store: Store, context: BaseContext): Promise<BaseRecord> {
  const { entries, image } = await makers[spec.base.kind](spec, store, context);
  const fragment = fragmentOf(entries);
  const facts = readFacts(fragment, { store, spec });
  const record: BaseRecord = {
    fragment: fragmentRecord(fragment, store),
    facts,
    ...(image === undefined ? {} : { image: { layers: image.layers.map(layerRecord), run: image.run } }),
  };
  const key = findKey(spec);
  if (key !== undefined) store.setRecord(baseRecords, key, record);
  return record;
}

type Maker = (spec: ImageSpec, store: Store, context: BaseContext) => Promise<MadeBase>;

const makers: Readonly<Record<ImageSpec['base']['kind'], Maker>> = {
  debian: makeDebian,
  oci: importLayout,
  image: importRemote,
};

/** Undefined if a tag was never resolved: then the store can't have its image. */
function findKey(spec: ImageSpec): string | undefined {
  const { base, platform, epoch } = spec;
  const identity = identities[base.kind](spec);
  if (identity === undefined) return undefined;
  return digestOf(canonicalJson([baseFormat, identity as Json, platform, epoch])).slice('sha256:'.length);
}

const identities: Readonly<Record<ImageSpec['base']['kind'], (spec: ImageSpec) => object | undefined>> = {
  debian: debianIdentity,
  oci: (spec) => ({ oci: layoutDigest(spec) }),
  image: (spec) => {
    const digest = registryDigest(spec);
    return digest === undefined ? undefined : { image: digest };
  },
};

/** A display name, the same for a tag and for its locked digest. */
function baseName({ base }: ImageSpec): string {
  if (base.kind === 'debian') return `debian ${base.suite}`;
  return base.kind === 'oci' ? basename(base.path) : base.reference.replace(/@.*$/, '');
}
