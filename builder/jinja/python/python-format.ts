import { floatText } from './float.js';
import { within } from './limits.js';
import {
  Sequence,
  isDict,
  isFloat,
  isInteger,
  isNumber,
  number,
  repr,
  shown,
  str,
  typeName,
  valueAt,
  hasKey,
} from './python-value.js';
import { TemplateError } from '../template-error.js';

const fail = (message: string): never => {
  throw new TemplateError(`This format string can not be used: ${message}`);
};

const PERCENT = /%(?:\(([^)]*)\))?([-#0 +]*)(\*|\d+)?(?:\.(\*|\d+))?[hlL]?([^]|$)/g;

/** Python's `format % values`. */
export function percentFormat(format: string, values: unknown): string {
  const rest = values instanceof Sequence && values.kind === 'tuple' ? [...values] : [values];
  const single = !(values instanceof Sequence);
  let used = 0;
  const next = (): unknown => {
    if (used >= rest.length) return fail('there are not enough arguments');
    return rest[used++];
  };
  const made = format.replace(
    PERCENT,
    (_, ...[key, flags = '', width = '', precision, kind = '']: (string | undefined)[]) => {
      if (kind === '%') return '%';
      const wide = width === '*' ? number(next()) : Number(width);
      const exact =
        precision === '*' ? number(next()) : precision === undefined ? undefined : Number(precision);
      if (key !== undefined) used = rest.length;
      const value =
        key === undefined
          ? next()
          : isDict(values) && hasKey(values, key)
            ? valueAt(values, key)
            : fail(`no value "${key}"`);
      return padded(converted(kind, value, flags, exact), flags, Math.abs(wide), kind);
    },
  );
  // A mapping may have unused keys.
  if (used < rest.length && !(single && (isDict(values) || Array.isArray(values))))
    fail('not all arguments are used');
  return made;
}

function converted(kind: string, value: unknown, flags: string, precision: number | undefined): string {
  if (kind === 's') return cut(str(value), precision);
  if (kind === 'r' || kind === 'a') return cut(repr(value), precision);
  if (kind === 'c')
    return typeof value === 'string' && [...value].length === 1 ? value : String.fromCodePoint(number(value));
  if ('diuoxX'.includes(kind) && kind !== '') {
    if (!isNumber(value) && typeof value !== 'boolean')
      return fail(`%${kind} needs a number, but got ${shown(value)}`);
    if ('oxX'.includes(kind) && isFloat(value)) return fail(`%${kind} needs an integer`);
    return withSign(integerText(kind, value, flags.includes('#')).padStart(precision ?? 0, '0'), flags);
  }
  if ('eEfFgG'.includes(kind) && kind !== '')
    return withSign(floatFormat(kind, number(value), precision, flags.includes('#')), flags);
  return fail(`"%${kind}" is not a conversion`);
}

const cut = (text: string, length: number | undefined): string =>
  length === undefined ? text : [...text].slice(0, length).join('');

function withSign(text: string, flags: string): string {
  if (text.startsWith('-')) return text;
  return (flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '') + text;
}

function integerText(kind: string, value: unknown, prefixed: boolean): string {
  const whole = isInteger(value) ? BigInt(value) : BigInt(Math.trunc(number(value)));
  const radix = kind === 'o' ? 8 : kind === 'b' ? 2 : kind === 'x' || kind === 'X' ? 16 : 10;
  const digits = (whole < 0n ? -whole : whole).toString(radix);
  const prefix = prefixed && radix !== 10 ? `0${kind}` : '';
  return (whole < 0n ? '-' : '') + (kind === 'X' ? prefix + digits.toUpperCase() : prefix + digits);
}

function padded(text: string, flags: string, width: number, kind: string): string {
  within(width);
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0') || 'sra'.includes(kind)) return text.padStart(width);
  const sign = /^[-+ ]/.exec(text)?.[0] ?? '';
  return sign + text.slice(sign.length).padStart(width - sign.length, '0');
}

/** Formats e, f, g and their upper-case forms like C and Python. */
function floatFormat(kind: string, value: number, precision = 6, keep = false): string {
  if (!Number.isFinite(value)) return kind < 'a' ? floatText(value).toUpperCase() : floatText(value);
  const digits = Math.min(precision, 100);
  const lower = kind.toLowerCase();
  const plain =
    lower === 'f'
      ? fixed(value, digits)
      : lower === 'e'
        ? exponential(value, digits)
        : general(value, digits, keep);
  return kind < 'a' ? plain.toUpperCase() : plain;
}

/** Like `toFixed`, which fails above 1e21. */
function fixed(value: number, digits: number): string {
  if (Math.abs(value) < 1e21) return (Object.is(value, -0) ? '-' : '') + value.toFixed(digits);
  return BigInt(value).toString() + (digits > 0 ? `.${'0'.repeat(digits)}` : '');
}

const exponential = (value: number, digits: number): string =>
  value.toExponential(digits).replace(/e([-+])(\d)$/, 'e$10$2');

function general(value: number, precision: number, keep: boolean): string {
  const digits = precision === 0 ? 1 : precision;
  const exponent = value === 0 ? 0 : Number(value.toExponential(digits - 1).split('e')[1]);
  const text =
    exponent < -4 || exponent >= digits
      ? exponential(value, digits - 1)
      : fixed(value, Math.max(0, digits - 1 - exponent));
  return keep || !text.includes('.') ? text : text.replace(/\.?0+(?=e|$)/, '');
}

const SPEC = /^(?:([^])?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([_,])?(?:\.(\d+))?([a-zA-Z%])?$/su;

/** Python's `format(value, spec)`. */
export function formatValue(value: unknown, spec: string): string {
  if (spec === '') return str(value);
  const match = SPEC.exec(spec) ?? fail(`"${spec}" is not a format`);
  const [, fill, align, sign = '', , alternate, zero, width = '0', grouping, precision, kind = ''] = match;
  const wide = within(Number(width));
  const exact = precision === undefined ? undefined : Number(precision);
  const numeric = isNumber(value) || typeof value === 'boolean';
  if (
    typeof value !== 'string' &&
    !(numeric && (typeof value !== 'boolean' || kind !== '')) &&
    typeof value !== 'boolean'
  )
    return fail(`a value of type ${typeName(value)} takes no format`);
  if (typeof value === 'string' && kind !== '' && kind !== 's') return fail(`"${kind}" is not for strings`);
  const body =
    typeof value === 'string'
      ? cut(value, exact)
      : numberBody(value, { kind, exact, sign, alternate: alternate !== undefined, grouping });
  const direction = align ?? (typeof value === 'string' ? '<' : zero === undefined ? '>' : '=');
  return aligned(body, direction, fill ?? (zero === undefined ? ' ' : '0'), wide);
}

interface NumberFormat {
  readonly kind: string;
  readonly exact: number | undefined;
  readonly sign: string;
  readonly alternate: boolean;
  readonly grouping: string | undefined;
}

function numberBody(value: unknown, { kind, exact, sign, alternate, grouping }: NumberFormat): string {
  let text: string;
  if (kind === '%') text = `${floatFormat('f', number(value) * 100, exact)}%`;
  else if (isInteger(value) && (kind === '' || 'dboxXn'.includes(kind)))
    text = integerText(kind, value, alternate);
  else if (kind === 'c') text = String.fromCodePoint(number(value));
  else if (kind === '')
    text = exact === undefined ? floatText(number(value)) : withPoint(floatFormat('g', number(value), exact));
  else if ('eEfFgGn'.includes(kind))
    text = floatFormat(kind === 'n' ? 'g' : kind, number(value), exact, alternate);
  else return fail(`"${kind}" is not for a value of type ${typeName(value)}`);
  if (grouping !== undefined)
    text = text.replace(
      /^(-?)(\d+)/,
      (_, minus: string, digits: string) => minus + digits.replace(/\B(?=(\d{3})+$)/g, grouping),
    );
  return withSign(text, sign === '-' ? '' : sign);
}

const withPoint = (text: string): string => (/[.en]/.test(text) ? text : `${text}.0`);

function aligned(text: string, align: string, fill: string, width: number): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (align === '<') return text + fill.repeat(missing);
  if (align === '>') return fill.repeat(missing) + text;
  if (align === '^') return fill.repeat(Math.floor(missing / 2)) + text + fill.repeat(Math.ceil(missing / 2));
  const sign = /^[-+ ]/.exec(text)?.[0] ?? '';
  return sign + fill.repeat(missing) + text.slice(sign.length);
}

/** Python's `format.format(*args, **named)`; `attribute` looks up ".name" and "[key]". */
export function braceFormat(
  format: string,
  find: (name: string | number) => unknown,
  attribute: (of: unknown, key: unknown, dotted: boolean) => unknown,
): string {
  let automatic = 0;
  const field = (source: string): string => {
    const [, path = '', conversion, spec = ''] =
      /^([^!:]*)(?:!(.))?(?::([^]*))?$/.exec(source) ?? fail(`"${source}"`);
    const [, head = '', tail = ''] = /^([^.[]*)([^]*)$/.exec(path) ?? [];
    let value = find(head === '' ? automatic++ : /^\d+$/.test(head) ? Number(head) : head);
    for (const [, name, key] of tail.matchAll(/\.([^.[]+)|\[([^\]]*)\]/g))
      value = attribute(value, name ?? (/^\d+$/.test(key ?? '') ? Number(key) : key), name !== undefined);
    if (conversion === 'r' || conversion === 'a') value = repr(value);
    if (conversion === 's') value = str(value);
    return formatValue(
      value,
      spec.replace(/\{([^{}]*)\}/g, (_, inner: string) => field(inner)),
    );
  };
  return format.replace(/\{\{|\}\}|\{((?:[^{}]|\{[^{}]*\})*)\}|[{}]/g, (all, inner: string | undefined) =>
    inner !== undefined ? field(inner) : all.length === 2 ? (all[0] ?? '') : fail(`a single "${all}"`),
  );
}
