import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { BuilderError } from '../errors.js';
import { type Digest, isDigest } from '../registry/descriptor.js';
import { whyNotWritten } from '../system/why-not-written.js';
import { parseYaml } from '../yaml/yaml.js';
import type { ImageSpec } from './image-spec.js';
import { validate } from './validate.js';

const lockName = 'image.lock.yaml';

const locked = z.strictObject({
  image: z.string(),
  digest: z.custom<Digest>((value) => typeof value === 'string' && isDigest(value), {
    error: 'must be sha256: and 64 hexadecimal digits',
  }),
});

const lockSchema = z.strictObject({ base: locked.optional(), bootstrap: locked.optional() });

/** The digests of a spec's tags when they were resolved: of the base, and of the image that bootstraps a Debian base. */
export type ImageLock = z.output<typeof lockSchema>;

const comment = `# What the tags in image.yaml stood for when platen looked them up, so that every build stands on the same.
# Keep it under version control; "platen build --update-lock" looks them up again.
`;

/** Reads the lock beside a spec; empty if there is none. @throws SpecError if it is damaged */
export function readLock({ folder, file }: ImageSpec): ImageLock {
  let text: string;
  try {
    text = readFileSync(join(folder, lockName), 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new BuilderError(`${lockFile({ file })} can't be read: ${whyNotWritten(cause)}`, {
      code: 'invalid',
      cause,
    });
  }
  const source = parseYaml(text, lockFile({ file }));
  return source.data === null ? {} : validate(lockSchema, source);
}

/** Writes the lock beside a spec; the same lock gives the same bytes. @throws BuilderError `failed` */
export function writeLock({ folder, file }: ImageSpec, lock: ImageLock): void {
  const parts = (['base', 'bootstrap'] as const).flatMap((name) => {
    const entry = lock[name];
    return entry === undefined ? [] : [`${name}:\n  image: ${entry.image}\n  digest: ${entry.digest}\n`];
  });
  const path = join(folder, lockName);
  const fresh = `${path}.new`;
  try {
    writeFileSync(fresh, comment + parts.join(''));
    renameSync(fresh, path);
  } catch (cause) {
    rmSync(fresh, { force: true });
    throw new BuilderError(`${lockFile({ file })} can't be written: ${whyNotWritten(cause)}`, {
      code: 'failed',
      hint: 'name the image by its digest in image.yaml, or make the folder writable',
      cause,
    });
  }
}

/** The lock's path, relative to the project. */
export function lockFile({ file }: Pick<ImageSpec, 'file'>): string {
  return file.replace(/image\.yaml$/, lockName);
}
