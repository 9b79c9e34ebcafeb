import { fieldGetter } from '../python/attributes.js';
import type { JinjaEnvironment, Filter, FilterTable } from '../python/jinja-environment.js';
import { type Mapping, Undefined, isTrue, list, text } from '../python/python-value.js';
import { TemplateError } from '../template-error.js';

function map(value: unknown, args: unknown[], named: Mapping, environment: JinjaEnvironment): unknown[] {
  if (!isTrue(value)) return [];
  if (args.length > 0) {
    const [name, ...rest] = args;
    return list(value).map((item) => environment.filter(text(name), item, rest, named));
  }
  const { attribute, default: otherwise, ...unknownNames } = named;
  const [wrong] = Object.keys(unknownNames);
  if (wrong !== undefined && attribute !== undefined)
    throw new TemplateError(`"map" has no parameter "${wrong}"`);
  if (attribute === undefined) throw new TemplateError('"map" needs the name of a filter, or "attribute="');
  const get = fieldGetter(attribute);
  return list(value).map((item) => {
    const found = get(item);
    return found instanceof Undefined && otherwise !== undefined && otherwise !== null ? otherwise : found;
  });
}

const selection = (wanted: boolean, byAttribute: boolean): Filter => [
  '*args **named',
  (value, [args, named], environment) => {
    if (!isTrue(value)) return [];
    const rest = [...(args as unknown[])];
    if (byAttribute && rest.length === 0) throw new TemplateError('The name of an attribute is missing');
    const get = byAttribute ? fieldGetter(rest.shift()) : (item: unknown) => item;
    const test = rest.shift();
    return list(value).filter((item) => {
      const one = get(item);
      const holds =
        test === undefined ? isTrue(one) : environment.test(text(test), one, rest, named as Mapping);
      return holds === wanted;
    });
  },
];

/** Filters that apply a filter or a test to every item. */
export const selectingFilters: FilterTable = {
  map: [
    '*args **named',
    (value, [args, named], environment) => map(value, args as unknown[], named as Mapping, environment),
  ],
  select: selection(true, false),
  reject: selection(false, false),
  selectattr: selection(true, true),
  rejectattr: selection(false, true),
};
