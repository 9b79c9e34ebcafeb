import { type Hash, createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Descriptor } from '../descriptor.js';
import { networkError } from '../transport/network-error.js';
import { RegistryError } from '../registry-error.js';
import { type Repository, shortDigest } from '../repository.js';
import { type Pace, mostStalls, throwIfAborted, withRetries } from '../transport/retry.js';

/** After so many bytes the count of failures starts anew. */
const progressBytes = 1 << 20;

/** A blob's bytes; after a broken connection it requests the rest (RFC 9110, section 14). */
export function streamBlob(repository: Repository, blob: Descriptor, pace: Pace): Readable {
  return Readable.from(new Download(repository, blob, pace).bytes(), {
    objectMode: false,
    highWaterMark: 1 << 20,
  });
}

class Download {
  readonly #repository: Repository;
  readonly #blob: Descriptor;
  readonly #pace: Pace;
  readonly #hash: Hash = createHash('sha256');
  #done = 0;

  constructor(repository: Repository, blob: Descriptor, pace: Pace) {
    this.#repository = repository;
    this.#blob = blob;
    this.#pace = pace;
  }

  async *bytes(): AsyncGenerator<Buffer> {
    for (let failures = 0, stalls = 0, before = 0; ;) {
      const body = await this.#open();
      try {
        yield* this.#pass(body);
        break;
      } catch (error) {
        throwIfAborted(this.#pace.signal);
        const failure = error instanceof Error ? this.#failure(error) : undefined;
        if (failure?.temporary !== true) throw error;
        failures = this.#done - before >= progressBytes ? 1 : failures + 1;
        before = this.#done;
        if (failure.stalled) stalls += 1;
        if (failures >= this.#pace.attempts || stalls >= mostStalls)
          throw failure.with(
            `${failure.message}, ${failures} times, after ${this.#done} of ${this.#blob.size} bytes`,
          );
        await this.#pause(failures);
      } finally {
        body.on('error', () => undefined).destroy();
      }
    }
    this.#verify();
  }

  /** Backs off as `withRetries` does. */
  #pause(failures: number): Promise<void> {
    const { waitMs, longestWaitMs, random, sleep, signal } = this.#pace;
    return sleep(Math.min(longestWaitMs, waitMs * 2 ** (failures - 1)) * (0.5 + random() / 2), signal);
  }

  #open(): Promise<Readable> {
    const range = this.#done > 0 ? { range: `bytes=${this.#done}-` } : undefined;
    const { signal } = this.#pace;
    return withRetries(this.#pace, async () => {
      const { status, headers, body } = await this.#repository.open({
        method: 'GET',
        to: `blobs/${this.#blob.digest}`,
        accept: [200, 206],
        signal,
        // A compressed response would have other bytes than the digest's.
        headers: { 'accept-encoding': 'identity', ...range },
      });
      const begin =
        status === 206 ? Number(/^bytes ([0-9]+)-/.exec(String(headers['content-range']))?.[1]) : 0;
      if (begin === this.#done) return body;
      if (begin === 0) return skip(body, this.#done);
      body.on('error', () => undefined).destroy();
      throw new RegistryError(
        `${this.#repository.registry} sent another part of the blob than was asked for`,
        {
          code: 'failed',
        },
      );
    });
  }

  async *#pass(body: Readable): AsyncGenerator<Buffer> {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      this.#done += chunk.length;
      if (this.#done > this.#blob.size) throw this.#wrong(`is longer than its ${this.#blob.size} bytes`);
      this.#hash.update(chunk);
      yield chunk;
    }
    // A response without a length ends silently when its connection breaks.
    if (this.#done < this.#blob.size)
      throw new RegistryError(`${shortDigest(this.#blob.digest)} was cut short`, {
        code: 'unavailable',
        temporary: true,
      });
  }

  #failure(error: Error): RegistryError | undefined {
    const url = new URL(
      `https://${this.#repository.registry}/v2/${this.#repository.name}/blobs/${this.#blob.digest}`,
    );
    const meant = error instanceof RegistryError ? error : networkError(error, { method: 'GET', url });
    return meant instanceof RegistryError ? meant : undefined;
  }

  #verify(): void {
    const found = `sha256:${this.#hash.digest('hex')}`;
    if (found !== this.#blob.digest) throw this.#wrong(`has the digest ${found}`);
  }

  #wrong(what: string): RegistryError {
    return new RegistryError(`The blob ${this.#blob.digest} of ${this.#repository.registry} ${what}`, {
      code: 'failed',
      hint: 'the registry, or a proxy in front of it, damaged it; what was received is discarded',
    });
  }
}

/** Drops the first `size` bytes: some servers ignore ranges. */
function skip(body: Readable, size: number): Readable {
  async function* rest(): AsyncGenerator<Buffer> {
    let left = size;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      if (left < chunk.length) yield chunk.subarray(left);
      left = Math.max(0, left - chunk.length);
    }
  }
  return Readable.from(rest(), { objectMode: false });
}
