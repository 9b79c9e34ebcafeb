import { type Digest, digestOf } from '../../store/digest.js';
import type { Scope } from '../../jinja/templar.js';
import type { Variables } from '../parse/play.js';

/** The variables read, by name, not templated. */
export type ReadVariables = Map<string, unknown>;

/** The variables of one task, in layers; the first layer with a name wins. Records what is read. */
export class TaskScope implements Scope {
  readonly #layers: readonly Variables[];
  readonly read: ReadVariables = new Map();
  /** The task's scope, for the scope of a loop's item. */
  readonly outer: TaskScope | undefined;

  constructor(layers: readonly Variables[], outer?: TaskScope) {
    this.#layers = layers;
    this.outer = outer;
  }

  lookup(name: string): unknown {
    for (const layer of this.#layers)
      if (Object.hasOwn(layer, name)) {
        const value = layer[name];
        this.read.set(name, value);
        return value;
      }
    return undefined;
  }

  /** Whether `names` has the name. */
  has(name: string): boolean {
    return this.#layers.some((layer) => Object.prototype.propertyIsEnumerable.call(layer, name));
  }

  names(): Iterable<string> {
    return new Set(this.#layers.flatMap((layer) => Object.keys(layer)));
  }

  /** These variables below another layer, with a record of reads of its own. */
  with(layer: Variables): TaskScope {
    return new TaskScope([layer, ...this.#layers], this);
  }
}

const digests = new WeakMap<object, Digest>();

/** Digest of an untemplated value; equal for equal values. */
export function digestOfValue(value: unknown): Digest {
  if (typeof value !== 'object' || value === null) return digestOf(JSON.stringify(value) ?? 'undefined');
  let digest = digests.get(value);
  if (digest === undefined) {
    digest = digestOf(JSON.stringify(value));
    digests.set(value, digest);
  }
  return digest;
}
