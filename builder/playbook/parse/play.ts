import type { Origin } from '../../errors.js';

/** Values by name, not templated yet. */
export type Variables = Readonly<Record<string, unknown>>;

/** Keywords that are inherited: the nearest wins, of the task, its blocks, the role and the play. */
export const settingNames = [
  'become',
  'become_user',
  'no_log',
  'ignore_errors',
  'check_mode',
  'delegate_to',
  'module_defaults',
  'timeout',
  'notify',
] as const;

export type SettingName = (typeof settingNames)[number];

/** Keywords common to plays, roles, blocks and tasks. Values may still be templates. */
export interface Directives {
  readonly name: string | undefined;
  readonly origin: Origin;
  readonly when: readonly unknown[];
  readonly tags: readonly unknown[];
  readonly vars: Variables;
  readonly environment: readonly unknown[];
  readonly settings: Readonly<Partial<Record<SettingName, unknown>>>;
}

/** `loop`, or the lookup of `with_<lookup>`. */
export interface Loop {
  readonly lookup: string;
  readonly value: unknown;
}

export interface LoopControl {
  readonly variable: string;
  readonly indexVariable: string | undefined;
  readonly label: unknown;
  readonly extended: boolean;
}

export interface Task extends Directives {
  readonly kind: 'task';
  /** Short name of a module or of an action of the walker. */
  readonly action: string;
  readonly args: Variables;
  /** The text after the module's name, without its `key=value` pairs. */
  readonly freeForm: string | undefined;
  /** `args: "{{ mapping }}"`: a template for the arguments. */
  readonly argsTemplate: string | undefined;
  readonly loop: Loop | undefined;
  readonly loopControl: LoopControl;
  readonly register: string | undefined;
  /** For handlers only. */
  readonly listen: readonly string[];
  readonly changedWhen: readonly unknown[] | undefined;
  readonly failedWhen: readonly unknown[] | undefined;
  readonly until: readonly unknown[] | undefined;
  readonly retries: unknown;
  readonly delay: unknown;
}

export interface Block extends Directives {
  readonly kind: 'block';
  readonly block: readonly Item[];
  readonly rescue: readonly Item[];
  readonly always: readonly Item[];
}

export type Item = Task | Block;

/** A role in the list of a play or among another role's dependencies. */
export interface RoleEntry extends Directives {
  readonly role: string;
  /** Entries that are not keywords: variables that win over nearly all others. */
  readonly params: Variables;
}

export interface Play extends Directives {
  /** Absolute path of its file. */
  readonly path: string;
  readonly varsFiles: readonly unknown[];
  readonly roles: readonly RoleEntry[];
  readonly preTasks: readonly Item[];
  readonly tasks: readonly Item[];
  readonly postTasks: readonly Item[];
  readonly handlers: readonly Item[];
  /** Whether notified handlers run even after a failed task. */
  readonly forceHandlers: boolean;
}
