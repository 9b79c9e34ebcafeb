import type { z } from 'zod';
import type { StepContext, StepKind, TaskResult } from '../plan/step.js';
import type { Json } from '../json.js';
import type { Digest } from '../store/digest.js';

/** A file of this machine; its digest stands for its bytes. */
export interface HostFile {
  /** Path relative to the project, for messages and `--explain`. */
  readonly name: string;
  /** Absolute path on this machine. */
  readonly path: string;
  readonly digest: Digest;
  /** Set if an encrypted file stays encrypted; else digest and bytes are those of the plain text. */
  readonly asItIs?: true;
  /** Set if ansible-vault encrypted it and `digest` is that of the plain text. */
  readonly encrypted?: true;
}

/** For modules while they resolve their arguments, before anything runs. */
export interface ResolveContext {
  /** Finds `name` in Ansible's search path (the role's `files/` or `templates/`, the tasks' folder …). @throws BuilderError `not-found` */
  find(kind: 'files' | 'templates', name: string): string;
  /** A file on this machine; its digest becomes an input of the step. */
  file(path: string, asItIs?: boolean): HostFile;
  /** All regular files below a folder, sorted, without empty folders; their digests become inputs. */
  folder(path: string): (HostFile & { readonly relative: string; readonly executable: boolean })[];
  /** Reads a file returned by `find`; its digest becomes an input. */
  readText(path: string): string;
  /** Renders a template with the task's variables: Handlebars for `.hbs`, else Jinja (with Ansible's defaults, `ansible_managed`, …). */
  render(path: string): string;
  /** The value of an expression ("nginx_user", "x | length") with the task's variables: for `debug: var=`. */
  evaluate(expression: string): Json;
  /** Evaluates a condition as in `when`, for `assert: that=`. */
  holds(condition: Json): boolean;
}

/** For modules while they run. */
export interface ModuleContext extends StepContext {
  /** Owns new files and runs commands: `become_user`, else root. */
  readonly user: string;
  /** The bytes of a file of this machine. */
  readHost(file: Pick<HostFile, 'path' | 'asItIs'>): Buffer;
  /** The task's `environment`. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * One Ansible module. `args` resolves aliases and refuses unknown arguments; `resolve` turns templates and files of this
 * machine into plain data for the step's key; `run` does the work on the root.
 */
export interface Module<Args extends Record<string, unknown> = Record<string, unknown>, Resolved = Args> {
  readonly name: string;
  /** Part of every key: raise it when the same arguments get another effect. */
  readonly version: number;
  readonly kind: StepKind;
  readonly args: z.ZodType<Args>;
  /** The argument that gets a plain string (`command: echo hi`), if the module takes one. */
  readonly freeForm?: keyof Args & string;
  /** Data (JSON) for `run` and for the key. Buffers are not allowed: refer to a HostFile's digest and path. Default: the arguments. */
  resolve?(args: Args, context: ResolveContext): Resolved | Promise<Resolved>;
  /** The parts of the resolved arguments for the key; default: all. To leave out paths of files that have a digest. */
  keyOf?(resolved: Resolved): Json;
  run(resolved: Resolved, context: ModuleContext): TaskResult | Promise<TaskResult>;
}
