import type { StepEvent } from '../../reporter.js';
import type { Colour } from './palette.js';

export type Status =
  | 'cached'
  | 'changed'
  | 'ok'
  | 'skipped'
  | 'failed'
  | 'passed'
  | 'made'
  | 'loaded'
  | 'written'
  | 'sent'
  | 'mounted'
  | 'there'
  | 'pushed'
  | 'scanned';

export const statusColours: Record<Status, Colour> = {
  cached: 'cyan',
  changed: 'yellow',
  ok: 'green',
  skipped: 'dim',
  failed: 'red',
  passed: 'green',
  made: 'yellow',
  loaded: 'green',
  written: 'green',
  sent: 'yellow',
  mounted: 'cyan',
  there: 'cyan',
  pushed: 'green',
  scanned: 'green',
};

/** What became of a step, in one word. */
export function statusOf({ failed, skipped, cached, changed }: StepEvent): Status {
  if (failed) return 'failed';
  if (skipped) return 'skipped';
  if (cached) return 'cached';
  return changed ? 'changed' : 'ok';
}
