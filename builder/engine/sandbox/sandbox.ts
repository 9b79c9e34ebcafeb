import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../system/make-folder.js';
import type { Engine, EngineLayer, Session } from '../engine.js';
import type { LowerListing } from './lower-listing.js';
import { sandboxError } from './sandbox-error.js';
import { listLayers, unpackLayers } from './sandbox-layers.js';
import { runTool } from './sandbox-process.js';
import { SandboxSession } from './sandbox-session.js';
import { isRoot, namespaceArguments, ToolNamespace } from './tool-namespace.js';

export interface SandboxOptions {
  /** Folder for unpacked layers and sessions, absolute; created if missing. */
  readonly folder: string;
}

/**
 * Runs exec steps in Linux namespaces over an overlay mount, without a daemon: as root, or as a user with subordinate ids.
 * Its layers must have no whiteouts.
 */
export function sandboxEngine(options: SandboxOptions): Engine {
  return {
    name: 'sandbox',
    prepare: (layers) => prepareLayers(options, layers),
    open: (layers, { signal }) => openSession(options, layers, signal),
  };
}

async function openSession(
  { folder }: SandboxOptions,
  layers: readonly EngineLayer[],
  signal: AbortSignal | undefined,
): Promise<Session> {
  signal?.throwIfAborted();
  const name = randomBytes(8).toString('hex');
  const remove = () => removeTree(join(folder, 'sessions', name));
  let toolNamespace: ToolNamespace | undefined;
  try {
    makeFolder(folder, 0o700);
    toolNamespace = await ToolNamespace.open(folder, name);
    const names = await unpackLayers(layers, { folder, toolNamespace });
    const commandNamespace = await toolNamespace.openCommandNamespace(names);
    let listing: LowerListing | undefined;
    const lower = () => (listing ??= listLayers(folder, names));
    return new SandboxSession({ toolNamespace, commandNamespace, lower, remove, folder, signal });
  } catch (error) {
    await toolNamespace?.close();
    await remove().catch(() => undefined);
    throw sandboxError('be opened', error, folder);
  }
}

/** Unpacks layers for later sessions. */
async function prepareLayers({ folder }: SandboxOptions, layers: readonly EngineLayer[]): Promise<void> {
  const name = randomBytes(8).toString('hex');
  let toolNamespace: ToolNamespace | undefined;
  try {
    makeFolder(folder, 0o700);
    toolNamespace = await ToolNamespace.open(folder, name);
    await unpackLayers(layers, { folder, toolNamespace });
  } catch (error) {
    throw sandboxError('unpack layers', error, folder);
  } finally {
    await toolNamespace?.close();
    await removeTree(join(folder, 'sessions', name)).catch(() => undefined);
  }
}

/** Removes files that may belong to subordinate ids. */
export async function removeTree(path: string): Promise<void> {
  if (isRoot()) await rm(path, { recursive: true, force: true });
  else await runTool(['unshare', ...namespaceArguments(), '--', 'rm', '-rf', '--', path], { detached: true });
}
