import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from './sandbox-process.js';
import { removeTree } from './sandbox.js';

export interface SandboxPrune {
  /** Number of unpacked layers removed (or to be removed), and their size in bytes. */
  readonly layers: number;
  readonly bytes: number;
  readonly left: number;
}

interface UnpackedLayer {
  readonly name: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly used: number;
}

/** Number and size, in bytes, of the unpacked layers. */
export function countUnpacked(folder: string): { layers: number; bytes: number } {
  const all = unpackedLayers(folder);
  return { layers: all.length, bytes: all.reduce((sum, layer) => sum + layer.bytes, 0) };
}

/**
 * Removes unpacked layers that no build used for so long (milliseconds; 0 for all), and the files of killed sessions.
 * Removes nothing while a session is open. Removes files of subordinate ids, too, if the user may use these ids.
 */
export async function pruneSandbox(
  folder: string,
  { olderThan, dryRun }: { olderThan: number; dryRun: boolean },
): Promise<SandboxPrune> {
  const all = unpackedLayers(folder);
  const old = all.filter(({ used }) => olderThan === 0 || used < Date.now() - olderThan);
  const bytes = old.reduce((sum, layer) => sum + layer.bytes, 0);
  const done = dryRun || namesIn(folder).length === 0 || (await remove(folder, old));
  if (!done) return { layers: 0, bytes: 0, left: all.length };
  return { layers: old.length, bytes, left: all.length - old.length };
}

/** Arguments: the sandbox's folder, names of layers. */
const moveAway = `
cd "$1" || exit
shift
mkdir -p trash/$$ && cd trash/$$ || exit
for name; do mv "../../layers/$name" "../../layers/$name.json" "../../layers/$name.list" .; done
mv ../../sessions/* ../../layers/*.new . 2>/dev/null
true
`;

/** Runs the removal while no session is open; returns false if one is. Each session holds a shared lock. */
async function remove(folder: string, layers: readonly UnpackedLayer[]): Promise<boolean> {
  const names = layers.map(({ name }) => name);
  try {
    await runTool([
      'flock',
      '--nonblock',
      join(folder, 'lock'),
      'sh',
      '-c',
      moveAway,
      'sh',
      folder,
      ...names,
    ]);
  } catch {
    return false;
  }
  await removeTree(join(folder, 'trash'));
  return true;
}

function unpackedLayers(folder: string): UnpackedLayer[] {
  return namesIn(join(folder, 'layers'))
    .filter((name) => /^[0-9a-f]+$/.test(name))
    .map((name) => {
      const note = join(folder, 'layers', `${name}.json`);
      try {
        const { bytes } = JSON.parse(readFileSync(note, 'utf8')) as { bytes: number };
        return { name, bytes, used: statSync(note).mtimeMs };
      } catch {
        return { name, bytes: 0, used: 0 };
      }
    });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
