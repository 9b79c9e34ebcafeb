import type { Store } from '../../store/store.js';
import type { Entry } from '../../tar/entry.js';

/** The kind of a file that layers omit because of its contents (docs/playbook.md, "What a command leaves"); else undefined. */
export function leftOutByContent(entry: Entry, epoch: number, store: Store): string | undefined {
  if (entry.type !== 'file') return undefined;
  if (entry.path === '/var/lib/dbus/machine-id') return 'machine id';
  if (entry.path.endsWith('.pyc') && isOutdated(entry, epoch, store)) return 'outdated bytecode of Python';
  return undefined;
}

/** Bytecode begins with a magic number, flags and, if the flags are 0, its source's time (PEP 552). */
const header = 12;

/** Whether Python would ignore the bytecode: it records a source later than `epoch`, a time that changes in the layer. */
function isOutdated({ content }: Entry, epoch: number, store: Store): boolean {
  if (content === undefined || content.slice.size < header) return false;
  const bytes = store.read({ ...content.slice, size: header });
  return bytes.readUInt32LE(4) === 0 && bytes.readUInt32LE(8) > epoch;
}
