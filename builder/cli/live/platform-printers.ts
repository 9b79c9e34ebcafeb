import type { PlatformEvent } from '../../platform-event.js';
import { oneLine } from '../text/format.js';
import { formatStage } from './deployment-text.js';
import type { Output, Printers } from './printers.js';

const changes = {
  created: 'created',
  updated: 'updated',
  removed: 'removed',
  unchanged: 'ok',
  saved: 'saved',
  restored: 'restored',
} as const;

/** A line for everything that became of a part of the platform; meanwhile a tree says what is going on, where a terminal is. */
export function platformPrinters({ live, line, note }: Output): Printers<PlatformEvent['kind']> {
  const follow = (event: PlatformEvent): void => void live.follow(event);
  const unlessShown =
    <Event extends PlatformEvent>(print: (event: Event) => void) =>
    (event: Event): void => {
      if (!live.follow(event)) print(event);
    };
  return {
    'phase-started': follow,
    'part-started': follow,
    'part-settling': follow,
    'part-cancelled': follow,
    'part-changed': unlessShown(({ part, change, ms, reason }) =>
      line(changes[change], ms, withReason(part, reason)),
    ),
    'part-healthy': unlessShown(({ part, ms }) => line('healthy', ms, part)),
    'part-drained': unlessShown(({ part, ms }) => line('drained', ms, part)),
    'part-stopped': unlessShown(({ part, ms, exitCode, reason }) => {
      const code = exitCode === undefined ? '' : ` (exit code ${exitCode})`;
      line('stopped', ms, withReason(`${part}${code}`, reason));
    }),
    'part-failed': unlessShown(({ part, ms, reason, log = [] }) => {
      line('failed', ms, withReason(part, reason));
      if (log.length > 0) note(log.map(oneLine).join('\n'));
    }),
    'stack-progress': unlessShown(({ stack, done, total, state }) => {
      if (state === 'rolling-back' && done === 0) note(`${stack}: rolling back ${total} resources`);
    }),
    'deployment-progress': follow,
    'deployment-stage': unlessShown((event) => note(`${event.service}: ${formatStage(event)}`)),
    'deployment-done': unlessShown(({ service, revision, outcome, ms, reason }) => {
      const state = outcome === 'rolled-back' ? `rolled back to ${revision}` : revision;
      line(outcome === 'completed' ? 'done' : 'failed', ms, withReason(`${service} ${state}`, reason));
    }),
    'log-line': ({ part, text }) => live.said(`${part}: ${text}\n`),
  };
}

function withReason(part: string, reason: string | undefined): string {
  return reason === undefined ? part : `${part}: ${reason}`;
}
