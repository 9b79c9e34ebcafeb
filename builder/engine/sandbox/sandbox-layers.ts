import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { LowerListing } from './lower-listing.js';
import { listingFormat, parseListing } from '../root-listing.js';
import type { EngineLayer } from '../engine.js';
import type { ToolNamespace } from './tool-namespace.js';
import { extractOptions } from '../tar-options.js';
import { bootId } from '../../system/boot-id.js';

/** The note beside an unpacked layer. */
interface LayerNote {
  /** Size of its tar. */
  readonly bytes: number;
  /** Boot id at the time of unpacking, or `written` once the layer is surely on disk. */
  readonly boot: string;
  /** Inode of the note itself: it differs in a copy of the folder (by a CI cache), where owners and modes may be lost. */
  readonly inode: number;
}

/** After this time the kernel has written everything to disk. */
const writtenBackMs = 120_000;

/**
 * Unpacks layers into the sandbox's folder unless they are there; returns their names in it, lowest first. Safe against
 * concurrent builds: each layer appears atomically.
 */
export async function unpackLayers(
  layers: readonly EngineLayer[],
  { folder, toolNamespace }: { folder: string; toolNamespace: ToolNamespace },
): Promise<string[]> {
  const names: string[] = [];
  for (const layer of layers) {
    const name = layer.diffId.replace(/^sha256:/, '').replaceAll(/[^0-9a-f]/g, '');
    if (!isUnpacked(folder, name)) await unpack(layer, name, { folder, toolNamespace });
    names.push(name);
  }
  return names;
}

/** The contents of unpacked layers. */
export function listLayers(folder: string, names: readonly string[]): LowerListing {
  return new LowerListing(
    names.map((name) => parseListing(readFileSync(join(folder, 'layers', `${name}.list`)))),
  );
}

async function unpack(
  layer: EngineLayer,
  name: string,
  { folder, toolNamespace }: { folder: string; toolNamespace: ToolNamespace },
): Promise<void> {
  const fresh = `${name}-${randomBytes(6).toString('hex')}.new`;
  const path = (text: string) => join(folder, 'layers', text);
  const notes = ['list', 'json'].map((ending) => path(`${fresh}.${ending}.new`));
  try {
    await extract(layer, fresh, toolNamespace);
    const list = await toolNamespace.run([
      'find',
      `/layers/${fresh}`,
      '-mindepth',
      '1',
      '-printf',
      listingFormat,
    ]);
    writeFileSync(path(`${fresh}.list.new`), list);
    renameSync(path(`${fresh}.list.new`), path(`${name}.list`));
    writeNote(path(`${fresh}.json.new`), path(`${name}.json`), {
      bytes: layer.size,
      boot: bootId() ?? 'unknown',
    });
    renameSync(path(fresh), path(name));
  } catch (error) {
    // The disk may be full, so remove the partial layer at once.
    await toolNamespace.run(['rm', '-rf', `/layers/${fresh}`]).catch(() => undefined);
    for (const file of notes) rmSync(file, { force: true });
    // Another build may have unpacked it meanwhile.
    if (!isUnpacked(folder, name)) throw error;
  }
}

async function extract(layer: EngineLayer, fresh: string, toolNamespace: ToolNamespace): Promise<void> {
  await toolNamespace.run(['mkdir', `/layers/${fresh}`]);
  await toolNamespace.run(['tar', ...extractOptions, `--directory=/layers/${fresh}`], {
    input: layer.open(),
  });
  await toolNamespace.run(['chmod', '755', `/layers/${fresh}`]);
}

/** Whether the complete layer is there; marks it as used. */
function isUnpacked(folder: string, name: string): boolean {
  const path = join(folder, 'layers', name);
  const note = `${path}.json`;
  try {
    statSync(path);
    const { bytes, boot, age, moved } = readNote(note);
    // After a power failure, files not yet on disk may have lost their bytes.
    if (moved || (boot !== 'written' && boot !== (bootId() ?? 'unknown'))) return discard(folder, name);
    const now = Date.now() / 1000;
    if (boot === 'written') utimesSync(note, now, now);
    else if (age > writtenBackMs) writeNote(`${note}.new`, note, { bytes, boot: 'written' });
    return true;
  } catch {
    return false;
  }
}

function writeNote(fresh: string, path: string, note: Omit<LayerNote, 'inode'>): void {
  const file = openSync(fresh, 'w');
  try {
    writeFileSync(file, JSON.stringify({ ...note, inode: fstatSync(file).ino } satisfies LayerNote));
  } finally {
    closeSync(file);
  }
  renameSync(fresh, path);
}

/** Reads with one descriptor, because another build may replace the note at any time. */
function readNote(path: string): LayerNote & { readonly age: number; readonly moved: boolean } {
  const file = openSync(path, 'r');
  try {
    const note = JSON.parse(readFileSync(file, 'utf8')) as LayerNote;
    const { ino, mtimeMs } = fstatSync(file);
    return { ...note, age: Date.now() - mtimeMs, moved: note.inode !== ino };
  } finally {
    closeSync(file);
  }
}

function discard(folder: string, name: string): false {
  const doubtful = join(folder, 'layers', name);
  renameSync(doubtful, `${doubtful}-${randomBytes(6).toString('hex')}.new`);
  rmSync(`${doubtful}.json`, { force: true });
  return false;
}
