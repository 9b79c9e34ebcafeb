import type { StepDone } from '../../build-event.js';
import type { Colour } from './palette.js';

export type Status =
  | 'cached'
  | 'changed'
  | 'ok'
  | 'failed'
  | 'passed'
  | 'made'
  | 'loaded'
  | 'written'
  | 'sent'
  | 'mounted'
  | 'there'
  | 'pushed'
  | 'scanned'
  | 'created'
  | 'updated'
  | 'removed'
  | 'healthy'
  | 'drained'
  | 'stopped'
  | 'saved'
  | 'restored'
  | 'done';

export const statusColours: Record<Status, Colour> = {
  cached: 'cyan',
  changed: 'yellow',
  ok: 'green',
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
  saved: 'green',
  restored: 'yellow',
  created: 'yellow',
  updated: 'yellow',
  removed: 'yellow',
  healthy: 'green',
  drained: 'cyan',
  stopped: 'cyan',
  done: 'green',
};

/** What became of a step, in one word. */
export function statusOf({ failed, cached, changed }: StepDone): Status {
  if (failed) return 'failed';
  if (cached) return 'cached';
  return changed ? 'changed' : 'ok';
}
