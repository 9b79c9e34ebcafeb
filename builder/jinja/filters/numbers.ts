import type { FilterTable } from '../python/jinja-environment.js';
import { toFloat } from '../python/float.js';
import { narrowed } from '../python/limits.js';
import { binary, signed } from '../python/operators.js';
import { formatValue } from '../python/python-format.js';
import {
  Undefined,
  isFloat,
  isInteger,
  isTrue,
  number,
  integer,
  shown,
  str,
  text,
} from '../python/python-value.js';
import { TemplateError } from '../template-error.js';

const PLAIN_FLOAT = /^[-+]?(?:(?:\d(?:_?\d)*)?\.?\d(?:_?\d)*\.?(?:e[-+]?\d+)?|inf(?:inity)?|nan)$/i;

/** Python's `float()`; undefined if it fails. */
function toNumber(value: unknown): number | undefined {
  if (value instanceof Undefined) return value.fail();
  if (typeof value !== 'string') return isInteger(value) || isFloat(value) ? number(value) : undefined;
  const plain = value.trim();
  if (!PLAIN_FLOAT.test(plain)) return undefined;
  const word = plain.replace(/^[-+]/, '').toLowerCase();
  const sign = plain.startsWith('-') ? -1 : 1;
  if (word.startsWith('inf')) return sign * Infinity;
  return word === 'nan' ? NaN : sign * Number(word.replaceAll('_', ''));
}

const DIGITS: Readonly<Record<number, string>> = { 2: '0b', 8: '0o', 16: '0x' };

/** Python's `int(text, base)`; undefined if it fails. */
function parseInteger(given: string, base: number): number | bigint | undefined {
  const match = /^([-+]?)(0[xob])?_?([\da-z]+(?:_[\da-z]+)*)$/.exec(given.trim().toLowerCase());
  if (!match) return undefined;
  const [, sign, prefix, body = ''] = match;
  const radix =
    base === 0 ? Number(Object.entries(DIGITS).find(([, mark]) => mark === prefix)?.[0] ?? 10) : base;
  if (prefix !== undefined && DIGITS[radix] !== prefix) return parsePlain(sign, prefix + body, radix);
  return base === 0 && prefix === undefined && /^0+[1-9]/.test(body)
    ? undefined
    : parsePlain(sign, body, radix);
}

function parsePlain(sign: string | undefined, body: string, radix: number): number | bigint | undefined {
  let value = 0n;
  for (const digit of body.replaceAll('_', '')) {
    const one = Number.parseInt(digit, 36);
    if (one >= radix) return undefined;
    value = value * BigInt(radix) + BigInt(one);
  }
  return narrowed(sign === '-' ? -value : value);
}

/** Jinja's `int`. */
function toInteger(value: unknown, otherwise: unknown, base: number): unknown {
  if (typeof value === 'string') {
    const whole = value.length > 4300 ? undefined : parseInteger(value, base);
    if (whole !== undefined) return whole;
  }
  if (typeof value === 'boolean') return Number(value);
  if (isInteger(value)) return value;
  const float = toNumber(value);
  if (float === undefined || Number.isNaN(float)) return otherwise;
  if (!Number.isFinite(float)) throw new TemplateError('infinity can not be turned into an integer');
  return Number.isSafeInteger(Math.trunc(float)) ? Math.trunc(float) + 0 : BigInt(Math.trunc(float));
}

function round(value: unknown, precision: number, method: unknown): unknown {
  if (method !== 'common' && method !== 'ceil' && method !== 'floor')
    throw new TemplateError('The method of "round" is common, ceil or floor');
  const given = number(value);
  if (method === 'common') {
    if (!isFloat(value) && precision >= 0) return typeof value === 'boolean' ? Number(value) : value;
    const rounded =
      precision < 0 ? evenly(given / 10 ** -precision) * 10 ** -precision : roundAt(given, precision);
    return isFloat(value) ? toFloat(rounded) : rounded;
  }
  const scaled = given * 10 ** precision;
  return binary('/', Math[method](scaled), precision < 0 ? toFloat(10 ** precision) : 10 ** precision);
}

/** Rounds halves to the even neighbour. */
function evenly(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  return rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : low + 1;
}

/** Rounds like Python: by the exact decimal value of the double (from `toFixed`), ties to even. */
function roundAt(value: number, precision: number): number {
  if (!Number.isFinite(value) || precision > 22 || Math.abs(value) >= 1e21) return value;
  if (precision === 0) return evenly(value);
  const exact = Math.abs(value).toFixed(Math.min(100, precision + 30));
  const cut = exact.length - Math.min(100, precision + 30) + precision;
  const tie = /^50*$/.test(exact.slice(cut));
  if (!tie) return Number(value.toFixed(precision));
  const down = exact.slice(0, cut);
  const even = Number(down.at(-1)) % 2 === 0;
  return Math.sign(value) * Number(even ? down : (Number(down) + 10 ** -precision).toFixed(precision));
}

const SIZES: readonly (readonly [string, number])[] = [...'YZEPTGMK'].map(
  (unit, index) => [unit, 2 ** (80 - index * 10)] as const,
);
const ALL_SIZES = [...SIZES, ['B', 1] as const];

/** Like `bytes_to_human` in ansible/module_utils/common/text/formatters.py. */
function humanReadable(value: unknown, isBits: boolean, unit: unknown): string {
  const size = number(value);
  const wanted = unit === undefined || unit === null ? undefined : text(unit).toUpperCase();
  const [mark, limit] = ALL_SIZES.find(([one, least]) =>
    wanted === undefined ? size >= least : wanted === one,
  ) ?? ['B', 1];
  const base = isBits ? 'bits' : 'Bytes';
  return `${formatValue(toFloat(size / limit), '.2f')} ${limit === 1 ? base : mark + base[0]}`;
}

function humanToBytes(value: unknown, defaultUnit: unknown, isBits: boolean): unknown {
  const fail = (why: string): never => {
    throw new TemplateError(
      `"human_to_bytes" can't read ${shown(value)}: ${why}`,
      'Write a number and a unit, such as "10M" or "1.5 GB".',
    );
  };
  const match = /^\s*(\d*\.?\d*)\s*([A-Za-z]+)?/.exec(str(value));
  const size = toNumber(match?.[1] ?? '') ?? fail('there is no number');
  const unit =
    match?.[2] ?? (defaultUnit === undefined || defaultUnit === null ? undefined : text(defaultUnit));
  if (unit === undefined) return evenly(size);
  const range = unit[0]?.toUpperCase() ?? '';
  const limit = ALL_SIZES.find(([mark]) => mark === range)?.[1] ?? fail(`"${unit}" is not a unit`);
  const [letter, name] = isBits ? ['b', 'bit'] : ['B', 'byte'];
  if (unit.length > 1 && !unit.toLowerCase().includes(name) && unit[1] !== letter)
    fail(`"${unit}" is not a unit of ${name}s`);
  const total = evenly(size * limit);
  return Number.isSafeInteger(total) ? total : narrowed(BigInt(total));
}

function fileSize(value: unknown, isBinary: boolean): string {
  const bytes = toNumber(value) ?? number(value);
  const base = isBinary ? 1024 : 1000;
  if (bytes === 1) return '1 Byte';
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
  const prefixes = [isBinary ? 'K' : 'k', ...'MGTPEZY'].map((mark) => `${mark}${isBinary ? 'iB' : 'B'}`);
  const index = prefixes.findIndex((_, at) => bytes < base ** (at + 2));
  const at = index < 0 ? prefixes.length - 1 : index;
  return `${formatValue(toFloat((base * bytes) / base ** (at + 2)), '.1f')} ${prefixes[at]}`;
}

function logarithm(value: unknown, base: unknown): unknown {
  const result =
    base === undefined
      ? Math.log(number(value))
      : number(base) === 10
        ? Math.log10(number(value))
        : Math.log(number(value)) / Math.log(number(base));
  if (number(value) <= 0) throw new TemplateError('"log" needs a number above zero');
  return toFloat(result);
}

function root(value: unknown, base: unknown): unknown {
  if (number(value) < 0) throw new TemplateError('"root" needs a number that is not negative');
  return toFloat(number(base) === 2 ? Math.sqrt(number(value)) : number(value) ** (1 / number(base)));
}

/** Filters of numbers: Jinja's and Ansible's. */
export const numberFilters: FilterTable = {
  abs: ['', (value) => (Number(number(value)) < 0 ? signed('-', value) : signed('+', value))],
  filesizeformat: ['binary?', (value, [isBinary = false]) => fileSize(value, isTrue(isBinary))],
  float: [
    'default?',
    (value, [otherwise = toFloat(0)]) => {
      const made = toNumber(value);
      return made === undefined ? otherwise : toFloat(made);
    },
  ],
  human_readable: [
    'isbits? unit?',
    (value, [isBits = false, unit]) => humanReadable(value, isTrue(isBits), unit),
  ],
  human_to_bytes: [
    'default_unit? isbits?',
    (value, [unit, isBits = false]) => humanToBytes(value, unit, isTrue(isBits)),
  ],
  int: ['default? base?', (value, [otherwise = 0, base = 10]) => toInteger(value, otherwise, integer(base))],
  log: ['base?', (value, [base]) => logarithm(value, base)],
  pow: ['y', (value, [power]) => binary('**', toFloat(number(value)), toFloat(number(power)))],
  root: ['base?', (value, [base = 2]) => root(value, base)],
  round: [
    'precision? method?',
    (value, [precision = 0, method = 'common']) => round(value, integer(precision), method),
  ],
};
