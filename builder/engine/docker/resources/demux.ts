import type { Readable } from 'node:stream';

/** A piece of a command's output. */
export interface OutputPiece {
  readonly channel: 'stdout' | 'stderr';
  readonly bytes: Buffer;
}

const headerSize = 8;

/**
 * Splits the engine's stream of a command's outputs: each frame has a byte for the channel, three zero bytes and four bytes of
 * length (Docker Engine API, "Attach to a container", stream format).
 */
export async function* demux(stream: Readable): AsyncGenerator<OutputPiece> {
  let pending: Buffer = Buffer.alloc(0);
  let channel: OutputPiece['channel'] = 'stdout';
  let left = 0;
  for await (const chunk of stream) {
    pending = pending.length === 0 ? (chunk as Buffer) : Buffer.concat([pending, chunk as Buffer]);
    for (;;) {
      if (left > 0) {
        const bytes = pending.subarray(0, left);
        if (bytes.length === 0) break;
        pending = pending.subarray(bytes.length);
        left -= bytes.length;
        yield { channel, bytes };
      } else {
        if (pending.length < headerSize) break;
        channel = pending[0] === 2 ? 'stderr' : 'stdout';
        left = pending.readUInt32BE(4);
        pending = pending.subarray(headerSize);
      }
    }
  }
}

/** What a container with a terminal wrote: the engine does not tell its outputs apart there. */
export async function* terminalOutput(stream: Readable): AsyncGenerator<OutputPiece> {
  for await (const chunk of stream) yield { channel: 'stdout', bytes: chunk as Buffer };
}
