import { RootState } from '../plan/root-state.js';
import { stepKeys } from '../plan/step-key.js';
import { Explainer } from './explainer.js';
import { type CachedLayer, LayerPlan } from './layer-plan.js';
import { type PlayToRun, playPlaybook } from './play-playbook.js';
import { type StepChoices, planChain } from './step-chain.js';
import { type StepReport, stepReport } from './step-report.js';

/** Tells what a build would do with each step; with layers, if all steps are in the store. @throws SpecError, StepError */
export async function planSteps(
  play: PlayToRun,
  choices: StepChoices,
): Promise<{ steps: StepReport[]; layers: CachedLayer[] | undefined }> {
  const { spec, base, store, context } = play;
  const { environment = {} } = base.run;
  const common = {
    store,
    platform: spec.platform,
    epoch: spec.epoch,
    environment,
    signal: context.signal,
  };
  const state = new RootState(base.fragment, common);
  const keyOf = stepKeys(common);
  const layers = new LayerPlan(spec, store);
  const explainer = new Explainer({
    store,
    project: context.projectFolder,
    image: spec.name,
    base: base.fragment.digest,
    keyOf,
  });
  const steps: StepReport[] = [];
  const onDone: Parameters<typeof planChain>[0]['onDone'] = (timed) => steps.push(stepReport(timed));
  await playPlaybook(planChain({ ...common, state, keyOf, layers, explainer, onDone }, choices), play);
  if (steps.some(({ cached }) => cached !== true)) return { steps, layers: undefined };
  const lower = base.layers.map((layer) => ({ ...layer, cached: base.cached }));
  return { steps, layers: [...lower, ...(await layers.finish())] };
}
