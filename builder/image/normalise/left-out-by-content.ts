import type { Store } from '../../store/store.js';
import type { Entry } from '../../tar/entry.js';

/** What a file is that is left out for what is in it: see docs/playbook.md, "What a command leaves"; undefined for all others. */
export function leftOutByContent(entry: Entry, epoch: number, store: Store): string | undefined {
  if (entry.type !== 'file') return undefined;
  if (entry.path === '/var/lib/dbus/machine-id') return 'machine id';
  if (entry.path.endsWith('.pyc') && isOutdated(entry, epoch, store)) return 'outdated bytecode of Python';
  return undefined;
}

/** A file of bytecode begins with a magic number, flags and, where the flags are 0, its source's time (PEP 552). */
const header = 12;

/** Whether Python would not take it: its source, later than `epoch` then, has another time in the layer. */
function isOutdated({ content }: Entry, epoch: number, store: Store): boolean {
  if (content === undefined || content.slice.size < header) return false;
  const bytes = store.read({ ...content.slice, size: header });
  return bytes.readUInt32LE(4) === 0 && bytes.readUInt32LE(8) > epoch;
}
