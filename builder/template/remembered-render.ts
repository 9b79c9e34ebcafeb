import { digestOf } from '../store/digest.js';
import type { Memo } from '../store/memo.js';
import { type HandlebarsOptions, type Variables, renderHandlebars } from './render-handlebars.js';

/** A state of a rendering: it asks for a variable ("=name" for its value, "?name" whether it exists), or is done. */
type Node = { readonly ask: string } | { readonly text: string };

/**
 * Like `renderHandlebars`, but reuses earlier results. A template's next question, or its result, depends only on its text and
 * the answers so far, so earlier renderings form a tree of questions. Following it looks up exactly the variables that the
 * template itself would.
 */
export function rememberedRender(text: string, options: HandlebarsOptions, memo: Memo): string {
  const known = recall(text, options.variables, memo);
  if (known !== undefined) return known;
  const recorder = new Recorder(text, options.variables, memo);
  const made = renderHandlebars(text, { ...options, variables: recorder });
  recorder.done(made);
  return made;
}

function recall(template: string, variables: Variables, memo: Memo): string | undefined {
  let place = placeAfter('', template);
  for (;;) {
    const node = memo.find(place) as Node | undefined;
    if (node === undefined) return undefined;
    if ('text' in node) return node.text;
    const name = node.ask.slice(1);
    const answer = node.ask.startsWith('?') ? variables.has(name) : variables.lookup(name);
    place = placeAfter(place, answer);
  }
}

/** Variables that record each question once. */
class Recorder implements Variables {
  readonly #variables: Variables;
  readonly #memo: Memo;
  readonly #asked = new Set<string>();
  #place: string;

  constructor(template: string, variables: Variables, memo: Memo) {
    this.#variables = variables;
    this.#memo = memo;
    this.#place = placeAfter('', template);
  }

  has(name: string): boolean {
    return this.#noted(`?${name}`, this.#variables.has(name));
  }

  lookup(name: string): unknown {
    return this.#noted(`=${name}`, this.#variables.lookup(name));
  }

  names(): Iterable<string> {
    return this.#variables.names();
  }

  done(text: string): void {
    this.#memo.keep(this.#place, { text } satisfies Node);
  }

  #noted<T>(ask: string, answer: T): T {
    if (this.#asked.has(ask)) return answer;
    this.#asked.add(ask);
    this.#memo.keep(this.#place, { ask } satisfies Node);
    this.#place = placeAfter(this.#place, answer);
    return answer;
  }
}

/** Uses digests, because answers may be long or secret. */
function placeAfter(place: string, answer: unknown): string {
  const digest = digestOf(`${place}\n${JSON.stringify(answer) ?? 'undefined'}`);
  return `render ${digest.slice('sha256:'.length)}`;
}
