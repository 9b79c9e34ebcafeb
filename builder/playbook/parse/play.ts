import type { Origin } from '../../errors.js';

/** Values by name, not templated yet. */
export type Variables = Readonly<Record<string, unknown>>;

/** Keywords of which the nearest one counts: the task's own, else its block's, else the role's or the play's. */
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

/** What plays, roles, blocks and tasks have in common. Values may be templates still. */
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
  /** Short name of a module or of one of the walker's actions. */
  readonly action: string;
  readonly args: Variables;
  /** The one string after the module's name, without the `key=value` pairs in it. */
  readonly freeForm: string | undefined;
  /** `args: "{{ mapping }}"`: a template that gives arguments. */
  readonly argsTemplate: string | undefined;
  readonly loop: Loop | undefined;
  readonly loopControl: LoopControl;
  readonly register: string | undefined;
  /** Only of handlers. */
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

/** A role as a play or another role asks for it. */
export interface RoleEntry extends Directives {
  readonly role: string;
  /** What is given beside the keywords: variables that win over nearly all others. */
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
  /** Whether what was notified runs where a task fails, too. */
  readonly forceHandlers: boolean;
}
