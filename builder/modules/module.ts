import type { z } from 'zod';
import type { StepContext, StepKind, TaskResult } from '../plan/step.js';
import type { Json } from '../json.js';
import type { Digest } from '../store/digest.js';

/** A file of the user's: its bytes count through their digest. */
export interface HostFile {
  /** Path relative to the project, for messages and `--explain`. */
  readonly name: string;
  /** Absolute path on this machine. */
  readonly path: string;
  readonly digest: Digest;
  /** Set where what ansible-vault encrypted is to stay so; else digest and bytes are those of the plain text. */
  readonly asItIs?: true;
  /** Set where ansible-vault encrypted it and `digest` is that of the plain text. */
  readonly encrypted?: true;
}

/** What a module may use to resolve its arguments, before anything runs. */
export interface ResolveContext {
  /** Finds `name` where Ansible looks for it (the role's `files/` or `templates/`, the tasks' folder, the playbook's …). @throws BuilderError `not-found` naming the folders searched */
  find(kind: 'files' | 'templates', name: string): string;
  /** The digest of a file on this machine; it becomes one of the step's inputs. */
  file(path: string, asItIs?: boolean): HostFile;
  /** All regular files below a folder, sorted, with their digests, empty folders left out; they become inputs. */
  folder(path: string): (HostFile & { readonly relative: string; readonly executable: boolean })[];
  /** Reads a host file that was found; its digest becomes an input. */
  readText(path: string): string;
  /** Renders a template's text with the task's variables: Handlebars for `.hbs`, Jinja for all else (with Ansible's defaults, `ansible_managed`, …). */
  render(path: string): string;
  /** The value of an expression ("nginx_user", "x | length") with the task's variables: for `debug: var=`. */
  evaluate(expression: string): Json;
  /** Whether a condition holds, as in `when`: for `assert: that=`. */
  holds(condition: Json): boolean;
}

/** What a module may use while it runs. */
export interface ModuleContext extends StepContext {
  /** Owner of new files and user of commands: `become_user`, else root. */
  readonly user: string;
  /** The bytes of a file of the user's. */
  readHost(file: Pick<HostFile, 'path' | 'asItIs'>): Buffer;
  /** The task's `environment`. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * One Ansible module. `args` refuses unknown arguments and knows the aliases; `resolve` turns what lies on this machine
 * (templates, files) into plain data, so that the step's key is what really matters; `run` does the work on the root.
 */
export interface Module<Args extends Record<string, unknown> = Record<string, unknown>, Resolved = Args> {
  readonly name: string;
  /** Raised whenever the effect of the same arguments changes: it is part of every key. */
  readonly version: number;
  readonly kind: StepKind;
  readonly args: z.ZodType<Args>;
  /** The argument that a plain string gives (`command: echo hi`), where the module takes one. */
  readonly freeForm?: keyof Args & string;
  /** Data (JSON) that `run` gets and the key is made of. Buffers are not allowed: refer to a HostFile's digest and path. Default: the arguments. */
  resolve?(args: Args, context: ResolveContext): Resolved | Promise<Resolved>;
  /** What of the resolved arguments goes into the key; default: all. For leaving out host paths whose digest is already there. */
  keyOf?(resolved: Resolved): Json;
  run(resolved: Resolved, context: ModuleContext): TaskResult | Promise<TaskResult>;
}
