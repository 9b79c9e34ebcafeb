import type { MacroBody, Node, Statement, Target } from '../syntax/ast.js';
import { type Names, argumentsOf, evaluate } from './evaluate.js';
import { Blocks, Frame, Loop } from './frame.js';
import { within } from '../python/limits.js';
import { type Callable, Namespace, Undefined, isTrue, list, str, tuple } from '../python/python-value.js';
import { type LoadedTemplate, MissingTemplate, type RenderState, type Source } from './render-state.js';
import { type Step, steps } from './render-steps.js';
import type { LoopItems, Rendering } from './rendering.js';
import { mayStayText } from './text-results.js';
import { TemplateError, placeAt } from '../template-error.js';

const MAX_STEPS = 2_000_000;

/** Renders the parts of one template. */
export class Renderer implements Rendering {
  readonly #state: RenderState;
  readonly #source: Source;
  readonly #root: Frame;
  readonly #budget: { left: number };
  #parent: LoadedTemplate | undefined;

  constructor(state: RenderState, source: Source, root: Frame, budget = { left: MAX_STEPS }) {
    this.#state = state;
    this.#source = source;
    this.#root = root;
    this.#budget = budget;
  }

  /** The output of a whole template, in parts. @throws TemplateError with its place */
  template(body: readonly Statement[]): string[] {
    this.#collectBlocks(body);
    const out: string[] = [];
    this.#run(body, this.#root, out);
    if (this.#parent === undefined) return out;
    const { source, program } = this.#parent;
    const before = out.slice(0, this.#written);
    return [...before, ...new Renderer(this.#state, source, this.#root, this.#budget).template(program.body)];
  }

  /** Number of output parts before `extends`; later ones are dropped. */
  #written = 0;

  names(frame: Frame): Names {
    const { environment } = this.#state;
    return { environment, get: (name) => this.#name(name, frame) };
  }

  #name(name: string, frame: Frame): unknown {
    const found = frame.find(name);
    if (found) return found.values.get(name);
    if (name === 'self') return new Blocks((block) => this.#blockFunction(block));
    return this.#state.resolve(name);
  }

  #run(body: readonly Statement[], frame: Frame, out: string[]): void {
    for (const one of body) {
      try {
        this.#spend(1);
        (steps[one.t] as Step)(one, frame, out, this);
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
        throw error.at(placeAt(this.#source.text, one.at, this.#source.name));
      }
    }
  }

  #spend(count: number): void {
    this.#budget.left -= count;
    if (this.#budget.left < 0) throw new TemplateError('This template does too much, or never ends');
  }

  value(node: Node, frame: Frame): unknown {
    return evaluate(node, this.names(frame));
  }

  /** The output of a body, as a value. */
  captured(body: readonly Statement[], frame: Frame): string {
    const out: string[] = [];
    this.#run(body, frame, out);
    return out.join('');
  }

  run(body: readonly Statement[], frame: Frame, out: string[]): void {
    this.#run(body, frame, out);
  }

  concat(text: string): unknown {
    within(text.length);
    return this.#state.concat(text);
  }

  assign(target: Target, value: unknown, frame: Frame): void {
    if (typeof target === 'string') {
      frame.values.set(target, value);
      return;
    }
    if ('of' in target) {
      const of = this.#name(target.of, frame);
      if (!(of instanceof Namespace))
        throw new TemplateError(
          `"${target.of}" is not a namespace, so "${target.name}" can't be set`,
          `Make one: {% set ${target.of} = namespace() %}.`,
        );
      of.values.set(target.name, value);
      return;
    }
    const parts = list(value);
    if (parts.length !== target.length)
      throw new TemplateError(`${parts.length} values can't be given to ${target.length} names`);
    target.forEach((one, index) => this.assign(one, parts[index], frame));
  }

  filtered(node: Node, value: unknown, frame: Frame): unknown {
    if (node.t !== 'filter') throw new TemplateError('A filter is expected');
    const of = node.of === undefined ? value : this.filtered(node.of, value, frame);
    return this.#state.environment.filter(node.name, of, ...argumentsOf(node.args, this.names(frame)));
  }

  loop(one: Statement & { t: 'for' }, outer: Frame, given: LoopItems): string {
    const { items, depth } = given;
    const out: string[] = [];
    this.#spend(list(items).length);
    const kept = list(items).filter((item) => {
      if (!one.filter) return true;
      const inner = new Frame(outer);
      this.assign(one.target, item, inner);
      return isTrue(this.value(one.filter, inner));
    });
    const again = one.recursive
      ? (inner: unknown, deeper: number): unknown => {
          return this.concat(this.loop(one, outer, { items: inner, depth: deeper }));
        }
      : undefined;
    const loop = new Loop({ items: kept, depth, again });
    kept.forEach((item, index) => {
      const inner = new Frame(outer);
      loop.index0 = index;
      this.assign(one.target, item, inner);
      inner.values.set('loop', loop);
      this.#run(one.body, inner, out);
    });
    if (kept.length === 0) this.#run(one.otherwise, new Frame(outer), out);
    return out.join('');
  }

  macro({ name, parameters, body, takes }: MacroBody, outer: Frame): Callable {
    return (args, named) => {
      const frame = new Frame(outer);
      const rest = { ...named };
      parameters.forEach((parameter, index) => {
        if (index < args.length) frame.values.set(parameter.name, args[index]);
        else if (Object.hasOwn(rest, parameter.name)) frame.values.set(parameter.name, rest[parameter.name]);
        else
          frame.values.set(
            parameter.name,
            parameter.otherwise === undefined
              ? new Undefined(`parameter '${parameter.name}' was not provided`)
              : this.value(parameter.otherwise, frame),
          );
        if (Object.hasOwn(rest, parameter.name) && index < args.length)
          throw new TemplateError(`The macro "${name}" got two values for "${parameter.name}"`);
        delete rest[parameter.name];
      });
      if (takes.caller) {
        frame.values.set('caller', rest['caller'] ?? new Undefined('No caller defined'));
        delete rest['caller'];
      }
      const [unknownName] = Object.keys(rest);
      if (unknownName !== undefined && !takes.kwargs)
        throw new TemplateError(`The macro "${name}" has no parameter "${unknownName}"`);
      if (args.length > parameters.length && !takes.varargs)
        throw new TemplateError(
          `The macro "${name}" takes ${parameters.length} arguments at most, but got ${args.length}`,
        );
      if (takes.kwargs) frame.values.set('kwargs', rest);
      if (takes.varargs) frame.values.set('varargs', tuple(...args.slice(parameters.length)));
      return this.concat(this.captured(body, frame));
    };
  }

  #collectBlocks(body: readonly Statement[]): void {
    for (const one of body) {
      if (one.t === 'block') {
        const known = this.#state.blocks.get(one.name) ?? [];
        this.#state.blocks.set(one.name, [...known, (frame) => this.captured(one.body, frame)]);
      }
      if (one.t === 'if') for (const [, inner] of one.cases) this.#collectBlocks(inner);
      if ('body' in one) this.#collectBlocks(one.body);
      if ('otherwise' in one) this.#collectBlocks(one.otherwise);
    }
  }

  #blockFunction(name: string, level = 0, frame: Frame = this.#root): Callable | undefined {
    const render = this.#state.blocks.get(name)?.[level];
    if (!render) return undefined;
    return () => {
      const inner = new Frame(frame);
      inner.values.set(
        'super',
        this.#blockFunction(name, level + 1, frame) ??
          new Undefined(`there is no parent block called '${name}'`),
      );
      return render(inner);
    };
  }

  block(one: Statement & { t: 'block' }, frame: Frame): string {
    const render = this.#blockFunction(one.name, 0, one.scoped ? frame : this.#root);
    return str(render?.([], {}));
  }

  /** From here on, only the parent template has output. */
  extend(template: Node, frame: Frame, out: string[]): void {
    if (this.#parent) throw new TemplateError('A template can extend only one other');
    this.#written = out.length;
    this.#parent = this.load(template, frame);
  }

  load(template: Node, frame: Frame): LoadedTemplate {
    const wanted = this.value(template, frame);
    const names = Array.isArray(wanted) ? wanted.map(str) : [str(wanted)];
    for (const name of names) {
      const found = this.#state.load(name, this.#source);
      if (found) return found;
    }
    throw new MissingTemplate(
      `There is no template "${names.join('", "')}"`,
      'Included templates are looked for in the role\'s and the playbook\'s folder "templates", and next to the one that includes them.',
    );
  }

  /** Renders another template here: returns its output, and the names it sets. */
  other({ source, program }: LoadedTemplate, frame: Frame | undefined): { text: string; set: Frame } {
    const state = frame ? this.#state : this.#state.isolated();
    const around = frame && new Frame(frame);
    // Ansible passes variables on to it, but not `loop`.
    around?.values.set('loop', new Undefined("'loop' is undefined"));
    const set = new Frame(around);
    const out = new Renderer({ ...state, blocks: new Map() }, source, set, this.#budget).template(
      program.body,
    );
    return { text: out.join(''), set };
  }

  note(value: unknown, node: Node): void {
    if (typeof value !== 'string' || this.#state.texts.size === 0 || !mayStayText(node))
      this.stayedText = false;
    else this.stayedText = this.#state.texts.has(value);
  }

  /** Whether the last output is the text of a filter such as to_json. */
  stayedText = false;
}
