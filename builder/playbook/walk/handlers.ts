import { BuilderError } from '../../errors.js';
import type { Frame } from '../task/frame.js';
import { nearestName } from '../../nearest-name.js';
import type { Item, Task } from '../parse/play.js';

/** A task with its frame. */
export interface Placed {
  readonly task: Task;
  readonly frame: Frame;
}

export interface Handler extends Placed {
  /** Number of the latest list that added it: of handlers with one name, the highest wins. */
  list: number;
  /** Set when it is notified, cleared when it has run. */
  notified: boolean;
}

/** The handlers of a play, in the order in which they run. */
export class Handlers {
  readonly #all: Handler[] = [];
  #lists = 0;
  readonly #nameOf: (task: Task, frame: Frame) => string;
  readonly #expand: (items: readonly Item[], frame: Frame) => readonly Placed[];

  /**
   * @param nameOf the templated name after the role's: "nginx : restart nginx"
   * @param expand the tasks of a list, including those of imported files
   */
  constructor(
    nameOf: (task: Task, frame: Frame) => string,
    expand: (items: readonly Item[], frame: Frame) => readonly Placed[],
  ) {
    this.#nameOf = nameOf;
    this.#expand = expand;
  }

  /** Appends handlers. One that is known already keeps its place in the order, but gets the number of this list. */
  add(items: readonly Item[], around: Frame): void {
    const list = this.#lists++;
    for (const { task, frame } of this.#expand(items, around)) {
      const known = this.#all.find((other) => other.task === task && sameRole(other.frame, frame));
      if (known !== undefined) known.list = list;
      else this.#all.push({ task, frame, list, notified: false });
    }
  }

  /** @throws BuilderError if no handler has that name or listens to it */
  notify(name: string): void {
    const named = this.#all
      .filter((handler) => this.#isCalled(handler, name))
      .reduce<Handler | undefined>(
        (best, one) => (best === undefined || one.list > best.list ? one : best),
        undefined,
      );
    const listening = this.#listening(name);
    if (named === undefined && listening.length === 0) throw this.#unknown(name);
    for (const handler of named === undefined ? listening : [named, ...listening]) handler.notified = true;
  }

  /** Of listening handlers with one name, only the latest (plugins/strategy, search_handlers_by_notification). */
  #listening(topic: string): Handler[] {
    const seen = new Set<string>();
    const lastFirst = this.#all.toSorted((a, b) => b.list - a.list);
    return lastFirst.filter(({ task: { name, listen } }) => {
      if (!listen.includes(topic) || (name !== undefined && seen.has(name))) return false;
      if (name !== undefined) seen.add(name);
      return true;
    });
  }

  #isCalled({ task, frame }: Handler, name: string): boolean {
    if (task.name === undefined) return false;
    const full = this.#nameOf(task, frame);
    return (
      name === full || name === (frame.role === undefined ? full : full.slice(frame.role.name.length + 3))
    );
  }

  /** Runs notified handlers, each once, in order of definition; one notified by a later handler waits for the next flush. */
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
