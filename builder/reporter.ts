import type { BuildEvent } from './build-event.js';
import type { PlatformEvent } from './platform-event.js';
import type { PushEvent } from './push-event.js';

/** Events reported to the user. A new event needs one case in the printers (`cli/live/`). */
export type PlatenEvent =
  | BuildEvent
  | PushEvent
  | PlatformEvent
  /** A message of the playbook (the `debug` module), or a note of platen's own. */
  | { readonly kind: 'message'; readonly text: string }
  /** Nothing is wrong yet, but the user should know. */
  | { readonly kind: 'warning'; readonly text: string };

/** Reports events to the user as they happen, on another stream than the result. */
export interface Reporter {
  report(event: PlatenEvent): void;
}

/** Reports nothing: for `--quiet` and for tests. */
export const silentReporter: Reporter = { report: () => {} };
