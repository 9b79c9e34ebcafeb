import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BuilderError } from '../errors.js';
import type { Engine, EngineLayer, Session } from './engine.js';
import type { LowerListing } from './lower-listing.js';
import { listLayers, unpackLayers } from './sandbox-layers.js';
import { runTool } from './sandbox-process.js';
import { SandboxSession } from './sandbox-session.js';
import { isRoot, namespaceArguments, Workshop } from './sandbox-workshop.js';

export interface SandboxOptions {
  /** Where unpacked layers and sessions are, absolute; made where it is missing. */
  readonly folder: string;
}

/**
 * Runs exec steps in Linux namespaces over an overlay mount, with no daemon: as root, or as a user with subordinate ids.
 * Its layers are plain: they have no whiteouts.
 */
export function sandboxEngine(options: SandboxOptions): Engine {
  return {
    name: 'sandbox',
    open: (layers, { signal }) => openSession(options, layers, signal),
  };
}

async function openSession(
  { folder }: SandboxOptions,
  layers: readonly EngineLayer[],
  signal: AbortSignal | undefined,
): Promise<Session> {
  signal?.throwIfAborted();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const name = randomBytes(8).toString('hex');
  const remove = () => removeTree(join(folder, 'sessions', name));
  try {
    const workshop = await Workshop.open(folder, name);
    try {
      const names = await unpackLayers(layers, { folder, workshop });
      const cell = await workshop.openCell(names);
      let listing: LowerListing | undefined;
      const lower = () => (listing ??= listLayers(folder, names));
      return new SandboxSession({ workshop, cell, lower, remove, signal });
    } catch (error) {
      await workshop.close();
      throw error;
    }
  } catch (error) {
    await remove().catch(() => undefined);
    if (error instanceof BuilderError) throw error;
    throw new BuilderError(`The sandbox could not be opened: ${(error as Error).message}`, {
      code: 'unavailable',
      hint: 'platen doctor says what is missing; --engine docker does without it',
      cause: error,
    });
  }
}

/** Removes files that may belong to subordinate ids. */
export async function removeTree(path: string): Promise<void> {
  if (isRoot()) await rm(path, { recursive: true, force: true });
  else await runTool(['unshare', ...namespaceArguments(), '--', 'rm', '-rf', '--', path]);
}
