import { digestOf } from '../store/digest.js';
import type { Memo } from '../store/memo.js';
import { type HandlebarsOptions, type Variables, renderHandlebars } from './render-handlebars.js';

/** Where a rendering stands after some answers: it asks on ("=name" for a value, "?name" whether there is one), or is done. */
type Node = { readonly ask: string } | { readonly text: string };

/**
 * Renders as `renderHandlebars` does, or takes the text of an earlier time: a template always asks the same question first,
 * and what it asks next hangs on its text and the answers so far alone; so does what it makes of them. What is looked up
 * counts as used, so nothing is asked that the template itself would not ask.
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

/** Variables that note what is asked of them, once each. */
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

/** Digests alone: answers may be long, and are nobody's business. */
function placeAfter(place: string, answer: unknown): string {
  const digest = digestOf(`${place}\n${JSON.stringify(answer) ?? 'undefined'}`);
  return `render ${digest.slice('sha256:'.length)}`;
}
