import { Readable } from 'node:stream';
import { z } from 'zod';
import type { EngineLayer } from '../engine/engine.js';
import type { Entry } from '../tar/entry.js';
import { mergeEntries } from '../image/merge-entries.js';
import { readLayer, scanLayer } from '../image/read-layer.js';
import { tarChunks } from '../image/tar-chunks.js';
import { type Digest, digestOf } from '../store/digest.js';
import { digestSchema, recordKind } from '../store/record-kind.js';
import type { Store } from '../store/store.js';
import type { PreparedBase } from '../base/made-base.js';
import type { Layer } from '../image/layer.js';

/** Facts about a layer that was read before. */
interface LayerNote {
  /** Of the tar, bytes. */
  readonly bytes: number;
  /** Whether it has a hard link to a file in a lower layer. */
  readonly linksDown: boolean;
}

const layerNotes = recordKind<LayerNote>(
  'layer-note',
  z.object({ bytes: z.number(), linksDown: z.boolean() }),
);

/** By the diffIDs of layers that together form a base of builds: their number, and the digest of the merged layer. */
const bases = recordKind('plain-base', z.object({ digest: digestSchema, count: z.number() }));

/** Raise it when layers are unpacked differently. */
const format = 1;

/**
 * An image's layers as the sandbox mounts them, lowest first. Unpacks each on its own, so that images share them, but those of
 * a base, or all if hard links cross layers, as one merged layer.
 */
export async function containerLayers(layers: readonly Layer[], store: Store): Promise<EngineLayer[]> {
  const notes: LayerNote[] = [];
  for (const layer of layers) notes.push(await noteOf(layer, store));
  const whole = notes.some(({ linksDown }) => linksDown);
  const base = whole ? undefined : findBase(layers, store);
  const below = base?.count ?? (whole ? layers.length : 0);
  const together = layers.slice(0, below);
  const bytes = notes.slice(0, below).reduce((sum, note) => sum + note.bytes, 0);
  const ids = together.map(({ diffId }) => diffId).join(' ');
  const lowest = { diffId: base?.digest ?? digestOf(`together ${format} ${ids}`), size: bytes };
  return [
    ...(below === 0
      ? []
      : [{ ...lowest, open: () => tarOf(async () => plain(await merged(together, store)), store) }]),
    ...layers.slice(below).map((layer, index): EngineLayer => ({
      diffId: digestOf(`alone ${format} ${layer.diffId}`),
      size: notes[below + index]?.bytes ?? 0,
      open: () => tarOf(async () => asOverlay(await entriesOf(layer, store)), store),
    })),
  ];
}

/** Remembers that these layers together form a base of builds. */
export function rememberBase({ layers, fragment }: PreparedBase, store: Store): void {
  const key = baseKey(layers);
  if (store.record(bases, key) !== undefined) return;
  store.setRecord(bases, key, { digest: fragment.digest, count: layers.length });
}

function findBase(layers: readonly Layer[], store: Store) {
  for (let count = layers.length; count > 0; count -= 1) {
    const found = store.record(bases, baseKey(layers.slice(0, count)));
    if (found?.count === count) return found;
  }
  return undefined;
}

function baseKey(layers: readonly { readonly diffId: Digest }[]): string {
  return digestOf(layers.map(({ diffId }) => diffId).join(' ')).slice('sha256:'.length);
}

async function noteOf(layer: Layer, store: Store): Promise<LayerNote> {
  const key = layer.diffId.slice('sha256:'.length);
  const found = store.record(layerNotes, key);
  if (found !== undefined) return found;
  const entries = await entriesOf(layer, store);
  const own = new Set(entries.filter(({ type }) => type !== 'whiteout').map(({ path }) => path));
  const linksDown = entries.some(({ type, target }) => type === 'hardlink' && !own.has(target ?? ''));
  const note: LayerNote = { bytes: store.size(layer.diffId), linksDown };
  store.setRecord(layerNotes, key, note);
  return note;
}

/** The contents of a layer; keeps its tar in the store. */
async function entriesOf({ diffId, open }: Layer, store: Store): Promise<Entry[]> {
  if (!store.has(diffId)) return (await readLayer(open(), store)).entries;
  return (await scanLayer(store.open(diffId), { diffId, keep: () => false })).entries;
}

async function merged(layers: readonly Layer[], store: Store): Promise<Entry[]> {
  const all: Entry[][] = [];
  for (const layer of layers) all.push(await entriesOf(layer, store));
  return mergeEntries(all);
}

function tarOf(read: () => Promise<Entry[]>, store: Store): Readable {
  return Readable.from(chunks(read, store), { objectMode: false });
}

async function* chunks(read: () => Promise<Entry[]>, store: Store): AsyncGenerator<Buffer> {
  yield* tarChunks(await read(), store);
}

/** The lowest layer, without whiteouts and opaque marks, which would have no effect. */
function plain(entries: readonly Entry[]): Entry[] {
  return withoutDevices(entries)
    .filter(({ type }) => type !== 'whiteout')
    .map(({ opaque: _opaque, ...entry }) => entry);
}

/** Device nodes: only root can create them, and nobody could open them in the sandbox. */
function withoutDevices(entries: readonly Entry[]): Entry[] {
  return entries.filter(({ type }) => type !== 'character' && type !== 'block');
}

/** Converts whiteouts and opaque directories to overlayfs (the kernel's overlayfs.rst, "whiteouts and opaque directories"). */
function asOverlay(entries: readonly Entry[]): Entry[] {
  return withoutDevices(entries).map(({ opaque, ...entry }): Entry => {
    if (entry.type === 'whiteout') return { ...entry, type: 'character', device: [0, 0] };
    const xattrs = withoutMarks(entry.xattrs);
    if (opaque !== true) return { ...entry, ...(xattrs === undefined ? {} : { xattrs }) };
    const yes = Buffer.from('y').toString('base64');
    const marks = { 'trusted.overlay.opaque': yes, 'user.overlay.opaque': yes };
    return { ...entry, xattrs: { ...xattrs, ...marks } };
  });
}

/** Removes xattrs that overlayfs would take for its own marks. */
function withoutMarks(xattrs: Entry['xattrs']): Entry['xattrs'] {
  if (xattrs === undefined) return undefined;
  const kept = Object.entries(xattrs).filter(
    ([name]) => !/^(trusted|user)\.(fuse)?overlay(fs)?\./.test(name),
  );
  return Object.fromEntries(kept);
}
