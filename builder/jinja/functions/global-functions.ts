import { type JinjaEnvironment, TemplateObject } from '../python/jinja-environment.js';
import { MAX_ITEMS, within } from '../python/limits.js';
import { lookup } from './lookups.js';
import {
  type Callable,
  type Mapping,
  Namespace,
  Undefined,
  dictOf,
  entriesOf,
  integer,
  isDict,
  list,
  sequence,
  str,
  text,
} from '../python/python-value.js';
import { callable } from '../python/signature.js';
import { TemplateError } from '../template-error.js';

function range(bound: unknown[]): unknown {
  const [first, second, by = 1] = bound;
  const [start, end, step] =
    second === undefined ? [0, integer(first), 1] : [integer(first), integer(second), integer(by)];
  if (step === 0) throw new TemplateError('The step of "range" can not be zero');
  const count = within(Math.ceil((end - start) / step), MAX_ITEMS);
  return sequence(
    Array.from({ length: count }, (_, index) => start + index * step),
    'range',
  );
}

const pairs = (value: unknown): [unknown, unknown][] =>
  value === undefined
    ? []
    : isDict(value)
      ? entriesOf(value)
      : list(value).map((pair) => {
          const [key, item, ...rest] = list(pair);
          if (item === undefined || rest.length > 0)
            throw new TemplateError('"dict" needs pairs of a key and a value');
          return [key, item];
        });

function namespace(bound: unknown[]): Namespace {
  const made = new Namespace();
  for (const [key, value] of [...pairs(bound[0]), ...pairs(bound[1])]) made.values.set(text(key), value);
  return made;
}

class Cycler extends TemplateObject {
  #at = 0;
  constructor(readonly items: unknown[]) {
    super();
    if (items.length === 0) throw new TemplateError('"cycler" needs at least one item');
  }
  attribute(name: string): unknown {
    if (name === 'current') return this.items[this.#at];
    if (name === 'reset') return callable(name, '', () => ((this.#at = 0), null));
    if (name !== 'next') return undefined;
    return callable(name, '', () => {
      const item = this.items[this.#at];
      this.#at = (this.#at + 1) % this.items.length;
      return item;
    });
  }
}

class Joiner extends TemplateObject {
  #used = false;
  constructor(readonly separator: unknown) {
    super();
  }
  attribute(): unknown {
    return undefined;
  }
  override call(): unknown {
    const first = !this.#used;
    this.#used = true;
    return first ? '' : this.separator;
  }
}

type Maker = (environment: JinjaEnvironment) => Callable;
const refused =
  (name: string, hint: string): Maker =>
  () =>
  () => {
    throw new TemplateError(`The function "${name}" is not supported`, hint);
  };
const plain =
  (name: string, signature: string, run: (bound: unknown[]) => unknown): Maker =>
  () =>
    callable(name, signature, run);

const look =
  (asList: boolean): Maker =>
  (environment) =>
  ([name, ...terms], named: Mapping) =>
    lookup(text(name), terms, asList ? { ...named, wantlist: true } : named, environment);

/** Functions that templates may call, unless a variable has the name. */
const makers: Readonly<Record<string, Maker>> = {
  cycler: plain('cycler', '*items', ([items]) => new Cycler(items as unknown[])),
  dict: plain('dict', 'pairs? **named', ([given, named]) => dictOf([...pairs(given), ...pairs(named)])),
  joiner: plain('joiner', 'sep?', ([separator = ', ']) => new Joiner(separator)),
  lipsum: refused('lipsum', 'It gives another text with every build.'),
  lookup: look(false),
  namespace: plain('namespace', 'values? **named', namespace),
  now: refused('now', 'It would give another image with every build; use a variable.'),
  q: look(true),
  query: look(true),
  range: plain('range', 'start stop? step?', range),
  undef: plain(
    'undef',
    'hint?',
    ([hint]) =>
      new Undefined(
        hint === undefined || hint === null || hint === ''
          ? 'Mandatory variable has not been overridden'
          : str(hint),
      ),
  ),
};

/** The global function of that name; undefined if there is none. */
export function globalFunction(name: string, environment: JinjaEnvironment): Callable | undefined {
  return Object.hasOwn(makers, name) ? makers[name]?.(environment) : undefined;
}
