import { BuilderError } from '../errors.js';
import { bootstrapDebian } from '../engine/debian-base.js';
import type { Layer } from '../image/write-layer.js';
import { layerKey, findLayer, writeLayer } from '../image/write-layer.js';
import { mergeEntries } from '../image/merge-entries.js';
import { normaliseEntries } from '../image/normalise-entries.js';
import { readLayer } from '../image/read-layer.js';
import { canonicalJson } from '../plan/step-key.js';
import { type FragmentRecord, fragmentRecord, restore } from '../plan/step-cache.js';
import type { Fragment } from '../plan/root-state.js';
import type { Json } from '../plan/step.js';
import type { ImageSpec } from '../spec/image-spec.js';
import { digestOf } from '../store/digest.js';
import type { Store } from '../store/store.js';
import type { BuildContext } from './build-options.js';
import { fragmentOf } from './step-executor.js';
import { type Facts, readFacts } from './facts.js';

/** What the image stands on: one layer, what is in it, and the facts that playbooks see. */
export interface PreparedBase {
  readonly name: string;
  readonly fragment: Fragment;
  readonly layer: Layer;
  readonly facts: Facts;
  readonly cached: boolean;
}

/** Raised when the same base comes out otherwise. */
const baseFormat = 1;

interface BaseRecord {
  readonly fragment: FragmentRecord;
  readonly facts: Facts;
}

/** The base of a spec, if the store has it. */
export function findBase(spec: ImageSpec, store: Store): PreparedBase | undefined {
  const record = store.record('base', baseKey(spec)) as BaseRecord | undefined;
  if (record?.fragment === undefined) return undefined;
  const fragment = restore(record.fragment, store);
  const layer = findLayer(layerKey([fragment.digest], spec.compression), store);
  if (layer === undefined || !record.fragment.contents.every((blob) => store.has(blob))) return undefined;
  return { name: baseName(spec), fragment, layer, facts: record.facts, cached: true };
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
  const base = findBase(spec, store) ?? (await makeBase(spec, store, context));
  context.reporter.baseDone({ name, cached: base.cached, ms: performance.now() - started });
  return base;
}

async function makeBase(spec: ImageSpec, store: Store, context: BuildContext): Promise<PreparedBase> {
  const { base, epoch, platform, compression } = spec;
  if (base.kind !== 'debian') {
    throw new BuilderError(`A base of kind "${base.kind}" is not there yet`, {
      code: 'failed',
      hint: 'use "debian: trixie"',
    });
  }
  const { suite, packages, mirror } = base;
  const tar = await bootstrapDebian({
    ...{ suite, packages, platform, epoch, signal: context.signal, environment: context.environment },
    ...(mirror === undefined ? {} : { mirror }),
  });
  const read = await readLayer(tar, store);
  const entries = mergeEntries([normaliseEntries(read.entries, epoch, store)]);
  const fragment = fragmentOf(entries);
  const layer = await writeLayer(entries, store, {
    key: layerKey([fragment.digest], compression),
    compression,
  });
  const facts = readFacts(fragment, { store, spec });
  store.setRecord('base', baseKey(spec), {
    fragment: fragmentRecord(fragment, store),
    facts,
  } satisfies BaseRecord);
  return { name: baseName(spec), fragment, layer, facts, cached: false };
}

function baseKey({ base, platform, epoch }: ImageSpec): string {
  return digestOf(canonicalJson([baseFormat, { ...base } as Json, platform, epoch])).slice('sha256:'.length);
}

function baseName({ base }: ImageSpec): string {
  if (base.kind === 'debian') return `debian ${base.suite}`;
  return base.kind === 'oci' ? base.path : base.reference;
}
