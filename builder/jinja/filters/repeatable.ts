import type { FilterTable } from '../python/jinja-environment.js';
import { PythonRandom } from '../python/python-random.js';
import { formatDate } from '../python/strftime.js';
import { integer, isInteger, list, number, text } from '../python/python-value.js';
import { TemplateError } from '../template-error.js';

const given = (value: unknown): boolean => value !== undefined && value !== null;

function seeded(name: string, seed: unknown): PythonRandom {
  if (given(seed)) return new PythonRandom(seed);
  throw new TemplateError(
    `"${name}" without a seed would give another image with every build`,
    `Give one: ${name}(seed=inventory_hostname).`,
  );
}

function random(value: unknown, start: unknown, step: unknown, seed: unknown): unknown {
  const chance = seeded('random', seed);
  if (!isInteger(value)) {
    if (given(start) || given(step)) throw new TemplateError('"start" and "step" are for whole numbers');
    const items = list(value);
    if (items.length === 0) throw new TemplateError('"random" can not choose from an empty list');
    return items[chance.below(items.length)];
  }
  const from = given(start) ? integer(start) : 0;
  const by = given(step) && integer(step) !== 0 ? integer(step) : 1;
  const count = Math.ceil((Number(value) - from) / by);
  if (count <= 0)
    throw new TemplateError(`"random" has nothing to choose from between ${from} and ${Number(value)}`);
  return from + by * chance.below(count);
}

function shuffle(value: unknown, seed: unknown): unknown[] {
  const chance = seeded('shuffle', seed === 0 || seed === '' ? undefined : seed);
  const items = [...list(value)];
  for (let index = items.length - 1; index > 0; index--) {
    const other = chance.below(index + 1);
    [items[index], items[other]] = [items[other], items[index]];
  }
  return items;
}

/** Filters made repeatable: random ones need a seed, dates are in UTC. */
export const repeatableFilters: FilterTable = {
  random: ['start? step? seed?', (value, [start, step, seed]) => random(value, start, step, seed)],
  shuffle: ['seed?', (value, [seed]) => shuffle(value, seed)],
  strftime: [
    'second? utc?',
    (value, [second]) => {
      if (!given(second))
        throw new TemplateError(
          '"strftime" without a point in time would give another image with every build',
          'Give one: strftime(ansible_date_time.epoch).',
        );
      const seconds =
        typeof second === 'string' ? Number(second.trim() === '' ? NaN : second) : number(second);
      if (Number.isNaN(seconds))
        throw new TemplateError(`"strftime" needs seconds since 1970, but got "${text(second)}"`);
      return formatDate(text(value), new Date(Math.floor(seconds) * 1000));
    },
  ],
};
