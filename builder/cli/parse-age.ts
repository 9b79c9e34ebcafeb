import { BuilderError } from '../errors.js';

const minuteMs = 60_000;
const units: Readonly<Record<string, number>> = {
  m: minuteMs,
  h: 60 * minuteMs,
  d: 24 * 60 * minuteMs,
  w: 7 * 24 * 60 * minuteMs,
};

/** A span of time like "30d" in milliseconds: a whole number of minutes, hours, days or weeks. @throws BuilderError `usage` */
export function parseAge(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  if (count === undefined || Number(count) === 0)
    throw new BuilderError(`"${text}" is not a span of time`, {
      code: 'usage',
      hint: 'Write a number and m, h, d or w: 12h, 30d. For everything, there is --all.',
    });
  return Number(count) * (units[unit] as number);
}
