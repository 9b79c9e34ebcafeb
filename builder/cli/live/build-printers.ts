import type { BuildEvent } from '../../build-event.js';
import { formatLeftOut } from '../text/left-out-text.js';
import { statusOf } from '../text/step-status.js';
import type { Output, Printers } from './printers.js';

/** Prints a line for each finished part of a build; the live line shows the running one. */
export function buildPrinters({ live, line, note, verbose }: Output): Printers<BuildEvent['kind']> {
  return {
    'base-started': ({ name }) => live.start(`base ${name}`),
    'base-done': ({ name, cached, ms }) => line(cached ? 'cached' : 'made', ms, `base ${name}`),
    'step-started': ({ name }) => live.start(name),
    'step-output': ({ text }) => live.said(text),
    'step-done': (event) => {
      line(statusOf(event), event.ms, event.name);
      if (event.reason !== undefined && !event.cached) note(`because ${event.reason}`);
      if (event.leftOut !== undefined && event.leftOut.length > 0)
        note(formatLeftOut(event.leftOut, verbose));
    },
    'smoke-started': ({ name }) => live.start(`check: ${name}`),
    'smoke-done': ({ name, passed, ms }) => line(passed ? 'passed' : 'failed', ms, `check: ${name}`),
    loaded: ({ tags, ms }) => line('loaded', ms, `${tags.join(', ')} into Docker`),
    written: ({ path, ms }) => line('written', ms, path),
  };
}
