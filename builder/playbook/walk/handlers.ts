import { BuilderError } from '../../errors.js';
import type { Frame } from '../task/frame.js';
import { nearestName } from '../../nearest-name.js';
import type { Item, Task } from '../parse/play.js';

export interface Handler {
  readonly task: Task;
  readonly frame: Frame;
  /** Of those with one name, the last list's first one counts. */
  list: number;
  /** Set when something notified it and it has not run yet. */
  notified: boolean;
}

/** The handlers of a play, in the order in which they run. */
export class Handlers {
  readonly #all: Handler[] = [];
  #lists = 0;
  readonly #nameOf: (task: Task, frame: Frame) => string;

  /** @param nameOf the templated name, with the role's before it: "nginx : restart nginx" */
  constructor(nameOf: (task: Task, frame: Frame) => string) {
    this.#nameOf = nameOf;
  }

  /** Adds handlers after those that are there. One that is there already keeps its turn, but its name counts anew. */
  add(items: readonly Item[], frame: Frame): void {
    const list = this.#lists++;
    for (const task of items) {
      const known = this.#all.find((other) => other.task === task && sameRole(other.frame, frame));
      if (known !== undefined) known.list = list;
      else if (task.kind === 'task') this.#all.push({ task, frame, list, notified: false });
    }
  }

  /** @throws BuilderError where no handler has that name or listens to it */
  notify(name: string): void {
    const named = this.#all
      .filter((handler) => this.#isCalled(handler, name))
      .reduce<Handler | undefined>(
        (best, one) => (best === undefined || one.list > best.list ? one : best),
        undefined,
      );
    const listening = this.#all.filter(({ task }) => task.listen.includes(name));
    if (named === undefined && listening.length === 0) throw this.#unknown(name);
    for (const handler of named === undefined ? listening : [named, ...listening]) handler.notified = true;
  }

  #isCalled({ task, frame }: Handler, name: string): boolean {
    if (task.name === undefined) return false;
    const full = this.#nameOf(task, frame);
    return (
      name === full || name === (frame.role === undefined ? full : full.slice(frame.role.name.length + 3))
    );
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
    const near = nearestName(name, names);
    return new BuilderError(`There is no handler "${name}"`, {
      code: 'failed',
      hint: near === undefined ? `Handlers here: ${names.join(', ') || 'none'}.` : `Did you mean "${near}"?`,
    });
  }
}

function sameRole(a: Frame, b: Frame): boolean {
  return a.role?.identity === b.role?.identity;
}
