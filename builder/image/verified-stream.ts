import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type Duplex, Readable, Transform, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { BuilderError } from '../errors.js';
import type { Digest } from '../store/digest.js';

const readSize = 1 << 20;

interface Expected {
  readonly digest: Digest;
  /** Of the file, bytes. */
  readonly size: number;
  readonly compression: 'plain' | 'gzip';
  /** Of what is in it, once it is uncompressed. */
  readonly diffId: Digest;
}

/**
 * A layer's tar, from its file. The bytes are as good as promised only when the stream ends without an error: it fails
 * with a BuilderError `invalid` that names the file where size, digest or diffID are others, or the gzip is damaged.
 */
export function verifiedLayer(file: string, { digest, size, compression, diffId }: Expected): Readable {
  async function* bytes(): AsyncGenerator<Buffer> {
    const last = verifier({ what: 'uncompressed, its digest', digest: diffId });
    const stages: Duplex[] = [verifier({ what: 'its digest', digest, size })];
    if (compression === 'gzip') stages.push(createGunzip({ chunkSize: readSize }));
    // Its errors come out of its last stage.
    pipeline([createReadStream(file, { highWaterMark: readSize }), ...stages, last], () => undefined);
    try {
      for await (const chunk of last) yield chunk as Buffer;
    } catch (cause) {
      throw new BuilderError(`${file} can't be read: ${reasonOf(cause)}`, {
        code: 'invalid',
        hint: 'copy the image again: skopeo copy SOURCE oci:FOLDER',
        cause,
      });
    }
  }
  return Readable.from(bytes(), { objectMode: false });
}

function reasonOf(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code.startsWith('Z_')) return `its gzip is damaged (${message})`;
  return code === 'ENOENT' ? 'it is not there' : message;
}

/** Passes bytes on and fails at their end when they were not the expected ones, or as soon as they are too many. */
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
