import { type Digest, digestOf } from '../../store/digest.js';
import type { Scope } from '../../jinja/templar.js';
import type { Variables } from '../parse/play.js';

/** The variables that were read, by name, as they stand in their files. */
export type ReadVariables = Map<string, unknown>;

/** The variables that one task sees: layers, of which the first that has a name wins. Notes what is read. */
export class TaskScope implements Scope {
  readonly #layers: readonly Variables[];
  readonly read: ReadVariables = new Map();
  /** Of what a loop's item is an item. */
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

  /** Whether `names` has it. */
  has(name: string): boolean {
    return this.#layers.some((layer) => Object.prototype.propertyIsEnumerable.call(layer, name));
  }

  names(): Iterable<string> {
    return new Set(this.#layers.flatMap((layer) => Object.keys(layer)));
  }

  /** The same variables below some more, with a record of reads of its own. */
  with(layer: Variables): TaskScope {
    return new TaskScope([layer, ...this.#layers], this);
  }
}

const digests = new WeakMap<object, Digest>();

/** Digest of a value as it stands in its file; equal for equal values. */
export function digestOfValue(value: unknown): Digest {
  if (typeof value !== 'object' || value === null) return digestOf(JSON.stringify(value) ?? 'undefined');
  let digest = digests.get(value);
  if (digest === undefined) {
    digest = digestOf(JSON.stringify(value));
    digests.set(value, digest);
  }
  return digest;
}
