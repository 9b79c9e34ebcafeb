import type { PlatformEvent } from '../../platform-event.js';
import { oneLine } from '../text/format.js';
import type { Output, Printers } from './printers.js';

const changes = {
  created: 'created',
  updated: 'updated',
  removed: 'removed',
  unchanged: 'ok',
  saved: 'saved',
  restored: 'restored',
} as const;

/** A line for everything that became of a part of the platform; meanwhile the live line says what is going on. */
export function platformPrinters({ live, line, note }: Output): Printers<PlatformEvent['kind']> {
  return {
    'part-started': ({ part, action }) => live.start(`${action} ${part}`),
    'part-changed': ({ part, change, ms, reason }) => line(changes[change], ms, withReason(part, reason)),
    'part-healthy': ({ part, ms }) => line('healthy', ms, part),
    'part-drained': ({ part, ms }) => line('drained', ms, part),
    'part-stopped': ({ part, ms, exitCode, reason }) => {
      const code = exitCode === undefined ? '' : ` (exit code ${exitCode})`;
      line('stopped', ms, withReason(`${part}${code}`, reason));
    },
    'part-failed': ({ part, ms, reason, log = [] }) => {
      line('failed', ms, withReason(part, reason));
      if (log.length > 0) note(log.map(oneLine).join('\n'));
    },
    'deployment-progress': ({ service, state, ...tasks }) => {
      const failed = tasks.failed > 0 ? `, ${tasks.failed} failed` : '';
      const counts = `${tasks.running} running, ${tasks.healthy} of ${tasks.desired} healthy${failed}`;
      live.said(`${service}: ${state === 'rolling-back' ? 'rolling back, ' : ''}${counts}\n`);
    },
    'deployment-done': ({ service, revision, outcome, ms, reason }) => {
      const state = outcome === 'rolled-back' ? `rolled back to ${revision}` : revision;
      line(outcome === 'completed' ? 'done' : 'failed', ms, withReason(`${service} ${state}`, reason));
    },
    'log-line': ({ part, text }) => live.said(`${part}: ${text}\n`),
  };
}

function withReason(part: string, reason: string | undefined): string {
  return reason === undefined ? part : `${part}: ${reason}`;
}
