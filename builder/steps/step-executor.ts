import { fragmentDigest } from '../image/merge-entries.js';
import { CommandTimedOut } from '../plan/command-timed-out.js';
import type { RootState } from '../plan/root-state.js';
import type { Fragment } from '../plan/fragment.js';
import type { ExecCommand, ExecResult, Step, StepContext, TaskResult } from '../plan/step.js';
import { ReadRecorder, type Reads } from '../plan/trace.js';
import type { Digest } from '../store/digest.js';
import { parentEntries } from './parent-entries.js';
import type { SessionKeeper } from './build-session.js';
import type { Entry } from '../tar/entry.js';
import { fragmentOf } from '../plan/fragment.js';

/** What running a step gave. */
export interface Executed {
  readonly result: TaskResult;
  readonly fragment: Fragment;
  readonly reads: Reads;
}

/** Runs one step on the root as it stands and adds what it changed to the state, also when it throws. */
export async function executeStep(
  step: Step,
  { state, sessions, epoch }: { state: RootState; sessions: SessionKeeper; epoch: number },
): Promise<Executed> {
  const root = state.tree;
  const recorder = new ReadRecorder(root);
  let afterExec: Digest | undefined;
  let broken: unknown;
  const exec = async (command: ExecCommand): Promise<ExecResult> => {
    recorder.reads(command.reads);
    const { result, changes, ms } = await sessions
      .exec(command, root.changes, step.secret)
      .catch((error: unknown) => {
        broken = error;
        throw error;
      });
    root.record(changes);
    afterExec = fragmentDigest(root.netChanges);
    if (result.timedOut) throw new CommandTimedOut(step.name, result);
    return { ...result, ms };
  };
  const context: StepContext = { root, epoch, exec, baseEnvironment: sessions.environment };
  const finish = (): { fragment: Fragment; reads: Reads } => {
    const changes = root.netChanges;
    const parents = parentEntries(changes, root);
    const reads = recorder.finish(afterExec !== undefined ? root.replaced : undefined);
    const fragment = fragmentOf([...parents, ...root.takeChanges()].sort(byPath));
    state.add(fragment, true);
    if (fragmentDigest(changes) === afterExec) sessions.settled();
    return { fragment, reads };
  };
  try {
    const result = await step.run(context);
    // What stopped the engine is no failure of the task, which a playbook might ignore or rescue.
    if (broken !== undefined) throw broken;
    return { result, ...finish() };
  } catch (error) {
    finish();
    throw error;
  }
}

function byPath(a: Entry, b: Entry): number {
  return a.path < b.path ? -1 : 1;
}
