import { toFloat } from './float.js';
import { MAX_ITEMS, narrowed, within } from './limits.js';
import { percentFormat } from './python-format.js';
import {
  Sequence,
  Undefined,
  isFloat,
  isInteger,
  isNumber,
  number,
  sequence,
  shown,
  str,
  typeName,
} from './python-value.js';
import { TemplateError } from '../template-error.js';

const MAX_BITS = 65_536;

/** Python's arithmetic: `+ - * / // % **` and Jinja's `~`. */
export function binary(op: string, a: unknown, b: unknown): unknown {
  if (op === '~') return str(a) + str(b);
  if (a instanceof Undefined) return a.fail();
  if (op === '%' && typeof a === 'string') return percentFormat(a, b);
  if (b instanceof Undefined) return b.fail();
  if (op === '+' && typeof a === 'string' && typeof b === 'string') return a + b;
  if (op === '+' && Array.isArray(a) && Array.isArray(b) && typeName(a) === typeName(b)) return joined(a, b);
  if (op === '*' && isInteger(b) && isRepeatable(a)) return repeated(a, Number(b));
  if (op === '*' && isInteger(a) && isRepeatable(b)) return repeated(b, Number(a));
  if (!isNumeric(a) || !isNumeric(b))
    throw new TemplateError(
      `Can't apply "${op}" to a value of type ${typeName(a)} and one of type ${typeName(b)}: ${shown(a)} ${op} ${shown(b)}`,
      'Convert one of them with "| int", "| string" or "| list", or join strings with "~".',
    );
  return isFloat(a) || isFloat(b) ? floats(op, number(a), number(b)) : integers(op, a, b);
}

const isNumeric = (value: unknown): boolean => isNumber(value) || typeof value === 'boolean';
const isRepeatable = (value: unknown): value is string | unknown[] =>
  typeof value === 'string' || Array.isArray(value);

function joined(a: unknown[], b: unknown[]): unknown[] {
  within(a.length + b.length, MAX_ITEMS);
  const items = [...a, ...b];
  return a instanceof Sequence ? sequence(items, a.kind) : items;
}

function repeated(value: string | unknown[], times: number): unknown {
  const count = Math.max(0, times);
  if (typeof value === 'string') return value.repeat(within(count * value.length) && count);
  within(count * value.length, MAX_ITEMS);
  const items = Array.from({ length: value.length === 0 ? 0 : count }, () => value).flat();
  return value instanceof Sequence ? sequence(items, value.kind) : items;
}

function floats(op: string, a: number, b: number): unknown {
  if (b === 0 && ['/', '//', '%'].includes(op)) throw new TemplateError('division by zero');
  if (op === '//') return toFloat(Math.floor(a / b));
  if (op === '%') return toFloat(floatModulo(a, b));
  if (op === '**') return toFloat(power(a, b));
  return toFloat(op === '+' ? a + b : op === '-' ? a - b : op === '*' ? a * b : a / b);
}

function floatModulo(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

function power(a: number, b: number): number {
  const result = a ** b;
  if (a === 0 && b < 0) throw new TemplateError('0.0 cannot be raised to a negative power');
  if (Number.isNaN(result) && !Number.isNaN(a) && !Number.isNaN(b))
    throw new TemplateError(`The result of ${a} ** ${b} is not a real number`);
  if (!Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b))
    throw new TemplateError('The result of "**" is too large');
  return result;
}

const big = (value: unknown): bigint => BigInt(value as number | bigint | boolean);

function integers(op: string, a: unknown, b: unknown): unknown {
  const divides = op === '/' || op === '//' || op === '%';
  if (divides && Number(b) === 0) throw new TemplateError('division by zero');
  if (op === '/') return toFloat(Number(a) / Number(b));
  if (op === '**') return integerPower(a, b);
  if (op === '//' || op === '%') return narrowed(divided(op, big(a), big(b)));
  const small =
    op === '+' ? Number(a) + Number(b) : op === '-' ? Number(a) - Number(b) : Number(a) * Number(b);
  if (Number.isSafeInteger(small)) return small;
  return narrowed(op === '+' ? big(a) + big(b) : op === '-' ? big(a) - big(b) : big(a) * big(b));
}

function divided(op: string, a: bigint, b: bigint): bigint {
  const rest = a % b;
  const uneven = rest !== 0n && rest < 0n !== b < 0n;
  return op === '%' ? (uneven ? rest + b : rest) : a / b - (uneven ? 1n : 0n);
}

function integerPower(a: unknown, b: unknown): unknown {
  const exponent = Number(b);
  if (exponent < 0) {
    if (Number(a) === 0) throw new TemplateError('0.0 cannot be raised to a negative power');
    return toFloat(Number(a) ** exponent);
  }
  const base = big(a);
  within((base < 0n ? -base : base).toString(2).length * exponent, MAX_BITS);
  return narrowed(base ** big(b));
}

/** `-x` and `+x`. */
export function signed(op: string, value: unknown): unknown {
  if (value instanceof Undefined) return value.fail();
  if (!isNumeric(value))
    throw new TemplateError(`Can't apply "${op}" to a value of type ${typeName(value)}: ${shown(value)}`);
  if (typeof value === 'bigint') return op === '-' ? narrowed(-value) : value;
  const result = op === '-' ? -number(value) : number(value);
  return isFloat(value) ? toFloat(result) : result + 0;
}
