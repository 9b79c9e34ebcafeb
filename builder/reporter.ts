import type { BuildEvent } from './build-event.js';
import type { PlatformEvent } from './platform-event.js';
import type { PushEvent } from './push-event.js';

/** Whatever the user is told while it happens. A new event needs one case in the printers (`cli/live/`). */
export type PlatenEvent =
  | BuildEvent
  | PushEvent
  | PlatformEvent
  /** What the playbook says to the user (the `debug` module), or a note of platen's own. */
  | { readonly kind: 'message'; readonly text: string }
  /** Nothing is wrong yet, but the user should know. */
  | { readonly kind: 'warning'; readonly text: string };

/** Tells the user what happens, while it happens. Everything goes to one stream, which is not the result's. */
export interface Reporter {
  report(event: PlatenEvent): void;
}

/** Says nothing at all: for `--quiet` and for tests. */
export const silentReporter: Reporter = { report: () => {} };
