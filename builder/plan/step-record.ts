import type { Digest } from '../store/digest.js';
import type { RecordKind } from '../store/record-kind.js';
import type { Entry } from '../tar/entry.js';
import type { TaskResult } from './step.js';
import type { Reads } from './trace.js';

/** The stored result of a step on one root. */
export interface StepRecord {
  readonly result: TaskResult;
  readonly fragment: FragmentRecord;
  readonly reads: Reads;
}

export interface FragmentRecord {
  readonly digest: Digest;
  readonly bytes: number;
  readonly count: number;
  readonly entries?: readonly Entry[];
  readonly entriesBlob?: Digest;
  /** Blobs with the contents, named here so that pruning keeps them. */
  readonly contents: readonly Digest[];
}

/** By the step's key and the digest of the root. Checked by hand, as every build reads dozens of them. */
export const stepRecords: RecordKind<StepRecord> = {
  name: 'step',
  parse: (value) => (isStepRecord(value) ? value : undefined),
};

function isStepRecord(value: unknown): value is StepRecord {
  if (!isObject(value) || !isObject(value.result) || !isObject(value.reads)) return false;
  const { looks, trees, everything } = value.reads;
  return (
    typeof value.result.changed === 'boolean' &&
    Array.isArray(looks) &&
    Array.isArray(trees) &&
    typeof everything === 'boolean' &&
    isFragmentRecord(value.fragment)
  );
}

/** Checks the stored form of a fragment, here or in a base's record. */
export function isFragmentRecord(value: unknown): value is FragmentRecord {
  if (!isObject(value)) return false;
  const { digest, bytes, count, contents, entries, entriesBlob } = value;
  return (
    isDigest(digest) &&
    typeof bytes === 'number' &&
    typeof count === 'number' &&
    Array.isArray(contents) &&
    contents.every(isDigest) &&
    (entries === undefined ? isDigest(entriesBlob) : Array.isArray(entries) && entries.every(isEntry))
  );
}

function isEntry(value: unknown): boolean {
  return isObject(value) && typeof value.path === 'string' && typeof value.type === 'string';
}

function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && value.startsWith('sha256:');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
