import { constants } from 'node:os';

/** The range of Linux's real-time signals for programs (signal(7)). */
const realTime = { min: 34, max: 64 };

/** The number of a signal in an image's notation: SIGTERM, TERM, 15, SIGRTMIN+3. Default for unknown names: SIGTERM. */
export function signalNumber(name: string): number {
  if (/^\d+$/.test(name)) return Number(name);
  const [, end, sign, distance = '0'] = /^(?:SIG)?RT(MIN|MAX)(?:([+-])(\d+))?$/.exec(name) ?? [];
  if (end !== undefined)
    return (end === 'MIN' ? realTime.min : realTime.max) + (sign === '-' ? -1 : 1) * Number(distance);
  const full = name.startsWith('SIG') ? name : `SIG${name}`;
  return (constants.signals as Record<string, number>)[full] ?? constants.signals.SIGTERM;
}
