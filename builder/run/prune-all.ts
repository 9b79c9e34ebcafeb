import { join } from 'node:path';
import { pruneSandbox, type SandboxPrune } from '../engine/sandbox/sandbox-prune.js';
import { pruneCache, type PruneOptions, type PruneReport } from '../store/prune-cache.js';

/** The result of a prune: of the content store, and of the layers that the sandbox unpacked. */
export interface WholePrune extends PruneReport {
  readonly sandbox?: SandboxPrune;
}

/** Prunes the cache at `folder`. @throws BuilderError `failed` if another prune is running or a file can't be removed */
export async function pruneAll(folder: string, options: PruneOptions): Promise<WholePrune> {
  const report = pruneCache(folder, options);
  return { ...report, sandbox: await pruneSandbox(join(folder, 'sandbox'), options) };
}
