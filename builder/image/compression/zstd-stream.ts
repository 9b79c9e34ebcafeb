import { Transform } from 'node:stream';
import { Decompress } from 'fzstd';

/** A larger window takes the decoder minutes and gigabytes; tools for registries use less (zstd's levels up to 19 use 8 MiB). */
const largestWindow = 32 << 20;

/**
 * Decompresses zstd (RFC 8878): any number of frames, skippable ones included. Does not verify checksums of frames, because
 * callers compare digests. Fails for other data, truncated data, and windows above 32 MiB.
 */
export function zstdDecoder(): Transform {
  let head: Buffer | undefined = Buffer.alloc(0);
  const decoder = new Decompress((bytes) => {
    // Copied, because the decoder reuses its memory.
    if (bytes.length > 0) stream.push(Buffer.from(bytes));
  });
  const feed = (chunk: Buffer, last: boolean) => {
    if (head !== undefined) {
      head = Buffer.concat([head, chunk]);
      if (head.length < 18 && !last) return;
      [chunk, head] = [head, undefined];
      if (chunk.length === 0) throw new Error('it is empty');
      if (windowOf(chunk) > largestWindow)
        throw new Error('it is compressed with a window above 32 MiB (zstd --ultra or --long)');
    }
    decoder.push(chunk, last);
  };
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(attempt(() => feed(chunk, false)));
    },
    flush(done) {
      done(attempt(() => feed(Buffer.alloc(0), true)));
    },
  });
  return stream;
}

function attempt(action: () => void): Error | null {
  try {
    action();
    return null;
  } catch (cause) {
    const { code, message } = cause as Error & { code?: unknown };
    return typeof code === 'number'
      ? new Error(`its zstd is damaged (${message})`, { cause })
      : (cause as Error);
  }
}

/** The window of the first frame, bytes (RFC 8878, 3.1.1.1.2); 0 if there is no frame or it is a single segment. */
function windowOf(bytes: Buffer): number {
  if (bytes.length < 6 || bytes.readUInt32LE(0) !== 0xfd2fb528) return 0;
  const [flags, window] = [bytes.readUInt8(4), bytes.readUInt8(5)];
  if ((flags & 0x20) !== 0) return 0;
  const base = 2 ** (10 + (window >> 3));
  return base + (base / 8) * (window & 7);
}
