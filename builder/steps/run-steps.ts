import { engineLayers } from '../base/engine-layers.js';
import { removeSessionImages } from '../engine/docker/docker.js';
import type { Engine } from '../engine/engine.js';
import { StepError } from '../errors.js';
import { RootState } from '../plan/root-state.js';
import { stepKeys } from '../plan/step-key.js';
import type { Step } from '../plan/step.js';
import type { Reporter } from '../reporter.js';
import { systemTimer } from '../system/timer.js';
import { BuildSession } from './build-session.js';
import { Explainer } from './explainer.js';
import { type CachedLayer, LayerPlan } from './layer-plan.js';
import { type PlayToRun, isPartial, playPlaybook } from './play-playbook.js';
import type { TimedStep } from './reporting-runner.js';
import { type StepChoices, buildChain } from './step-chain.js';
import { type StepReport, stepReport } from './step-report.js';

/** How to run steps. */
export interface RunChoices extends StepChoices {
  /** The engine, chosen when the first command needs one. */
  engine(): Promise<Engine>;
  /** Open a shell in the container where a step failed. */
  readonly onError?: 'shell' | undefined;
  /** Called after each step. */
  onStep?(timed: TimedStep): void;
}

/** Runs the steps of an image on its base, and returns its layers, lowest first. @throws SpecError, StepError, BuilderError */
export async function runSteps(
  play: PlayToRun,
  choices: RunChoices,
): Promise<{ steps: StepReport[]; layers: CachedLayer[] }> {
  const { base, context } = play;
  const steps: StepReport[] = [];
  const { session, layers, explainer, chain } = buildParts(play, choices, (timed) => {
    steps.push(stepReport(timed));
    tellDone(timed, context.reporter);
    choices.onStep?.(timed);
  });
  try {
    const memo = await playPlaybook(chain, play);
    const upper = await layers.finish();
    // Later builds are compared with complete ones only.
    if (!isPartial(play)) explainer.save();
    memo?.save();
    const lower = base.layers.map((layer) => ({ ...layer, cached: base.cached }));
    return { steps, layers: [...lower, ...upper] };
  } catch (error) {
    if (choices.onError === 'shell' && error instanceof StepError) await session.shell();
    throw error;
  } finally {
    await session.close();
    const docker = { host: context.environment.DOCKER_HOST };
    if (session.engine?.name === 'docker') await removeSessionImages(docker).catch(() => undefined);
  }
}

function buildParts(play: PlayToRun, choices: RunChoices, onDone: (timed: TimedStep) => void) {
  const { spec, base, store, context } = play;
  const { platform, epoch } = spec;
  const { environment = {} } = base.run;
  const { signal, reporter } = context;
  const common = { store, platform, epoch, signal, environment, timer: systemTimer };
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
  const session = new BuildSession({
    ...common,
    state,
    engine: () => choices.engine(),
    base: (engine) => engineLayers(engine, base, store),
    onOutput: (text) => reporter.report({ kind: 'step-output', text }),
    onChanges: (entries) => layers.prepare(entries),
  });
  const onStart = ({ name }: Step) => reporter.report({ kind: 'step-started', name });
  const parts = { ...common, state, keyOf, session, layers, explainer, onStart, onDone };
  return { session, layers, explainer, chain: buildChain(parts, choices) };
}

function tellDone({ step: { name }, done, ms }: TimedStep, reporter: Reporter): void {
  const { cached, succeeded, reason, leftOut, randomSecrets = [] } = done;
  const { changed } = done.result;
  reporter.report({ kind: 'step-done', name, cached, ms, changed, failed: !succeeded, reason, leftOut });
  if (randomSecrets.length > 0)
    reporter.report({
      kind: 'warning',
      text: `"${name}" leaves what is random, differs in every build and is the same in all containers of the image: ${randomSecrets.join(', ')}. Remove it in the same task, and make it when a container starts.`,
    });
}
