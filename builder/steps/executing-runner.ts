import type { LeftOut } from '../build-event.js';
import { fragmentDigest } from '../image/merge-entries.js';
import { randomSecrets } from '../image/normalise/random-secrets.js';
import { CommandTimedOut } from '../plan/command-timed-out.js';
import { type Fragment, fragmentOf } from '../plan/fragment.js';
import type { RootState } from '../plan/root-state.js';
import type { ExecCommand, ExecResult, Step, StepContext, StepRunner } from '../plan/step.js';
import { ReadRecorder, type Reads } from '../plan/trace.js';
import type { Digest } from '../store/digest.js';
import type { Store } from '../store/store.js';
import type { Entry } from '../tar/entry.js';
import type { BuildSession } from './build-session.js';
import type { DoneStep } from './done-step.js';
import { parentEntries } from './parent-entries.js';

interface Executing {
  readonly state: RootState;
  readonly session: BuildSession;
  /** SOURCE_DATE_EPOCH of the image, seconds. */
  readonly epoch: number;
  readonly store: Store;
}

/** Runs each step on the current root, and adds the step's changes to the state, also when it throws. */
export class ExecutingRunner implements StepRunner<DoneStep> {
  readonly #with: Executing;

  constructor(executing: Executing) {
    this.#with = executing;
  }

  async run(step: Step): Promise<DoneStep> {
    const { state, session, epoch } = this.#with;
    const execution = new Execution(step, this.#with);
    const context: StepContext = {
      root: state.tree,
      epoch,
      baseEnvironment: session.environment,
      exec: (command) => execution.exec(command),
    };
    try {
      const result = await step.run(context);
      // An error of the engine is not a failure of the task: a playbook must not ignore or rescue it.
      if (execution.broken !== undefined) throw execution.broken;
      const ran = execution.finish();
      return { result, known: true, cached: false, succeeded: step.succeeded(result), ...ran };
    } catch (error) {
      execution.finish();
      throw error;
    }
  }
}

/** A running step: what it read, and what its commands changed. */
class Execution {
  /** The error of the engine, if it failed. */
  broken: unknown;
  readonly #step: Step;
  readonly #with: Executing;
  readonly #recorder: ReadRecorder;
  readonly #leftOut: LeftOut[] = [];
  readonly #secrets = new Set<string>();
  /** The changes up to the end of the last command. */
  #afterExec: Digest | undefined;

  constructor(step: Step, executing: Executing) {
    this.#step = step;
    this.#with = executing;
    this.#recorder = new ReadRecorder(executing.state.tree);
  }

  async exec(command: ExecCommand): Promise<ExecResult> {
    const { state, store } = this.#with;
    const root = state.tree;
    this.#recorder.reads(command.reads);
    const { result, changes, leftOut, ms } = await this.#with.session
      .exec(command, root.changes, this.#step.secret)
      .catch((error: unknown) => {
        this.broken = error;
        throw error;
      });
    root.record(changes);
    this.#leftOut.push(...leftOut);
    for (const path of randomSecrets(changes, store)) this.#secrets.add(path);
    this.#afterExec = fragmentDigest(root.netChanges);
    if (result.timedOut) throw new CommandTimedOut(this.#step.name, result);
    return { ...result, ms };
  }

  /** Adds what the step changed to the state. */
  finish(): Pick<DoneStep, 'leftOut' | 'randomSecrets'> & { fragment: Fragment; reads: Reads } {
    const { state, session } = this.#with;
    const root = state.tree;
    const changes = root.netChanges;
    const parents = parentEntries(changes, root);
    const reads = this.#recorder.finish(this.#afterExec !== undefined ? root.replaced : undefined);
    const fragment = fragmentOf([...parents, ...root.takeChanges()].sort(byPath));
    state.add(fragment, true);
    if (fragmentDigest(changes) === this.#afterExec) session.settled();
    // Omit files that a later command of the step removed again.
    const secrets = [...this.#secrets].filter((path) => state.tree.lstat(path) !== undefined);
    return { fragment, reads, leftOut: this.#leftOut, randomSecrets: secrets };
  }
}

function byPath(a: Entry, b: Entry): number {
  return a.path < b.path ? -1 : 1;
}
