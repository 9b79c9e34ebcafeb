import { TemplateObject } from '../python/jinja-environment.js';
import { type Callable, Undefined, list } from '../python/python-value.js';
import { equal } from '../python/comparing.js';
import { callable } from '../python/signature.js';
import { TemplateError } from '../template-error.js';

/** The names set in one part of a template, and in the parts around it. */
export class Frame {
  readonly values = new Map<string, unknown>();
  constructor(readonly parent?: Frame) {}

  find(name: string): Frame | undefined {
    if (this.values.has(name)) return this;
    return this.parent?.find(name);
  }

  /** All visible names, the innermost last. */
  flattened(): Map<string, unknown> {
    return new Map([...(this.parent?.flattened() ?? []), ...this.values]);
  }
}

interface LoopOptions {
  readonly items: readonly unknown[];
  readonly depth: number;
  /** Renders the loop for other items; undefined if it is not recursive. */
  readonly again: ((items: unknown, depth: number) => unknown) | undefined;
}

/** `loop` in a for loop. */
export class Loop extends TemplateObject {
  readonly #options: LoopOptions;
  index0 = 0;
  #last: unknown[] | undefined;

  constructor(options: LoopOptions) {
    super();
    this.#options = options;
  }

  attribute(name: string): unknown {
    const { items, depth } = this.#options;
    const { index0 } = this;
    const values: Readonly<Record<string, () => unknown>> = {
      index: () => index0 + 1,
      index0: () => index0,
      first: () => index0 === 0,
      last: () => index0 === items.length - 1,
      length: () => items.length,
      revindex: () => items.length - index0,
      revindex0: () => items.length - index0 - 1,
      depth: () => depth + 1,
      depth0: () => depth,
      previtem: () => (index0 === 0 ? new Undefined('there is no previous item') : items[index0 - 1]),
      nextitem: () =>
        index0 + 1 < items.length ? items[index0 + 1] : new Undefined('there is no next item'),
      cycle: () => callable(name, '*items', ([all]) => this.#cycle(list(all))),
      changed: () => callable(name, '*values', ([all]) => this.#changed(list(all))),
    };
    return Object.hasOwn(values, name) ? values[name]?.() : undefined;
  }

  #cycle(all: unknown[]): unknown {
    if (all.length === 0) throw new TemplateError('no items for cycling given');
    return all[this.index0 % all.length];
  }

  #changed(values: unknown[]): boolean {
    const same = this.#last !== undefined && equal(this.#last, values);
    this.#last = values;
    return !same;
  }

  override call(args: unknown[]): unknown {
    const { again, depth } = this.#options;
    if (!again)
      throw new TemplateError('This loop is not recursive', 'Write "recursive" at the end of its "for".');
    if (depth > 100) throw new TemplateError('This loop is nested too deeply');
    return again(args[0], depth + 1);
  }
}

/** An imported template: the names it sets, except those that begin with "_". */
export class Module extends TemplateObject {
  constructor(readonly exported: ReadonlyMap<string, unknown>) {
    super();
  }
  attribute(name: string): unknown {
    return name.startsWith('_') ? undefined : this.exported.get(name);
  }
}

/** `self`: the template's blocks by name. */
export class Blocks extends TemplateObject {
  constructor(readonly find: (name: string) => Callable | undefined) {
    super();
  }
  attribute(name: string): unknown {
    return this.find(name);
  }
}
