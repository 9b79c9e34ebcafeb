import { BuilderError } from '../../errors.js';
import type { Json } from '../../json.js';
import { type Frame, childFrame, tagsOf } from '../task/frame.js';
import { Handlers, type Placed } from './handlers.js';
import { type Importer, isImport } from './imports.js';
import type { LoadedPlay } from '../parse/load-playbook.js';
import { toJson } from '../plain-data.js';
import type { Block, Item, Task } from '../parse/play.js';
import type { Role } from '../parse/role.js';
import { type TagSelection, isSelected } from './tags.js';
import { PlayEnded, TaskFailed } from './task-failed.js';
import type { TaskContext } from '../task/task-context.js';
import type { TaskRunner } from './task-runner.js';
import type { VariableStore } from '../task/variable-store.js';

export interface WalkerOptions {
  readonly store: VariableStore;
  readonly tasks: TaskRunner;
  readonly importer: Importer;
  readonly tags: TagSelection;
}

/** Walks plays, roles and blocks in Ansible's order (executor/play_iterator.py), and runs each task. */
export class Walker {
  readonly #options: WalkerOptions;
  readonly #handlers: Handlers;
  /** Identities of roles that have run. */
  readonly #ran = new Set<string>();
  #tasksRun = 0;

  constructor(options: WalkerOptions) {
    this.#options = options;
    this.#handlers = new Handlers(
      (task, frame) => options.tasks.context(task, frame).name,
      (items, frame) => this.#handlersOf(items, frame),
    );
  }

  /** @throws TaskFailed if a task fails and nothing rescues it */
  async walkPlay({ play, roles }: LoadedPlay): Promise<void> {
    const frame: Frame = {
      parent: undefined,
      directives: play,
      role: undefined,
      path: play.path,
      handsDown: 'keywords',
      includeParams: undefined,
    };
    for (const role of roles) this.addHandlers(role, frame);
    this.#handlers.add(play.handlers, frame);
    try {
      await this.walkItems(play.preTasks, frame);
      await this.flushHandlers();
      for (const role of roles) await this.walkRole(role, frame);
      await this.walkItems(play.tasks, frame);
      await this.flushHandlers();
      await this.walkItems(play.postTasks, frame);
      await this.flushHandlers();
    } catch (error) {
      if (error instanceof TaskFailed && play.forceHandlers) await this.flushHandlers();
      if (!(error instanceof PlayEnded)) throw error;
    }
  }

  async walkItems(items: readonly Item[], frame: Frame): Promise<void> {
    for (const item of items) {
      if (item.kind === 'block') await this.#walkBlock(item, frame);
      else if (isImport(item.action)) await this.#walkImport(item, frame);
      else await this.#walkTask(item, frame);
    }
  }

  /** Runs a role after its dependencies; a second time only if the role allows it. */
  async walkRole(role: Role, parent: Frame): Promise<void> {
    const frame = roleFrame(role, parent);
    for (const dependency of role.dependencies) await this.walkRole(dependency, frame);
    if (this.#ran.has(role.identity) && !role.allowDuplicates) return;
    const before = this.#tasksRun;
    await this.walkItems(role.tasks, { ...frame, path: role.tasksPath });
    if (this.#tasksRun > before) this.#ran.add(role.identity);
  }

  /** Adds a role's handlers, after those of its dependencies. */
  addHandlers(role: Role, parent: Frame): void {
    const frame = roleFrame(role, parent);
    for (const dependency of role.dependencies) this.addHandlers(dependency, frame);
    this.#handlers.add(role.handlers, { ...frame, path: role.handlersPath });
  }

  /** Runs handlers regardless of tags. */
  flushHandlers(): Promise<void> {
    return this.#handlers.flush(({ task, frame }) => this.#runTask(this.#options.tasks.context(task, frame)));
  }

  /** Handlers of a list and of the files that it imports: all can be notified by name. */
  #handlersOf(items: readonly Item[], frame: Frame): Placed[] {
    return items.flatMap((task): Placed[] => {
      if (task.kind === 'block') return [];
      if (task.action !== 'import_tasks') return [{ task, frame }];
      const imported = this.#options.importer.expand(this.#options.tasks.context(task, frame));
      return this.#handlersOf(imported.items, imported.frame);
    });
  }

  async #walkTask(task: Task, frame: Frame): Promise<void> {
    const context = this.#options.tasks.context(task, frame);
    if (isSelected(tagNames(context), this.#options.tags)) await this.#runTask(context);
  }

  async #runTask(context: TaskContext): Promise<void> {
    const { result, notify } = await this.#options.tasks.run(context);
    if (result.skipped !== true) this.#tasksRun++;
    for (const name of notify) this.#notify(name, context.task);
  }

  #notify(name: string, task: Task): void {
    try {
      this.#handlers.notify(name);
    } catch (error) {
      if (!(error instanceof BuilderError)) throw error;
      throw new BuilderError(error.message, {
        code: 'invalid',
        hint: error.hint,
        origin: task.origin,
        cause: error,
      });
    }
  }

  async #walkBlock(block: Block, parent: Frame): Promise<void> {
    const frame = childFrame(parent, block);
    try {
      await this.#walkRescued(block, frame);
    } catch (error) {
      // `always` doesn't run after an interruption or a failure of the builder.
      if (error instanceof TaskFailed) await this.walkItems(block.always, frame);
      throw error;
    }
    await this.walkItems(block.always, frame);
  }

  async #walkRescued(block: Block, frame: Frame): Promise<void> {
    try {
      await this.walkItems(block.block, frame);
    } catch (error) {
      if (!(error instanceof TaskFailed)) throw error;
      this.#options.store.set(failureVariables(error), false);
      if (error.secret) this.#options.tasks.noteSecret(['ansible_failed_task', 'ansible_failed_result']);
      if (block.rescue.length === 0) throw error;
      await this.walkItems(block.rescue, frame);
    }
  }

  async #walkImport(task: Task, frame: Frame): Promise<void> {
    const imported = this.#options.importer.expand(this.#options.tasks.context(task, frame));
    if (imported.role === undefined) return this.walkItems(imported.items, imported.frame);
    this.#options.store.expose(imported.role);
    this.addHandlers(imported.role, imported.frame);
    await this.walkRole(imported.role, imported.frame);
  }
}

/** The frame of a role's tasks. */
export function roleFrame(role: Role, parent: Frame): Frame {
  return childFrame(parent, role.entry, { role, path: role.tasksPath, handsDown: 'keywords' });
}

function tagNames({ frame, templar }: TaskContext): string[] {
  return tagsOf(frame).flatMap((tag) => {
    const value = typeof tag === 'string' && !tag.includes('{') ? tag : templar.template(tag);
    return (Array.isArray(value) ? value : [value])
      .flatMap((one) => String(one).split(','))
      .map((one) => one.trim());
  });
}

function failureVariables({ task, step, result }: TaskFailed): Record<string, Json> {
  return {
    ansible_failed_task: { name: task.name ?? step, action: task.action, args: toJson(task.args) },
    ansible_failed_result: toJson(result),
  };
}
