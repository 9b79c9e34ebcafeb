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
  /** The image's name, as its spec has it. */
  readonly name: string;
  /** Empty where none are to be run. */
  readonly checks: ImageSpec['smoke'];
  readonly store: Store;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

/** The smoke checks of images: those that an image passed are not run again. */
export class ImageChecks {
  readonly #with: Checking;

  constructor(checking: Checking) {
    this.#with = checking;
  }

  /** Whether there are checks that this image did not pass yet. */
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

  /** Runs those that are due in the sandbox, where that is the engine. @throws BuilderError at the first that fails */
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

/** What is asked of the engine for checks. */
export interface SandboxWanted {
  /** What runs commands. */
  engine(): Promise<Engine>;
  /** The engine was asked for by name: where it does not work, that is an error. */
  readonly required: boolean;
  /** The sandbox's. */
  readonly folder: string;
}

async function isSandbox({ engine, required }: SandboxWanted): Promise<boolean> {
  try {
    return (await engine()).name === 'sandbox';
  } catch (error) {
    // Nothing had to be run until now: with no engine at all, the image goes unchecked.
    if (!required && error instanceof BuilderError && error.code === 'unavailable') return false;
    throw error;
  }
}
