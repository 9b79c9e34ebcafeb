import type { Origin } from '../errors.js';
import type { Digest } from '../store/digest.js';
import type { Root } from './view.js';
import type { Json } from '../json.js';

/** What a module returns, as Ansible returns it (`changed`, `failed`, `msg`, `rc`, `stdout`, `stat` …), registered as it is. */
export interface TaskResult {
  changed: boolean;
  failed?: boolean;
  skipped?: boolean;
  msg?: string;
  [key: string]: Json | undefined;
}

/** `file`: computed by the builder. `exec`: runs in a container. `control`: touches no file and is never cached. */
export type StepKind = 'file' | 'exec' | 'control';

/** The inputs of a step's key, by name, so that `--explain` can say which of them changed. */
export interface StepInputs {
  /** The module's name and version. */
  readonly module: string;
  /** Rendered arguments, and whatever else of the task changes its effect (environment, become_user …). */
  readonly args: Json;
  /** Files of the user's that the step uses (templates, files, archives), by path relative to the project. */
  readonly files: Readonly<Record<string, Digest>>;
  /** Digests of the values of the variables that were read while the arguments were rendered. For `--explain` only: not part of the key. */
  readonly variables: Readonly<Record<string, Digest>>;
}

/** A command for the engine. Runs with a clean environment (PATH, HOME, LANG=C.UTF-8), the base's, and what `environment` adds. */
export interface ExecCommand {
  readonly argv: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly cwd?: string;
  readonly stdin?: Buffer;
  /** `none`: only its own loopback. */
  readonly network?: 'none';
  /** After so long it is ended with all that it started, and the step fails. */
  readonly timeoutSeconds?: number;
  /** Paths (with all below) that the command's effect depends on, besides those that it writes; `everything` if unknown. */
  readonly reads: 'everything' | readonly string[];
}

/** A command's output, UTF-8 decoded, and its exit code. */
export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** How long it ran. */
  readonly ms?: number;
}

/** What a step may use while it runs. */
export interface StepContext {
  readonly root: Root;
  /** SOURCE_DATE_EPOCH of the image, seconds. */
  readonly epoch: number;
  /** What the base says of its containers' environment: commands see it. */
  readonly baseEnvironment?: Readonly<Record<string, string>>;
  /** Runs a command in a container whose root is `root` as it stands; its changes are in `root` afterwards. @throws CommandTimedOut */
  exec(command: ExecCommand): Promise<ExecResult>;
}

/** One task (or loop item) resolved: what will happen. */
export interface Step {
  /** Unique in the image and stable when other tasks change: "nginx/tasks/main.yml: Write the server block (item)". */
  readonly id: string;
  /** As a user reads it: "nginx : Write the server block". */
  readonly name: string;
  /** The role it belongs to, undefined for tasks of the play itself. */
  readonly role: string | undefined;
  readonly kind: StepKind;
  readonly origin: Origin;
  readonly inputs: StepInputs;
  /** Hides arguments and output from everything that is shown (`no_log`). */
  readonly secret: boolean;
  /** Later tasks can read its result (`register`); then the cached result must be complete. */
  readonly registered?: boolean | undefined;
  run(context: StepContext): Promise<TaskResult>;
  /** Whether the result counts as success (after `failed_when`): only then it is cached. */
  succeeded(result: TaskResult): boolean;
}

/** The result of a step. */
export interface StepOutcome {
  readonly result: TaskResult;
  /** Known only once it ran: false when a plan meets a step that would have to run first. Then `result` is a guess (`changed: true`). */
  readonly known: boolean;
}

/** Runs steps, in the order of the calls, each on the root that the one before left. Caching, planning and reporting are decorators of it (steps/). */
export interface StepRunner<Outcome extends StepOutcome = StepOutcome> {
  run(step: Step): Promise<Outcome>;
}
