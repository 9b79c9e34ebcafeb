import { BuilderError } from '../errors.js';
import type { Frame } from './frame.js';
import { nearest } from './modules/args.js';
import type { Item, Task } from './play.js';

export interface Handler {
  readonly task: Task;
  readonly frame: Frame;
  /** Set when something notified it and it has not run yet. */
  notified: boolean;
}

/** The handlers of a play, in the order in which they run. */
export class Handlers {
  readonly #all: Handler[] = [];
  readonly #nameOf: (task: Task, frame: Frame) => string;

  /** @param nameOf the templated name, with the role's before it: "nginx : restart nginx" */
  constructor(nameOf: (task: Task, frame: Frame) => string) {
    this.#nameOf = nameOf;
  }

  /** Adds handlers after those that are there. The same handler is there once. */
  add(items: readonly Item[], frame: Frame): void {
    for (const task of items)
      if (task.kind === 'task' && !this.#has(task, frame)) this.#all.push({ task, frame, notified: false });
  }

  #has(task: Task, frame: Frame): boolean {
    return this.#all.some(
      (other) => other.task === task && other.frame.role?.identity === frame.role?.identity,
    );
  }

  /** @throws BuilderError where no handler has that name or listens to it */
  notify(name: string): void {
    const named = this.#all.findLast(({ task, frame }) => {
      if (task.name === undefined) return false;
      const full = this.#nameOf(task, frame);
      const bare = frame.role === undefined ? full : full.slice(frame.role.name.length + 3);
      return name === full || name === bare;
    });
    const listening = this.#all.filter(({ task }) => task.listen.includes(name));
    if (named === undefined && listening.length === 0) throw this.#unknown(name);
    for (const handler of named === undefined ? listening : [named, ...listening]) handler.notified = true;
  }

  /** Runs what was notified, each once, in the order of definition; what notifies an earlier one waits for the next flush. */
  async flush(run: (handler: Handler) => Promise<void>): Promise<void> {
    for (let index = 0; index < this.#all.length; index++) {
      const handler = this.#all[index];
      if (handler?.notified !== true) continue;
      await run(handler);
      handler.notified = false;
    }
  }

  #unknown(name: string): BuilderError {
    const names = this.#all.flatMap(({ task }) => [
      ...(task.name === undefined ? [] : [task.name]),
      ...task.listen,
    ]);
    const near = nearest(name, names);
    return new BuilderError(`There is no handler "${name}"`, {
      code: 'failed',
      hint: near === undefined ? `Handlers here: ${names.join(', ') || 'none'}.` : `Did you mean "${near}"?`,
    });
  }
}
