import { join } from 'node:path';
import { prepareBase } from '../base/base.js';
import { unpackEarly } from '../base/unpack-early.js';
import { rememberBase } from '../containers/container-layers.js';
import type { BuildContext } from '../context.js';
import { lazyEngine } from '../engine/choose-engine.js';
import { warmDocker } from '../engine/docker/docker-client.js';
import { assembleImage } from '../image/assemble-image.js';
import { inheritRun } from '../image/inherit-run.js';
import type { Fragment } from '../plan/fragment.js';
import { loadImageSpec } from '../spec/load-image-spec.js';
import { variableValues } from '../spec/variable-values.js';
import { runSteps } from '../steps/run-steps.js';
import { runStepsTwice } from '../steps/run-steps-twice.js';
import { cacheFolder } from '../store/cache-folder.js';
import { openStore } from '../store/content-store.js';
import { type BuildOptions, type BuildResult, layerResult } from './build-options.js';
import { deliverBuild } from './deliver-build.js';

/** From spec and playbook to an image: load, run, assemble, deliver. @throws BuilderError, SpecError, StepError */
export async function buildImage(options: BuildOptions, context: BuildContext): Promise<BuildResult> {
  const started = performance.now();
  const spec = loadImageSpec(context.projectFolder, options.image);
  const variables = variableValues(spec.variables, options.variables);
  using store = openStore(cacheFolder(context.environment));
  const places = { host: context.environment.DOCKER_HOST, folder: join(store.folder, 'sandbox') };
  const engine = lazyEngine(options.engine, places);
  if (options.load) warmDocker();
  const onMade = (fragment: Fragment) => unpackEarly(fragment, store, engine);
  const base = await prepareBase(spec, store, {
    ...context,
    updateLock: options.updateLock === true,
    onMade,
  });
  const play = { ...options, spec, base, variables, store, context };
  const run = options.checkReproducible ? runStepsTwice : runSteps;
  const { steps, layers } = await run(play, { ...options, engine });
  const { epoch, platform } = spec;
  const image = assembleImage({ layers, run: inheritRun(base.run, spec.run), epoch, platform }, store);
  rememberBase(base, store);
  const delivered = await deliverBuild(image, { spec, options, store, context, engine });
  const { digest } = image.manifest;
  const ms = Math.round(performance.now() - started);
  return { image: spec.name, digest, ...delivered, layers: layers.map(layerResult), steps, ms };
}
