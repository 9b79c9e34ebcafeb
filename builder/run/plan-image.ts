import { findBase } from '../base/base.js';
import { planWithoutBase } from '../base/plan-without-base.js';
import type { BuildContext } from '../context.js';
import { assembleImage } from '../image/assemble-image.js';
import { inheritRun } from '../image/inherit-run.js';
import { loadImageSpec } from '../spec/load-image-spec.js';
import { variableValues } from '../spec/variable-values.js';
import { planSteps } from '../steps/plan-steps.js';
import { cacheFolder } from '../store/cache-folder.js';
import { openStore } from '../store/content-store.js';
import { type BuildOptions, type BuildResult, layerResult } from './build-options.js';

/** The build options that a plan uses. */
export type PlanOptions = Pick<
  BuildOptions,
  'image' | 'variables' | 'vault' | 'noCache' | 'explain' | 'onlyTags' | 'skipTags'
>;

/** Returns what `buildImage` would do, and the image's digest if no step would run. Uses neither engines nor the network. @throws BuilderError, SpecError, StepError */
export async function planImage(options: PlanOptions, context: BuildContext): Promise<BuildResult> {
  const started = performance.now();
  const { image: name, vault, onlyTags, skipTags } = options;
  const spec = loadImageSpec(context.projectFolder, name);
  const variables = variableValues(spec.variables, options.variables);
  using store = openStore(cacheFolder(context.environment));
  const base = findBase(spec, store) ?? planWithoutBase(spec, store);
  const play = { image: name, spec, base, variables, store, context, vault, onlyTags, skipTags };
  const { steps, layers = [] } = await planSteps(play, options);
  const { epoch, platform } = spec;
  const parts = { layers, run: inheritRun(base.run, spec.run), epoch, platform };
  const digest = layers.length === 0 ? null : assembleImage(parts, store).manifest.digest;
  const ms = Math.round(performance.now() - started);
  const nowhere = { tags: [], loaded: false, pushed: null };
  return { image: spec.name, digest, ...nowhere, layers: layers.map(layerResult), steps, ms };
}
