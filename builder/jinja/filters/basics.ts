import type { FilterTable } from '../python/jinja-environment.js';
import { Undefined, isTrue, str, typeName } from '../python/python-value.js';
import { TemplateError } from '../template-error.js';

const YES = ['yes', 'on', '1', 'true'];

/** Ansible's `bool`: false for everything it does not know. */
function toBoolean(value: unknown): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (value instanceof Undefined) return value.fail();
  return typeof value === 'string' ? YES.includes(value.toLowerCase()) : Number(value) === 1;
}

function withDefault(value: unknown, otherwise: unknown, whenFalse: unknown): unknown {
  return value instanceof Undefined || (isTrue(whenFalse) && !isTrue(value)) ? otherwise : value;
}

/** Filters of values of any type. */
export const basicFilters: FilterTable = {
  bool: ['', toBoolean],
  d: [
    'default_value? boolean?',
    (value, [otherwise = '', always = false]) => withDefault(value, otherwise, always),
  ],
  default: [
    'default_value? boolean?',
    (value, [otherwise = '', always = false]) => withDefault(value, otherwise, always),
  ],
  mandatory: [
    'msg?',
    (value, [message]) => {
      if (!(value instanceof Undefined)) return value;
      const name = /^'(\w+)' is undefined$/.exec(value.what)?.[1];
      throw new TemplateError(
        message === undefined || message === null
          ? `Mandatory variable ${name === undefined ? '' : `'${name}' `}not defined.`
          : str(message),
      );
    },
  ],
  ternary: [
    'true_val false_val none_val?',
    (value, [yes, no, none]) =>
      value === null && none !== undefined && none !== null ? none : isTrue(value) ? yes : no,
  ],
  type_debug: ['', typeName],
};
