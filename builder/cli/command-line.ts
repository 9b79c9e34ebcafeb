import type { Readable, Writable } from 'node:stream';
import type { BuildOptions, BuildResult } from '../run/build-options.js';
import type { BuildContext } from '../context.js';
import type { PlanOptions } from '../run/plan-image.js';
import type { ImageDifference } from '../run/diff-images.js';
import type { InspectedImage, LookContext } from '../run/inspect-image.js';
import type { PullContext, PulledImage, PullRequest } from '../run/pull-image.js';
import type { PushOptions, PushedImage } from '../run/push-options.js';
import type { RunContext, RunRequest } from '../run/run-image.js';
import type { TaskContext, TaskRequest } from '../run/run-task.js';
import type { OpenedPlatform } from '../run/open-platform.js';
import type { Promotion } from '../run/promote-release.js';
import type { WholeStats } from '../run/count-all.js';
import type { WholePrune } from '../run/prune-all.js';
import type { PruneOptions } from '../store/prune-cache.js';
import type { TerminalStream } from './terminal-stream.js';
import type { Environment } from '../environment.js';

/** What the commands do, as functions that a test can replace. Each loads what it needs when it is called: start-up counts. */
export interface Work {
  buildImage(options: BuildOptions, context: BuildContext): Promise<BuildResult>;
  planImage(options: PlanOptions, context: BuildContext): Promise<BuildResult>;
  pushImage(options: PushOptions, context: BuildContext): Promise<PushedImage>;
  inspectImage(name: string, context: LookContext): Promise<InspectedImage>;
  diffImages(names: readonly [string, string], context: LookContext): Promise<ImageDifference>;
  pullImage(request: PullRequest, context: PullContext): Promise<PulledImage>;
  runImage(request: RunRequest, context: RunContext): Promise<number>;
  runTask(request: TaskRequest, context: TaskContext): Promise<number>;
  openPlatform(environment: string, context: BuildContext): Promise<OpenedPlatform>;
  accountRegistry(environment: string, context: BuildContext): Promise<string | undefined>;
  preparePromotion(
    way: { readonly from: string; readonly to: string },
    context: BuildContext,
  ): Promise<Promotion>;
  cacheStats(environment: Environment): Promise<WholeStats>;
  pruneCache(environment: Environment, options: PruneOptions): Promise<WholePrune>;
}

/** What a command gets of the process that it runs in. */
export interface CommandLine {
  /** For results alone. */
  readonly stdout: TerminalStream;
  /** For everything else. */
  readonly stderr: TerminalStream;
  /** The process's own, for programs that run in it. */
  readonly streams: { readonly stdin: Readable; readonly stdout: Writable; readonly stderr: Writable };
  readonly environment: Environment;
  /** Absolute path. */
  readonly workingFolder: string;
  readonly signal: AbortSignal;
  /** Until it is disposed, Ctrl-C calls this instead of ending the program; `end` ends it as Ctrl-C does else. */
  readonly onInterrupt?: (handle: (end: () => void) => void) => Disposable;
  readonly work: Work;
  /** As `BuildContext` has it. */
  readonly program?: string | undefined;
}
