import type { Store } from '../../store/store.js';
import type { Entry } from '../../tar/entry.js';

/** Size limit in bytes; keys are smaller. */
const longest = 20_000;
const readableByAll = 0o004;
const privateKey = /-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----/;

/** Paths of clusters; a group in the expression selects the folder to report. */
const clusters: readonly RegExp[] = [
  /^(\/var\/lib\/postgresql\/[^/]+\/[^/]+)\/PG_VERSION$/,
  /^(\/var\/lib\/mysql)\/ibdata1$/,
];

/**
 * Paths of random secrets that a command made, and that all containers of the image would share: private keys (of the snakeoil
 * certificate, of SSH hosts) and database clusters. They are kept, because nothing makes them when a container starts.
 */
export function randomSecrets(entries: readonly Entry[], store: Store): string[] {
  const found = entries.flatMap((entry) => {
    const cluster = clusters.flatMap((pattern) => pattern.exec(entry.path)?.[1] ?? [])[0];
    return cluster ?? (isPrivateKey(entry, store) ? entry.path : []);
  });
  return [...new Set(found)];
}

function isPrivateKey({ type, mode, content }: Entry, store: Store): boolean {
  if (type !== 'file' || content === undefined || (mode & readableByAll) !== 0) return false;
  if (content.slice.size === 0 || content.slice.size > longest) return false;
  const start = store.read({ ...content.slice, size: Math.min(content.slice.size, 100) });
  return privateKey.test(start.toString('latin1'));
}
