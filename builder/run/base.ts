import { basename } from 'node:path';
import { bootstrapDebian } from '../engine/debian-base.js';
import { BuilderError } from '../errors.js';
import type { NamedLayer, RunConfiguration } from '../image/assemble-image.js';
import type { Entry } from '../image/entry.js';
import { importLayers } from '../image/import-layers.js';
import { runOf } from '../image/inherit-run.js';
import { mergeEntries } from '../image/merge-entries.js';
import { normaliseEntries } from '../image/normalise-entries.js';
import { readLayer } from '../image/read-layer.js';
import { readOciLayout } from '../image/read-oci-layout.js';
import type { SourceImage } from '../image/source-image.js';
import { type Layer, findLayer, layerKey, writeLayer } from '../image/write-layer.js';
import type { Fragment } from '../plan/root-state.js';
import { type FragmentRecord, fragmentRecord, restore } from '../plan/step-cache.js';
import { canonicalJson } from '../plan/step-key.js';
import type { Json } from '../plan/step.js';
import type { ImageSpec } from '../spec/image-spec.js';
import { type Digest, digestOf } from '../store/digest.js';
import type { Store } from '../store/store.js';
import type { BuildContext } from './build-options.js';
import { type Facts, readFacts } from './facts.js';
import { fragmentOf } from './step-executor.js';

/** What the image stands on: layers, what is in them, how containers run, and the facts that playbooks see. */
export interface PreparedBase {
  readonly name: string;
  readonly fragment: Fragment;
  /** Lowest first. */
  readonly layers: readonly NamedLayer[];
  /** What a base image says of its containers. */
  readonly run: RunConfiguration;
  readonly facts: Facts;
  readonly cached: boolean;
}

/** Raised when the same base comes out otherwise. */
const baseFormat = 2;

interface BaseRecord {
  readonly fragment: FragmentRecord;
  readonly facts: Facts;
  /** Of a base that is an image itself, which keeps its layers. */
  readonly image?: { readonly layers: readonly Layer[]; readonly run: RunConfiguration };
}

/** The base of a spec, if the store has it. */
export function findBase(spec: ImageSpec, store: Store): PreparedBase | undefined {
  const record = findRecord(spec, store);
  const layers = record?.image?.layers ?? findOwnLayer(record, spec, store);
  return record && layers && prepared(record, layers, { spec, store, cached: true });
}

/** The base of a spec: from the store, or made. @throws BuilderError where it can't be made */
export async function prepareBase(
  spec: ImageSpec,
  store: Store,
  context: BuildContext,
): Promise<PreparedBase> {
  const name = baseName(spec);
  const started = performance.now();
  context.reporter.baseStarted({ name });
  const found = findRecord(spec, store);
  const record = found ?? (await makeRecord(spec, store, context));
  const layers =
    record.image?.layers ?? findOwnLayer(record, spec, store) ?? (await writeOwnLayer(record, spec, store));
  const base = prepared(record, layers, { spec, store, cached: found !== undefined });
  context.reporter.baseDone({ name, cached: base.cached, ms: performance.now() - started });
  return base;
}

function findRecord(spec: ImageSpec, store: Store): BaseRecord | undefined {
  const record = store.record('base', baseKey(spec)) as BaseRecord | undefined;
  if (record?.fragment === undefined) return undefined;
  const { contents, entriesBlob = [] } = record.fragment;
  const layers = record.image?.layers.flatMap(({ diffId, digest }) => [diffId, digest]) ?? [];
  return [...contents, ...layers].concat(entriesBlob).every((blob) => store.has(blob)) ? record : undefined;
}

function findOwnLayer(record: BaseRecord | undefined, spec: ImageSpec, store: Store): Layer[] | undefined {
  const layer = record && findLayer(ownLayerKey(record, spec), store);
  return layer && [layer];
}

async function writeOwnLayer(record: BaseRecord, spec: ImageSpec, store: Store): Promise<Layer[]> {
  const { compression } = spec;
  const entries = restore(record.fragment, store).entries();
  return [await writeLayer(entries, store, { key: ownLayerKey(record, spec), compression })];
}

function ownLayerKey({ fragment }: BaseRecord, { compression }: ImageSpec): Digest {
  return layerKey([fragment.digest], compression);
}

function prepared(
  record: BaseRecord,
  layers: readonly Layer[],
  { spec, store, cached }: { spec: ImageSpec; store: Store; cached: boolean },
): PreparedBase {
  const name = baseName(spec);
  const named = (layer: Layer, index: number) => ({
    ...layer,
    name: index === 0 ? name : `${name} (${index + 1})`,
  });
  const { facts, image } = record;
  const fragment = restore(record.fragment, store);
  return { name, fragment, layers: layers.map(named), run: image?.run ?? {}, facts, cached };
}

async function makeRecord(spec: ImageSpec, store: Store, context: BuildContext): Promise<BaseRecord> {
  const { entries, image } = await makers[spec.base.kind](spec, store, context);
  const fragment = fragmentOf(entries);
  const facts = readFacts(fragment, { store, spec });
  const record: BaseRecord = {
    fragment: fragmentRecord(fragment, store),
    facts,
    ...(image === undefined ? {} : { image }),
  };
  store.setRecord('base', baseKey(spec), record);
  return record;
}

interface Made {
  readonly entries: readonly Entry[];
  readonly image?: NonNullable<BaseRecord['image']>;
}

type Maker = (spec: ImageSpec, store: Store, context: BuildContext) => Promise<Made>;

const makers: Readonly<Record<ImageSpec['base']['kind'], Maker>> = {
  debian: makeDebian,
  oci: importLayout,
  image: ({ base }) =>
    Promise.reject(
      new BuilderError(`A base of kind "${base.kind}" is not there yet`, {
        code: 'failed',
        hint: 'use "debian: trixie", or copy the image to a folder (skopeo copy SOURCE oci:FOLDER) and use "oci: FOLDER"',
      }),
    ),
};

async function makeDebian(spec: ImageSpec, store: Store, context: BuildContext): Promise<Made> {
  const { platform, epoch } = spec;
  const { suite, packages, mirror } = spec.base as Extract<ImageSpec['base'], { kind: 'debian' }>;
  const tar = await bootstrapDebian({
    ...{ suite, packages, platform, epoch, signal: context.signal, environment: context.environment },
    ...(mirror === undefined ? {} : { mirror }),
  });
  const read = await readLayer(tar, store);
  return { entries: mergeEntries([normaliseEntries(read.entries, epoch, store)]) };
}

async function importLayout(spec: ImageSpec, store: Store): Promise<Made> {
  const layout = readLayout(spec);
  const { entries, layers } = await importLayers(layout.layers, store, spec.compression.level);
  return { entries, image: { layers, run: runOf(layout.config) } };
}

function readLayout({ base, platform }: ImageSpec): SourceImage {
  return readOciLayout((base as Extract<ImageSpec['base'], { kind: 'oci' }>).path, { platform });
}

/** A layout is known by its image's digest, wherever it lies. */
function baseKey(spec: ImageSpec): string {
  const { base, platform, epoch } = spec;
  const identity = base.kind === 'oci' ? { oci: readLayout(spec).digest } : { ...base };
  return digestOf(canonicalJson([baseFormat, identity as Json, platform, epoch])).slice('sha256:'.length);
}

function baseName({ base }: ImageSpec): string {
  if (base.kind === 'debian') return `debian ${base.suite}`;
  return base.kind === 'oci' ? basename(base.path) : base.reference;
}
