import { type Reference, formatReference, parseReference } from '../registry/reference.js';
import { type ImageLock, lockFile, readLock, writeLock } from '../spec/image-lock.js';
import type { ImageSpec } from '../spec/image-spec.js';
import type { BaseContext } from './made-base.js';
import { openRegistry } from '../open/registry-access.js';

type Part = keyof ImageLock;

/** Returns the reference with its digest: its own or the locked one; undefined if its tag was never resolved. */
export function lockedReference(spec: ImageSpec, name: string, part: Part): Reference | undefined {
  const reference = withTag(name);
  if (reference.digest !== undefined) return reference;
  const known = readLock(spec)[part];
  if (known?.image !== formatReference(reference)) return undefined;
  return { ...reference, digest: known.digest };
}

/** Like `lockedReference`, but resolves a new tag (with `--update-lock`, any tag) and writes it to the lock. @throws RegistryError */
export async function lockReference(
  spec: ImageSpec,
  { name, part }: { readonly name: string; readonly part: Part },
  context: BaseContext,
): Promise<Reference> {
  const known = lockedReference(spec, name, part);
  const isPinned = withTag(name).digest !== undefined;
  if (known !== undefined && (isPinned || !context.updateLock)) return known;
  const reference = withTag(name);
  const image = formatReference(reference);
  const { client, resolve } = await openRegistry(context);
  const { digest } = await resolve(client, reference);
  if (known?.digest === digest) {
    context.reporter.report({ kind: 'message', text: `${image} is still ${digest}` });
    return known;
  }
  writeLock(spec, { ...readLock(spec), [part]: { image, digest } });
  const was = known === undefined ? '' : `, which was ${known.digest}`;
  context.reporter.report({
    kind: 'message',
    text: `${image} is ${digest}${was}: noted in ${lockFile(spec)}`,
  });
  return { ...reference, digest };
}

/** A name without tag and digest means `latest`. */
function withTag(name: string): Reference {
  const reference = parseReference(name);
  return reference.tag === undefined && reference.digest === undefined
    ? { ...reference, tag: 'latest' }
    : reference;
}
