import { join } from 'node:path';
import { chooseEngine } from '../engine/choose-engine.js';
import { BuilderError } from '../errors.js';
import type { Image } from '../image/assemble-image.js';
import type { ImageSpec } from '../spec/image-spec.js';
import { digestOf } from '../store/digest.js';
import type { Store } from '../store/store.js';
import type { BuildOptions } from '../run/build-options.js';
import type { BuildContext } from '../context.js';
import { type StartChecked, checkedInSandbox } from './checked-container.js';
import { containerLayers } from './container-layers.js';
import { openedImage } from '../open/image.js';
import { smokeChecks } from './smoke-checks.js';
import { storedImage } from '../open/stored-image.js';

interface Checking {
  readonly spec: ImageSpec;
  readonly store: Store;
  readonly options: BuildOptions;
  readonly context: BuildContext;
}

/** Whether an image's smoke checks are to be run: those that it passed are not run again. */
export function isCheckDue(image: Image, { spec, store, options }: Checking): boolean {
  return options.smoke && spec.smoke.length > 0 && store.record('build', keyOf(image, spec)) === undefined;
}

/** Runs the smoke checks, and remembers that they passed. @throws BuilderError at the first that fails */
export async function checkImage(image: Image, start: StartChecked, checking: Checking): Promise<void> {
  const { spec, store, context } = checking;
  await smokeChecks(spec.smoke, { ...context, start });
  store.setRecord('build', keyOf(image, spec), true);
}

/** Runs the smoke checks that are due in the sandbox, where that runs commands. @throws BuilderError at the first that fails */
export async function checkInSandbox(image: Image, checking: Checking): Promise<void> {
  const { store, context } = checking;
  const folder = join(store.folder, 'sandbox');
  if (!isCheckDue(image, checking) || !(await runsInSandbox(folder, checking))) return;
  const { config, layers } = openedImage(storedImage(image.digest, store), 'build', store);
  const options = { folder, layers: await containerLayers(layers, store), signal: context.signal };
  await checkImage(image, checkedInSandbox(config, options), checking);
}

async function runsInSandbox(folder: string, { options, context }: Checking): Promise<boolean> {
  try {
    const engine = await chooseEngine(options.engine, { host: context.environment.DOCKER_HOST, folder });
    return engine.name === 'sandbox';
  } catch (error) {
    // Nothing had to be run until now: with no engine at all, the image goes unchecked.
    if (options.engine === 'auto' && error instanceof BuilderError && error.code === 'unavailable')
      return false;
    throw error;
  }
}

function keyOf(image: Image, spec: ImageSpec): string {
  return `${spec.name}-smoke/${digestOf(image.configDigest + JSON.stringify(spec.smoke)).slice('sha256:'.length)}`;
}
