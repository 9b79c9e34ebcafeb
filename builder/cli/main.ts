#!/usr/bin/env node
import { cacheFolder } from '../store/cache-folder.js';
import type { Work } from './command-line.js';
import { runCommandLine } from './run-command-line.js';

/** The bundle's name, which holds its digest: the launcher tells it. */
declare const platenBundle: string | undefined;

const work: Work = {
  buildImage: async (...call) => (await import('../run/build-image.js')).buildImage(...call),
  planImage: async (...call) => (await import('../run/plan-image.js')).planImage(...call),
  pushImage: async (...call) => (await import('../run/push-image.js')).pushBuiltImage(...call),
  inspectImage: async (...call) => (await import('../run/inspect-image.js')).inspectImage(...call),
  diffImages: async (...call) => (await import('../run/diff-images.js')).diffImages(...call),
  pullImage: async (...call) => (await import('../run/pull-image.js')).pullImage(...call),
  runImage: async (...call) => (await import('../run/run-image.js')).runImage(...call),
  runTask: async (...call) => (await import('../run/run-task.js')).runTask(...call),
  openPlatform: async (...call) => (await import('../run/open-platform.js')).openPlatform(...call),
  accountRegistry: async (...call) => (await import('../run/account-registry.js')).accountRegistry(...call),
  preparePromotion: async (...call) => (await import('../run/promote-release.js')).preparePromotion(...call),
  cacheStats: async (environment) => (await import('../run/count-all.js')).countAll(cacheFolder(environment)),
  pruneCache: async (environment, options) =>
    (await import('../run/prune-all.js')).pruneAll(cacheFolder(environment), options),
};

// A note for its developers, which the AWS SDK would write among what our users read.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** npm and the terminal may both pass an interrupt on: only a later one counts as impatience. */
const PATIENCE_MS = 2000;
const INTERRUPTED = 130;

const controller = new AbortController();
let interruptedAt: number | undefined;
const interrupt = (): void => {
  interruptedAt ??= performance.now();
  if (performance.now() - interruptedAt > PATIENCE_MS) process.exit(INTERRUPTED);
  controller.abort();
};
let handleInterrupt: ((end: () => void) => void) | undefined;
process.on('SIGINT', () => (handleInterrupt === undefined ? interrupt() : handleInterrupt(interrupt)));
process.on('SIGTERM', interrupt);

// Whoever reads may stop reading: `platen … | head`.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    const name = stream === process.stdout ? 'The result' : 'Progress';
    process.stderr.write(`platen: ${name} could not be written: ${error.message}\n`, () => process.exit(1));
  });

process.on('uncaughtException', (error) => {
  process.stderr.write(`platen: failed: ${error.message}; this is a bug\n`);
  if (process.env.PLATEN_DEBUG) process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});

// Nothing is left to wait for, and there is no result: whoever reads the exit code must not take it for one.
process.on('beforeExit', () => {
  process.stderr.write('platen: failed: the build stopped in the middle; this is a bug\n');
  process.exit(1);
});

// Ends here, whatever connections or timers libraries keep.
void runCommandLine(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  // Node makes standard input when it is asked for: few commands read it.
  get streams() {
    return { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr };
  },
  environment: process.env,
  workingFolder: process.cwd(),
  signal: controller.signal,
  onInterrupt(handle) {
    handleInterrupt = handle;
    return { [Symbol.dispose]: () => (handleInterrupt = undefined) };
  },
  work,
  program: typeof platenBundle === 'string' ? platenBundle : undefined,
}).then((exitCode) =>
  // Where the result could not be written, the stream says so, and the exit code is another.
  process.stdout.write('', (error) => (error ? undefined : process.exit(exitCode))),
);
