import { Readable } from 'node:stream';
import type { Engine, EngineLayer } from '../engine/engine.js';
import { tarChunks } from '../image/tar-chunks.js';
import type { Fragment } from '../plan/fragment.js';
import type { Store } from '../store/store.js';
import type { PreparedBase } from './made-base.js';

/** A base's layers for an engine: Docker shares them with images; the sandbox needs a single one without whiteouts. */
export function engineLayers(engine: Engine, base: PreparedBase, store: Store): readonly EngineLayer[] {
  if (engine.name === 'docker') return base.layers;
  return [plainBase(base.fragment, store)];
}

/** The contents of a base as one layer for the sandbox. */
export function plainBase(fragment: Fragment, store: Store): EngineLayer {
  const { digest, bytes } = fragment;
  return { diffId: digest, size: bytes, open: () => plainLayer(fragment, store) };
}

/** Leaves out device nodes: only root can create them, and the sandbox can't open them. */
function plainLayer(fragment: Fragment, store: Store): Readable {
  const devices = ['character', 'block', 'whiteout'];
  const entries = fragment
    .entries()
    .filter(({ type }) => !devices.includes(type))
    .map(({ opaque: _opaque, ...entry }) => entry);
  return Readable.from(tarChunks(entries, store), { objectMode: false });
}
