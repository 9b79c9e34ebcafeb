import type { PlatformDriver } from '../platform/driver.js';
import { askLine } from './ask-line.js';
import type { CommandLine } from './command-line.js';
import type { TerminalReporter } from './live/stream-reporter.js';
import { formatError } from './text/print-error.js';
import { paletteFor } from './text/palette.js';
import { isTerminal } from './terminal-stream.js';

interface Watched {
  readonly driver: Pick<PlatformDriver, 'stopDeployment'>;
  readonly reporter: TerminalReporter;
}

const question = `What AWS has begun goes on, whether or not it is watched.
  b  keep it going in the background, and stop watching
  r  stop the service's deployment, and roll it back
  w  go on watching
b, r or w? `;

/** Makes Ctrl-C a question once a deployment has begun that goes on by itself. */
export interface Interruption extends Disposable {
  begin(): void;
}

/**
 * From `begin` until it is disposed, Ctrl-C asks what is to become of the deployment. Before, where nobody could see the question or
 * answer it, and at the second Ctrl-C, it ends the program as ever.
 */
export function askOnInterrupt(commandLine: CommandLine, watched: Watched): Interruption {
  const over = new AbortController();
  let isAsking = false;
  let handling: Disposable | undefined;
  const handle = (end: () => void): void => {
    if (isAsking) return end();
    isAsking = true;
    void watched.reporter
      .hold(() => ask(commandLine, watched, { end, over: over.signal }))
      .finally(() => (isAsking = false));
  };
  return {
    begin() {
      const { stdin, stderr } = commandLine.streams;
      if (isTerminal(stdin) && isTerminal(stderr)) handling ??= commandLine.onInterrupt?.(handle);
    },
    [Symbol.dispose]() {
      handling?.[Symbol.dispose]();
      over.abort();
    },
  };
}

async function ask(
  commandLine: CommandLine,
  { driver }: Watched,
  { end, over }: { readonly end: () => void; readonly over: AbortSignal },
): Promise<void> {
  const { stderr, environment } = commandLine;
  // At the second Ctrl-C there is no answer.
  const answer = await askLine(commandLine, `\n${question}`, over).catch(() => undefined);
  // It ended meanwhile, and says how.
  if (over.aborted || answer === 'w') return;
  if (answer !== 'r') {
    stderr.write(
      '\nIt goes on in AWS. The same command watches it again, and does what was not begun yet.\n',
    );
    return end();
  }
  try {
    const isStopped = await driver.stopDeployment();
    stderr.write(
      isStopped
        ? 'It is rolled back; this is watched until it is done.\n'
        : 'The service is not being deployed at this moment: there is nothing to roll back. This goes on.\n',
    );
  } catch (error) {
    stderr.write(formatError(error, { paint: paletteFor(stderr, environment), readText: () => undefined }));
  }
}
