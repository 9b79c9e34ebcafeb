import { MAX_ITEMS, within } from '../python/limits.js';
import { percentFormat } from '../python/python-format.js';
import { type Mapping, isDict, str } from '../python/python-value.js';
import { TemplateError } from '../template-error.js';

const SHORT = /^(?:(0?x?[\da-f]+)-)?(0?x?[\da-f]+)(?:\/(-?0?x?[\da-f]+))?(?::(.+))?$/i;

/** Parses "start=1 end=4 stride=1 format=x%02d", or "1-4/1:x%02d" (ansible/plugins/lookup/sequence.py). */
export function sequenceItems(term: unknown): string[] {
  const given = optionsOf(term);
  const number = (name: string): number | undefined => {
    if (given[name] === undefined || given[name] === null) return undefined;
    const value = Number(given[name]);
    if (!Number.isInteger(value))
      throw new TemplateError(`The lookup "sequence" can't read the number "${str(given[name])}"`);
    return value;
  };
  const count = number('count');
  const stride = number('stride') ?? 1;
  const start = number('start') ?? 1;
  const end = count === undefined ? number('end') : start + (count - 1) * stride;
  if (end === undefined) throw new TemplateError('The lookup "sequence" needs "end" or "count"');
  if (count === 0 || stride === 0) return [];
  if (stride > 0 && end < start) throw new TemplateError('To count backwards, make stride negative');
  if (stride < 0 && end > start) throw new TemplateError('To count forward, do not make stride negative');
  const length = within(Math.floor((end - start) / stride) + 1, MAX_ITEMS);
  const format = str(given['format'] ?? '%d');
  return Array.from({ length }, (_, index) => percentFormat(format, start + index * stride));
}

function optionsOf(term: unknown): Mapping {
  if (isDict(term)) return Object.fromEntries(term instanceof Map ? term : Object.entries(term)) as Mapping;
  const text = str(term);
  const short = SHORT.exec(text.trim());
  if (short) {
    const [, start, end, stride, format] = short;
    return { start, end, stride, format };
  }
  return Object.fromEntries(
    [...text.matchAll(/(\w+)=("[^"]*"|'[^']*'|\S+)/g)].map(([, key = '', value = '']) => [
      key,
      value.replace(/^(["'])(.*)\1$/, '$2'),
    ]),
  );
}
