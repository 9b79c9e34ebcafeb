import { type Readable, addAbortSignal } from 'node:stream';
import type { DockerOptions } from '../engine/docker/docker-client.js';
import { exportImage } from '../engine/docker/docker-image.js';
import { BuilderError } from '../errors.js';
import type { Digest } from '../store/digest.js';
import type { Store } from '../store/store.js';
import { importSavedImage } from './import-docker-export.js';

/** Configuration and layers of one image of Docker's, brought into the store all at once when the first is needed that it lacks. */
export class SavedImage {
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

  /** Sees to it that a blob is in the store; false where Docker has none of that digest. */
  async fetch(blob: Digest): Promise<boolean> {
    if (!this.#store.has(blob)) await (this.#saved ??= this.#save());
    return this.#store.has(blob);
  }

  /** The uncompressed tar of a layer. @throws BuilderError `failed` where Docker gives none */
  async open(diffId: Digest): Promise<Readable> {
    if (await this.fetch(diffId)) return this.#store.open(diffId);
    throw new BuilderError(`Docker gave no layer ${diffId} of ${this.#id}`, { code: 'failed' });
  }

  async #save(): Promise<void> {
    const archive = addAbortSignal(this.#signal, await exportImage(this.#docker, this.#id));
    await importSavedImage(archive, this.#store);
  }
}
