import { createHash } from 'node:crypto';
import { type Duplex, Readable, Transform, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { BuilderError } from '../errors.js';
import type { Digest } from '../store/digest.js';
import { zstdDecoder } from './compression/zstd-stream.js';

const chunkSize = 1 << 20;

/** How a layer's blob is compressed. */
export type LayerCompression = 'plain' | 'gzip' | 'zstd';

interface Expected {
  readonly digest: Digest;
  /** Of the blob, bytes. */
  readonly size: number;
  readonly compression: LayerCompression;
  /** Digest of the uncompressed contents. */
  readonly diffId: Digest;
}

/** Access to a layer's blob. */
export interface BlobSource {
  /** For messages: a path, or a digest and its source. */
  readonly name: string;
  /** What to do if it is damaged. */
  readonly hint: string;
  open(): Readable;
}

const decoders: Readonly<Record<LayerCompression, () => Duplex[]>> = {
  plain: () => [],
  gzip: () => [createGunzip({ chunkSize })],
  zstd: () => [zstdDecoder()],
};

/**
 * A layer's tar, from its blob. Its bytes are valid only if the stream ends without an error: it fails with a BuilderError
 * `invalid` that names the blob if size, digest or diffID differ, or the compression is damaged.
 */
export function verifiedLayer(
  { name, hint, open }: BlobSource,
  { digest, size, compression, diffId }: Expected,
): Readable {
  async function* bytes(): AsyncGenerator<Buffer> {
    const last = verifier({ what: 'uncompressed, its digest', digest: diffId });
    const stages = [verifier({ what: 'its digest', digest, size }), ...decoders[compression]()];
    // The last stage emits its errors.
    pipeline([open(), ...stages, last], () => undefined);
    try {
      for await (const chunk of last) yield chunk as Buffer;
    } catch (cause) {
      if (cause instanceof BuilderError) throw cause;
      throw new BuilderError(`${name} can't be read: ${reasonOf(cause)}`, { code: 'invalid', hint, cause });
    }
  }
  return Readable.from(bytes(), { objectMode: false });
}

function reasonOf(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code.startsWith('Z_')) return `its gzip is damaged (${message})`;
  return code === 'ENOENT' ? 'it is not there' : message;
}

/** Passes bytes on; fails as soon as there are too many, or at the end if their digest differs. */
function verifier({ what, digest, size }: { what: string; digest: Digest; size?: number }): Transform {
  const hash = createHash('sha256');
  let count = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      count += chunk.length;
      if (size !== undefined && count > size) done(new Error(`it is longer than ${size} bytes`));
      else done(null, chunk);
    },
    flush(done) {
      const found = `sha256:${hash.digest('hex')}`;
      if (size !== undefined && count < size) done(new Error(`it has ${count} bytes instead of ${size}`));
      else done(found === digest ? null : new Error(`${what} is ${found} instead of ${digest}`));
    },
  });
}
