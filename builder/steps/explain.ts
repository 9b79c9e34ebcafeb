import type { RootState } from '../plan/root-state.js';
import { newestRecord } from '../plan/step-cache.js';
import type { Step, StepInputs } from '../plan/step.js';
import { firstDifference } from '../plan/trace.js';
import { type Digest, digestOf } from '../store/digest.js';
import type { Store } from '../store/store.js';
import { canonicalJson } from '../json.js';

/** What a build remembers of a step, to say later what changed. */
interface SeenStep {
  readonly key: Digest;
  readonly module: string;
  readonly args: Digest;
  readonly files: StepInputs['files'];
  readonly variables: StepInputs['variables'];
}

interface BuildRecord {
  readonly base: Digest;
  readonly steps: Readonly<Record<string, SeenStep>>;
}

/** Says for a step that runs which of its inputs is not what it was in the last build of the image. */
export class Explainer {
  readonly #store: Store;
  readonly #image: string;
  readonly #base: Digest;
  readonly #before: BuildRecord | undefined;
  readonly #seen: Record<string, SeenStep> = {};
  readonly #noCache: boolean;

  constructor({
    store,
    image,
    base,
    noCache,
  }: {
    store: Store;
    image: string;
    base: Digest;
    noCache: boolean;
  }) {
    this.#store = store;
    this.#image = image;
    this.#base = base;
    this.#noCache = noCache;
    this.#before = store.record('build', image) as BuildRecord | undefined;
  }

  /** One clause, like "playbooks/roles/nginx/templates/nginx.conf.hbs changed". */
  reason(step: Step, key: Digest, state: RootState): string {
    if (this.#noCache) return '--no-cache';
    const before = this.#before?.steps[step.id];
    if (before === undefined) return 'new step';
    const now = seenOf(step, key);
    const named = changedNames(before.files, now.files)[0];
    if (named !== undefined) return `${named} changed`;
    // Templates stand among the variables, by path; a changed one may read others than before.
    const read = changedNames(before.variables, now.variables);
    const variable = read.find((name) => name.includes('/')) ?? read[0];
    if (variable !== undefined)
      return `${variable.includes('/') ? variable : `variable ${variable}`} changed`;
    if (before.module !== now.module) return `module ${now.module} is new`;
    if (before.args !== now.args) return 'its arguments changed';
    if (this.#before?.base !== this.#base) return 'the base changed';
    const reads = newestRecord(key, this.#store)?.reads;
    const path = reads === undefined ? undefined : firstDifference(reads, state.tree);
    if (path !== undefined) return `${path} changed, which it reads`;
    return reads === undefined ? 'its result is not in the cache' : 'a step before it changed the image';
  }

  note(step: Step, key: Digest): void {
    this.#seen[step.id] = seenOf(step, key);
  }

  /** Remembers this build as the last one. */
  save(): void {
    this.#store.setRecord('build', this.#image, {
      base: this.#base,
      steps: this.#seen,
    } satisfies BuildRecord);
  }
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
