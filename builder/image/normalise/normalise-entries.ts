import { digestOf } from '../../store/digest.js';
import type { Store } from '../../store/store.js';
import type { Entry } from '../../tar/entry.js';
import { leftOutByContent } from './left-out-by-content.js';
import type { LeftOut } from '../../build-event.js';
import { leftOutByPath } from './left-out.js';

const secondsPerDay = 86_400;

/** The normalised entries of a layer, and the omitted ones. */
export interface Normalised {
  readonly entries: Entry[];
  readonly leftOut: LeftOut[];
}

/**
 * Removes differences between runs from a layer (docs/playbook.md, "What a command leaves"): omits listed paths, limits times
 * and days of password changes to `epoch`, and empties the machine id.
 */
export function normaliseEntries(entries: readonly Entry[], epoch: number, store: Store): Normalised {
  const leftOut: LeftOut[] = [];
  const kept = entries.filter((entry) => {
    const what = leftOutOf(entry, epoch, store);
    if (what !== undefined) leftOut.push({ path: entry.path, what });
    return what === undefined;
  });
  const whole = leftOut.length === 0 ? kept : withoutLostTargets(kept, entries);
  return {
    entries: whole.map((entry) => rewritten({ ...entry, mtime: Math.min(entry.mtime, epoch) }, epoch, store)),
    leftOut,
  };
}

function leftOutOf(entry: Entry, epoch: number, store: Store): string | undefined {
  if (entry.type === 'directory' || entry.type === 'whiteout') return undefined;
  return leftOutByPath(entry.path) ?? leftOutByContent(entry, epoch, store);
}

/** If the target of hard links is omitted, the first link gets the contents, and the others link to it. */
function withoutLostTargets(kept: readonly Entry[], all: readonly Entry[]): Entry[] {
  const there = new Set(kept.map(({ path }) => path));
  const heirs = new Map<string, string>();
  return kept.map((entry) => {
    const { target, type } = entry;
    if (type !== 'hardlink' || target === undefined || there.has(target)) return entry;
    const heir = heirs.get(target);
    if (heir !== undefined) return { ...entry, target: heir };
    const lost = all.find(({ path }) => path === target);
    if (lost === undefined) return entry;
    heirs.set(target, entry.path);
    return { ...lost, path: entry.path };
  });
}

function rewritten(entry: Entry, epoch: number, store: Store): Entry {
  if (entry.type !== 'file' || entry.content === undefined) return entry;
  if (entry.path === '/etc/machine-id') return withBytes(entry, Buffer.alloc(0), store);
  if (entry.path !== '/etc/shadow') return entry;
  return withBytes(
    entry,
    Buffer.from(clampShadow(store.read(entry.content.slice).toString('latin1'), epoch), 'latin1'),
    store,
  );
}

/** shadow(5): the third field is the day of the last change of the password. */
function clampShadow(text: string, epoch: number): string {
  const day = Math.floor(epoch / secondsPerDay);
  return text.replace(/^([^:\n]*:[^:\n]*:)(\d+)/gm, (all, before: string, changed: string) =>
    Number(changed) > day ? `${before}${day}` : all,
  );
}

function withBytes(entry: Entry, bytes: Buffer, store: Store): Entry {
  const digest = bytes.length === 0 ? digestOf(bytes) : store.put(bytes);
  return { ...entry, content: { digest, slice: { blob: digest, offset: 0, size: bytes.length } } };
}
