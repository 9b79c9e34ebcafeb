import { Readable, addAbortSignal } from 'node:stream';
import type { DockerOptions } from '../engine/docker/docker-client.js';
import { dockerResources } from '../engine/docker/resources/docker-resources.js';
import { BuilderError } from '../errors.js';
import type { Layer } from '../image/layer.js';
import type { Digest } from '../store/digest.js';
import type { Store } from '../store/store.js';
import { importDockerExport } from './import-docker-export.js';

/** Configuration and layers of one image in Docker. When the store lacks one of them, imports all at once. */
export class DockerExport {
  readonly #docker: DockerOptions;
  readonly #id: string;
  readonly #store: Store;
  readonly #signal: AbortSignal;
  #saved: Promise<void> | undefined;

  constructor(docker: DockerOptions, id: string, { store, signal }: { store: Store; signal: AbortSignal }) {
    this.#docker = docker;
    this.#id = id;
    this.#store = store;
    this.#signal = signal;
  }

  /** Imports a blob if it is missing; returns false if Docker has none of that digest. */
  async fetch(blob: Digest): Promise<boolean> {
    if (!this.#store.has(blob)) await (this.#saved ??= this.#save());
    return this.#store.has(blob);
  }

  /** Returns a layer by its diffID. Opening it fails with a BuilderError `failed` if Docker does not have it. */
  layer(diffId: Digest, size: number | undefined): Layer {
    return {
      diffId,
      size,
      blob: undefined,
      open: () => Readable.from(this.#tar(diffId), { objectMode: false }),
    };
  }

  /** Imports a layer's tar if it is missing. @throws BuilderError `failed` if Docker does not have it */
  async keep(diffId: Digest): Promise<void> {
    if (!(await this.fetch(diffId)))
      throw new BuilderError(`Docker gave no layer ${diffId} of ${this.#id}`, { code: 'failed' });
  }

  async *#tar(diffId: Digest): AsyncGenerator<Buffer> {
    await this.keep(diffId);
    yield* this.#store.open(diffId) as AsyncIterable<Buffer>;
  }

  async #save(): Promise<void> {
    const { images } = await dockerResources(this.#docker);
    const archive = addAbortSignal(this.#signal, await images.export(this.#id));
    await importDockerExport(archive, this.#store);
  }
}
