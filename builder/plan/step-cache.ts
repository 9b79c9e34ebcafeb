import type { Entry } from '../tar/entry.js';
import type { Digest } from '../store/digest.js';
import type { Store } from '../store/store.js';
import type { RootState } from './root-state.js';
import type { Fragment } from './fragment.js';
import type { TaskResult } from './step.js';
import { type FragmentRecord, type StepRecord, stepRecords } from './step-record.js';
import { readsHold } from './trace.js';

/** How many results of one step, on different roots, to try before it runs again. */
const maxCandidates = 8;
/** Up to this many entries are stored in the record itself; more go to a blob, read only when needed. */
const maxInline = 64;

/** Finds the result of a step with this key on this root, or on another root that looks the same to the step. */
export function findStep(
  key: Digest,
  state: RootState,
  store: Store,
): { readonly result: TaskResult; readonly fragment: Fragment } | undefined {
  const folder = hex(key);
  const exact = usable(store.record(stepRecords, `${folder}/${hex(state.digest)}`), store);
  if (exact !== undefined) return { result: exact.result, fragment: restore(exact.fragment, store) };
  for (const parent of store.records(stepRecords, folder).slice(0, maxCandidates)) {
    const record = usable(store.peek(stepRecords, `${folder}/${parent}`), store);
    if (record === undefined || record.reads.everything) continue;
    const fragment = restore(record.fragment, store);
    if (!readsHold(record.reads, state.tree, () => fragment.entries())) continue;
    // Store the result under this root as well, so that later builds find it at once; the older record may be pruned.
    store.setRecord(stepRecords, `${folder}/${hex(state.digest)}`, record);
    return { result: record.result, fragment };
  }
  return undefined;
}

/** Stores a step's result on the root with this digest. */
export function saveStep(key: Digest, parent: Digest, record: StepRecord, store: Store): void {
  store.setRecord(stepRecords, `${hex(key)}/${hex(parent)}`, record);
}

/** The newest result for a key, on any root. */
export function newestRecord(key: Digest, store: Store): StepRecord | undefined {
  const [parent] = store.records(stepRecords, hex(key));
  return parent === undefined ? undefined : usable(store.peek(stepRecords, `${hex(key)}/${parent}`), store);
}

/** The stored form of a fragment. */
export function fragmentRecord(fragment: Fragment, store: Store): FragmentRecord {
  const { digest, bytes, count } = fragment;
  const entries = fragment.entries();
  const contents = [...new Set(entries.flatMap((entry) => entry.content?.slice.blob ?? []))];
  if (count <= maxInline) return { digest, bytes, count, entries, contents };
  return { digest, bytes, count, entriesBlob: store.put(Buffer.from(JSON.stringify(entries))), contents };
}

/** Restores a fragment from its record. */
export function restore(record: FragmentRecord, store: Store): Fragment {
  const { digest, bytes, count, entries, entriesBlob } = record;
  let loaded = entries;
  return {
    digest,
    bytes,
    count,
    entries: () => {
      if (loaded === undefined && entriesBlob !== undefined) {
        const slice = { blob: entriesBlob, offset: 0, size: store.size(entriesBlob) };
        loaded = JSON.parse(store.read(slice).toString()) as Entry[];
      }
      return loaded ?? [];
    },
  };
}

/** The record, if all blobs that it names exist. */
function usable(record: StepRecord | undefined, store: Store): StepRecord | undefined {
  if (record === undefined) return undefined;
  const { contents, entriesBlob, count, bytes } = record.fragment;
  const blobs = entriesBlob === undefined ? contents : [entriesBlob, ...contents];
  return count > 0 && bytes > 0 && !blobs.every((blob) => store.has(blob)) ? undefined : record;
}

function hex(digest: Digest): string {
  return digest.slice('sha256:'.length);
}
