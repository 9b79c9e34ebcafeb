import type { Statement } from '../syntax/ast.js';
import { callValue } from '../python/attributes.js';
import { argumentsOf } from './evaluate.js';
import { Frame, Module } from './frame.js';
import { printed } from '../python/printing.js';
import { Undefined, isTrue } from '../python/python-value.js';
import { type LoadedTemplate, MissingTemplate } from './render-state.js';
import type { Rendering } from './rendering.js';
import { nearestName } from '../../nearest-name.js';

export type Step<T extends Statement = Statement> = (
  one: T,
  frame: Frame,
  out: string[],
  renderer: Rendering,
) => void;

/** Runs each kind of statement. */
export const steps: { readonly [T in Statement['t']]: Step<Statement & { t: T }> } = {
  data: ({ text }, _, out, renderer) => {
    renderer.stayedText = false;
    out.push(text);
  },
  print: ({ value }, frame, out, renderer) => {
    const made = renderer.value(value, frame);
    out.push(printed(made));
    renderer.note(made, value);
  },
  if: ({ cases, otherwise }, frame, out, renderer) => {
    const found = cases.find(([when]) => isTrue(renderer.value(when, frame)));
    renderer.run(found?.[1] ?? otherwise, frame, out);
  },
  for: (one, frame, out, renderer) => {
    renderer.stayedText = false;
    out.push(renderer.loop(one, frame, { items: renderer.value(one.of, frame), depth: 0 }));
  },
  set: ({ target, value }, frame, _, renderer) =>
    renderer.assign(target, renderer.value(value, frame), frame),
  capture: ({ target, filter, body }, frame, _, renderer) => {
    const made = renderer.concat(renderer.captured(body, new Frame(frame)));
    renderer.assign(target, filter ? renderer.filtered(filter, made, frame) : made, frame);
  },
  with: ({ targets, body }, frame, out, renderer) => {
    const inner = new Frame(frame);
    const values = targets.map(([, value]) => renderer.value(value, frame));
    targets.forEach(([target], index) => renderer.assign(target, values[index], inner));
    renderer.run(body, inner, out);
  },
  macro: ({ macro }, frame, _, renderer) => {
    frame.values.set(macro.name, renderer.macro(macro, frame));
  },
  call: ({ call, macro }, frame, out, renderer) => {
    const names = renderer.names(frame);
    const [args, named] = argumentsOf(call.args, names);
    const caller = renderer.macro(macro, frame);
    out.push(printed(callValue(renderer.value(call.of, frame), args, { ...named, caller })));
  },
  filter: ({ filter, body }, frame, out, renderer) => {
    const made = renderer.concat(renderer.captured(body, new Frame(frame)));
    out.push(printed(renderer.filtered(filter, made, frame)));
  },
  block: (one, frame, out, renderer) => {
    out.push(renderer.block(one, frame));
  },
  extends: ({ template }, frame, out, renderer) => renderer.extend(template, frame, out),
  include: ({ template, ignoreMissing, context }, frame, out, renderer) => {
    let found: LoadedTemplate;
    try {
      found = renderer.load(template, frame);
    } catch (error) {
      if (ignoreMissing && error instanceof MissingTemplate) return;
      throw error;
    }
    out.push(renderer.other(found, context ? frame : undefined).text);
  },
  import: ({ template, target, context }, frame, _, renderer) => {
    const { set } = renderer.other(renderer.load(template, frame), context ? frame : undefined);
    frame.values.set(target, new Module(set.values));
  },
  from: ({ template, names, context }, frame, _, renderer) => {
    const { set } = renderer.other(renderer.load(template, frame), context ? frame : undefined);
    for (const [name, as] of names) {
      const near = nearestName(name, set.values.keys());
      const hint = near === undefined ? '' : `; did you mean "${near}"?`;
      frame.values.set(
        as,
        set.values.has(name)
          ? set.values.get(name)
          : new Undefined(`the template does not export "${name}"${hint}`),
      );
    }
  },
};
