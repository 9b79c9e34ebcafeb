import { join } from 'node:path';
import { chooseEngine } from '../engine/choose-engine.js';
import { removeSessionImages } from '../engine/docker/docker.js';
import { warmDocker } from '../engine/docker/docker-client.js';
import type { Engine } from '../engine/engine.js';
import { StepError } from '../errors.js';
import type { Entry } from '../tar/entry.js';
import { assembleImage, type NamedLayer } from '../image/assemble-image.js';
import { inheritRun } from '../image/inherit-run.js';
import { RootState } from '../plan/root-state.js';
import { runPlaybook } from '../playbook/run-playbook.js';
import type { ImageSpec } from '../spec/image-spec.js';
import { loadImageSpec } from '../spec/load-image-spec.js';
import { variableValues } from '../spec/variable-values.js';
import { cacheFolder } from '../store/cache-folder.js';
import { openStore } from '../store/content-store.js';
import { digestOf } from '../store/digest.js';
import { StoredMemo } from '../store/memo.js';
import type { Store } from '../store/store.js';
import { findBase, prepareBase } from '../base/base.js';
import type { PreparedBase } from '../base/made-base.js';
import type { BuildOptions, BuildResult } from './build-options.js';
import type { StepReport } from '../steps/step-report.js';
import type { BuildContext } from '../context.js';
import { BuildRunner } from '../steps/build-runner.js';
import { deliverImage } from '../deliver/deliver-image.js';
import { rememberBase } from '../containers/container-layers.js';
import { engineLayers } from '../base/engine-layers.js';
import { Explainer } from '../steps/explain.js';
import { LayerPlan } from '../steps/layer-plan.js';
import { planWithoutBase } from '../base/plan-without-base.js';
import { SessionKeeper } from '../steps/build-session.js';
import { unpackAhead } from '../base/unpack-early.js';

type CachedLayer = NamedLayer & { readonly cached: boolean };

/** From spec and playbook to an image: load, plan and run, assemble, load into Docker or push. @throws BuilderError, SpecError, StepError */
export async function buildImage(options: BuildOptions, context: BuildContext): Promise<BuildResult> {
  const started = performance.now();
  const spec = loadImageSpec(context.projectFolder, options.image);
  variableValues(spec.variables, options.variables);
  using store = openStore(cacheFolder(context.environment));
  if (options.load && !options.plan) warmDocker();
  const { updateLock = false } = options;
  const known = options.plan
    ? findBase(spec, store)
    : await prepareBase(spec, store, {
        ...context,
        updateLock,
        onMade: (fragment) =>
          unpackAhead(fragment, store, { engine: () => engineFor(options, context, store) }),
      });
  const base = known ?? planWithoutBase(spec, store);
  const memo = openMemo(options, context, store);
  const { steps, layers } = await runSteps(base, { spec, store, options, context, memo });
  const ms = () => Math.round(performance.now() - started);
  const nothing = { image: spec.name, tags: [], layers: [], steps, loaded: false, pushed: null };
  if (layers === undefined) return { ...nothing, digest: null, ms: ms() };
  const image = assembleImage(
    { layers, run: inheritRun(base.run, spec.run), epoch: spec.epoch, platform: spec.platform },
    store,
  );
  const summary = { ...nothing, digest: image.digest, layers: layers.map(layerResult) };
  if (options.plan) return { ...summary, ms: ms() };
  rememberBase(base, store);
  const delivered = await deliverImage(image, { spec, store, options, context });
  return { ...summary, ...delivered, ms: ms() };
}

interface Run {
  readonly spec: ImageSpec;
  readonly store: Store;
  readonly options: BuildOptions;
  readonly context: BuildContext;
  readonly memo: StoredMemo | undefined;
}

/** Plays the playbook; there are no layers where a plan says that a step would run. */
async function runSteps(
  base: PreparedBase,
  run: Run,
): Promise<{ steps: StepReport[]; layers: CachedLayer[] | undefined }> {
  const { options, context } = run;
  const { sessions, layers, explainer, runner } = buildParts(base, run);
  try {
    await playTasks(runner, base, run);
    if (options.plan && runner.reports.some(({ cached }) => cached !== true))
      return { steps: runner.reports, layers: undefined };
    const upper = await layers.finish();
    if (!options.plan) explainer.save();
    if (!options.plan) run.memo?.save();
    const lower = base.layers.map((layer) => ({ ...layer, cached: base.cached }));
    return { steps: runner.reports, layers: [...lower, ...upper] };
  } catch (error) {
    if (options.onError === 'shell' && error instanceof StepError) await sessions.shell();
    throw error;
  } finally {
    await sessions.close();
    const docker = { host: context.environment.DOCKER_HOST };
    if (sessions.engine?.name === 'docker') await removeSessionImages(docker).catch(() => undefined);
  }
}

function engineFor({ engine }: BuildOptions, { environment }: BuildContext, store: Store): Promise<Engine> {
  return chooseEngine(engine, { host: environment.DOCKER_HOST, folder: join(store.folder, 'sandbox') });
}

function buildParts(base: PreparedBase, { spec, store, options, context }: Run) {
  const { platform, epoch, name: image } = spec;
  const { reporter, signal } = context;
  const { plan, noCache, explain } = options;
  const common = { store, platform, epoch, signal };
  const state = new RootState(base.fragment, common);
  const engine = () => engineFor(options, context, store);
  const onOutput = (text: string) => reporter.report({ kind: 'step-output', text });
  const layers = new LayerPlan(spec, store);
  const onAhead = (entries: readonly Entry[]) => layers.prepare(entries);
  const { environment = {} } = base.run;
  const sessions = new SessionKeeper({
    ...common,
    engine,
    state,
    environment,
    base: (chosen) => engineLayers(chosen, base, store),
    onOutput,
    onAhead,
  });
  const explainer = new Explainer({ store, image, base: base.fragment.digest, noCache });
  const how = { plan, noCache, explain };
  const runner = new BuildRunner({
    ...common,
    ...how,
    environment,
    state,
    sessions,
    layers,
    explainer,
    reporter,
  });
  return { sessions, layers, explainer, runner };
}

/** What the same program made of this project's files. */
function openMemo(
  { image }: BuildOptions,
  { projectFolder, program }: BuildContext,
  store: Store,
): StoredMemo | undefined {
  if (program === undefined) return undefined;
  const key = digestOf(JSON.stringify([program, projectFolder, image]));
  return new StoredMemo(store, key.slice('sha256:'.length));
}

function playTasks(
  runner: BuildRunner,
  base: PreparedBase,
  { spec, options, context, memo }: Run,
): Promise<void> {
  const { defaults, given } = variableValues(spec.variables, options.variables);
  return runPlaybook(join(context.projectFolder, 'playbooks', spec.playbook), {
    projectFolder: context.projectFolder,
    variables: defaults,
    extraVariables: given,
    facts: base.facts,
    hostName: spec.name,
    environment: context.environment,
    runner,
    memo,
    timeoutSeconds: spec.steps.timeoutSeconds,
    onMessage: (text) => context.reporter.report({ kind: 'message', text }),
  });
}

function layerResult({
  name,
  digest,
  diffId,
  compressedSize,
  cached,
}: CachedLayer): BuildResult['layers'][number] {
  return { name, digest, diffId, size: compressedSize, cached };
}
