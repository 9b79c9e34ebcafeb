import type { Store } from '../../store/store.js';
import type { Entry } from '../../tar/entry.js';

/** Bytes; keys are shorter. */
const longest = 20_000;
const readableByAll = 0o004;
const privateKey = /-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----/;

/** What is made of random numbers, and where its folder is known: the folder is told. */
const clusters: readonly RegExp[] = [
  /^(\/var\/lib\/postgresql\/[^/]+\/[^/]+)\/PG_VERSION$/,
  /^(\/var\/lib\/mysql)\/ibdata1$/,
];

/**
 * Paths of what a command made of random numbers, and every container of the image would share: private keys (the snakeoil
 * certificate's, those of SSH hosts) and database clusters. They are kept: nothing makes them at a container's start.
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
