import { z } from 'zod';
import { BuilderError } from '../errors.js';
import type { Engine } from '../engine/engine.js';
import type { StoredImage } from '../image/image.js';
import type { Reporter } from '../reporter.js';
import type { ImageSpec } from '../spec/image-spec.js';
import { digestOf } from '../store/digest.js';
import { recordKind } from '../store/record-kind.js';
import type { Store } from '../store/store.js';
import { type StartChecked, checkedInSandbox } from './checked-container.js';
import { containerLayers } from './container-layers.js';
import { smokeChecks } from './smoke-checks.js';

/** Checks that an image passed. */
const passed = recordKind('smoke', z.object({ passed: z.literal(true) }));

interface Checking {
  /** The image's name in its spec. */
  readonly name: string;
  /** Empty if no checks are to run. */
  readonly checks: ImageSpec['smoke'];
  readonly store: Store;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

/** The smoke checks of images; does not repeat checks that an image passed. */
export class ImageChecks {
  readonly #with: Checking;

  constructor(checking: Checking) {
    this.#with = checking;
  }

  /** Whether the image has yet to pass the checks. */
  areDue(image: StoredImage): boolean {
    const { checks, store } = this.#with;
    return checks.length > 0 && store.record(passed, this.#keyOf(image)) === undefined;
  }

  /** Runs the checks, and remembers that they passed. @throws BuilderError at the first that fails */
  async run(image: StoredImage, start: StartChecked): Promise<void> {
    const { checks, store } = this.#with;
    await smokeChecks(checks, { ...this.#with, start });
    store.setRecord(passed, this.#keyOf(image), { passed: true });
  }

  /** Runs due checks in the sandbox, if that is the engine. @throws BuilderError at the first that fails */
  async runInSandbox(image: StoredImage, engine: SandboxWanted): Promise<void> {
    if (!this.areDue(image) || !(await isSandbox(engine))) return;
    const { store, signal } = this.#with;
    const { config } = image;
    const options = { folder: engine.folder, layers: await containerLayers(image.layers, store), signal };
    await this.run(image, checkedInSandbox(config, options));
  }

  #keyOf({ configDigest }: StoredImage): string {
    const { name, checks } = this.#with;
    return `${name}/${digestOf(configDigest + JSON.stringify(checks)).slice('sha256:'.length)}`;
  }
}

/** The engine for checks. */
export interface SandboxWanted {
  /** What runs commands. */
  engine(): Promise<Engine>;
  /** The user named the engine: if it does not work, that is an error. */
  readonly required: boolean;
  /** The sandbox's folder. */
  readonly folder: string;
}

async function isSandbox({ engine, required }: SandboxWanted): Promise<boolean> {
  try {
    return (await engine()).name === 'sandbox';
  } catch (error) {
    // No step needed an engine: without one, the image is not checked.
    if (!required && error instanceof BuilderError && error.code === 'unavailable') return false;
    throw error;
  }
}
