import type { Origin } from '../errors.js';
import type { Digest } from '../store/digest.js';
import type { Root } from './view.js';
import type { Json } from '../json.js';

/** A module's result, as in Ansible (`changed`, `failed`, `msg`, `rc`, `stdout`, `stat` …); registered unchanged. */
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
  /** Rendered arguments, and everything else of the task that changes its effect (environment, become_user …). */
  readonly args: Json;
  /** Files of this machine that the step uses (templates, files, archives), by path relative to the project. */
  readonly files: Readonly<Record<string, Digest>>;
  /** Digests of the variables read while the arguments were rendered. For `--explain` only: not part of the key. */
  readonly variables: Readonly<Record<string, Digest>>;
}

/** A command for the engine. Its environment is a clean one (PATH, HOME, LANG=C.UTF-8), plus the base's and `environment`. */
export interface ExecCommand {
  readonly argv: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly cwd?: string;
  readonly stdin?: Buffer;
  /** `none`: only a loopback. */
  readonly network?: 'none';
  /** After this time, the command and its processes are killed, and the step fails. */
  readonly timeoutSeconds?: number;
  /** Paths (with all below) that affect the command, besides those that it writes; `everything` if unknown. */
  readonly reads: 'everything' | readonly string[];
}

/** A command's output, UTF-8 decoded, and its exit code. */
export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Duration, milliseconds. */
  readonly ms?: number;
}

/** Available to a step while it runs. */
export interface StepContext {
  readonly root: Root;
  /** SOURCE_DATE_EPOCH of the image, seconds. */
  readonly epoch: number;
  /** The environment in the base's configuration, visible to commands. */
  readonly baseEnvironment?: Readonly<Record<string, string>>;
  /** Runs a command in a container on the current `root`; afterwards `root` has its changes. @throws CommandTimedOut */
  exec(command: ExecCommand): Promise<ExecResult>;
}

/** One task (or loop item), resolved and ready to run. */
export interface Step {
  /** Unique in the image and stable when other tasks change: "nginx/tasks/main.yml: Write the server block (item)". */
  readonly id: string;
  /** The name for users: "nginx : Write the server block". */
  readonly name: string;
  /** Its role; undefined for tasks of the play itself. */
  readonly role: string | undefined;
  readonly kind: StepKind;
  readonly origin: Origin;
  readonly inputs: StepInputs;
  /** Hides arguments and output everywhere (`no_log`). */
  readonly secret: boolean;
  /** Later tasks can read its result (`register`), so that a cached result must be complete. */
  readonly registered?: boolean | undefined;
  run(context: StepContext): Promise<TaskResult>;
  /** Whether the result is a success (after `failed_when`): only then it is cached. */
  succeeded(result: TaskResult): boolean;
}

/** The result of a step. */
export interface StepOutcome {
  readonly result: TaskResult;
  /** False in a plan if the step would have to run first: then `result` is a guess (`changed: true`). */
  readonly known: boolean;
}

/** Runs steps in order, each on the root after the previous one. Caching, planning and reporting decorate it (steps/). */
export interface StepRunner<Outcome extends StepOutcome = StepOutcome> {
  run(step: Step): Promise<Outcome>;
}
