import { z } from 'zod';
import type { RootState } from '../plan/root-state.js';
import { newestRecord } from '../plan/step-cache.js';
import type { StepKeys } from '../plan/step-key.js';
import type { Step, StepInputs } from '../plan/step.js';
import { firstDifference } from '../plan/trace.js';
import { type Digest, digestOf } from '../store/digest.js';
import { digestSchema, recordKind } from '../store/record-kind.js';
import type { Store } from '../store/store.js';
import { canonicalJson } from '../json.js';

/** The record of a step from which a later build finds out what changed. */
interface SeenStep {
  readonly key: Digest;
  readonly module: string;
  readonly args: Digest;
  readonly files: StepInputs['files'];
  readonly variables: StepInputs['variables'];
}

interface SeenBuild {
  readonly base: Digest;
  readonly steps: Readonly<Record<string, SeenStep>>;
}

const digests = z.record(z.string(), digestSchema);
const seenStep = z.object({
  key: digestSchema,
  module: z.string(),
  args: digestSchema,
  files: digests,
  variables: digests,
});
const seenBuilds = recordKind<SeenBuild>(
  'explain',
  z.object({ base: digestSchema, steps: z.record(z.string(), seenStep) }),
);

interface Explaining {
  readonly store: Store;
  /** Absolute path of its folder: projects may share a cache, and have images of one name. */
  readonly project: string;
  readonly image: string;
  /** Digest of the base's contents. */
  readonly base: Digest;
  readonly keyOf: StepKeys;
}

/** Names, for a step that runs, the input that differs from the last build of the image. */
export class Explainer {
  readonly #with: Explaining;
  #before: { readonly build: SeenBuild | undefined } | undefined;
  readonly #seen: Record<string, SeenStep> = {};

  constructor(explaining: Explaining) {
    this.#with = explaining;
  }

  /** One clause, like "playbooks/roles/nginx/templates/nginx.conf.hbs changed". */
  reason(step: Step, state: RootState): string {
    const { base, keyOf, store } = this.#with;
    const build = this.#lastBuild();
    const before = build?.steps[step.id];
    if (build === undefined || before === undefined) return 'new step';
    const input = changedInput(before, seenOf(step, keyOf(step)));
    if (input !== undefined) return input;
    if (build.base !== base) return 'the base changed';
    const reads = newestRecord(keyOf(step), store)?.reads;
    const path = reads === undefined ? undefined : firstDifference(reads, state.tree);
    if (path !== undefined) return `${path} changed, which it reads`;
    return reads === undefined ? 'its result is not in the cache' : 'a step before it changed the image';
  }

  note(step: Step): void {
    this.#seen[step.id] = seenOf(step, this.#with.keyOf(step));
  }

  /** Remembers this build as the last one. */
  save(): void {
    const { store, base } = this.#with;
    store.setRecord(seenBuilds, this.#key, { base, steps: this.#seen });
  }

  /** Lazy, as few builds need it. */
  #lastBuild(): SeenBuild | undefined {
    this.#before ??= { build: this.#with.store.record(seenBuilds, this.#key) };
    return this.#before.build;
  }

  get #key(): string {
    return `${this.#with.image}/${digestOf(this.#with.project).slice('sha256:'.length)}`;
  }
}

/** Names the step's own input that changed. */
function changedInput(before: SeenStep, now: SeenStep): string | undefined {
  const file = changedNames(before.files, now.files)[0];
  if (file !== undefined) return `${file} changed`;
  // Templates are listed among the variables, by path; a changed one may read other variables than before.
  const read = changedNames(before.variables, now.variables);
  const variable = read.find((name) => name.includes('/')) ?? read[0];
  if (variable !== undefined) return `${variable.includes('/') ? variable : `variable ${variable}`} changed`;
  if (before.module !== now.module) return `module ${now.module} is new`;
  return before.args === now.args ? undefined : 'its arguments changed';
}

function seenOf({ inputs: { module, args, files, variables } }: Step, key: Digest): SeenStep {
  return { key, module, args: digestOf(canonicalJson(args)), files, variables };
}

function changedNames(
  before: Readonly<Record<string, Digest>>,
  now: Readonly<Record<string, Digest>>,
): string[] {
  return Object.keys({ ...before, ...now }).filter((name) => before[name] !== now[name]);
}
