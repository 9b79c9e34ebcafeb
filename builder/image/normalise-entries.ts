import { digestOf } from '../store/digest.js';
import type { Store } from '../store/store.js';
import type { Entry } from '../tar/entry.js';

/** What never gets into a layer, and why. Directories stay: packages own them. */
const volatile: readonly (readonly [RegExp, string])[] = [
  [/^\/var\/log\/./, 'logs'],
  [/^\/var\/cache\/ldconfig\/aux-cache$/, 'times of inodes'],
  [/^\/var\/lib\/apt\/lists\/./, 'package lists, which age'],
  [/^\/var\/cache\/apt\/./, 'downloads'],
  [/^\/var\/cache\/debconf\/.*-old$/, 'backup'],
  [/^\/var\/lib\/dpkg\/.*-old$/, 'backup'],
  [/^\/var\/lib\/apt\/extended_states\.old$/, 'backup'],
  [/^\/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-$/, 'backup'],
  [/^\/etc\/\.pwd\.lock$/, 'lock'],
  [/^\/var\/lib\/dbus\/machine-id$/, 'random'],
  [/^\/etc\/ssl\/(private\/ssl-cert-snakeoil\.key|certs\/ssl-cert-snakeoil\.pem)$/, 'random'],
  [/\/__pycache__(\/|$)|\.pyc$/, 'times of sources'],
  [/^\/var\/lib\/systemd\/./, 'state of a running system'],
  [/^\/(tmp|run|dev|proc|sys)\/./, 'of a running system'],
  [/^\/\.dockerenv$/, "an engine's trace"],
  [/^\/root\/\.(bash_history|wget-hsts|lesshst)$/, 'history'],
];

/** Whether a path never gets into a layer, unless it is a directory. */
export function isVolatile(path: string): boolean {
  return volatile.some(([pattern]) => pattern.test(path));
}

const secondsPerDay = 86_400;

/**
 * Takes out of a layer what differs from one run to the next (the reference, "Reproducible apt"): volatile files are
 * dropped, times later than `epoch` become `epoch`, the machine id is emptied, last changes of passwords are clamped.
 */
export function normaliseEntries(entries: readonly Entry[], epoch: number, store: Store): Entry[] {
  return entries
    .filter(({ path, type }) => !isVolatile(path) || isKeptDirectory(path, type))
    .map((entry) => rewritten({ ...entry, mtime: Math.min(entry.mtime, epoch) }, epoch, store));
}

function isKeptDirectory(path: string, type: Entry['type']): boolean {
  return type === 'directory' && !/^\/(tmp|run|dev|proc|sys)\/|__pycache__/.test(path);
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
