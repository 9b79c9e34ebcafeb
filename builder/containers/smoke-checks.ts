import { setTimeout as sleep } from 'node:timers/promises';
import { BuilderError } from '../errors.js';
import type { Reporter } from '../reporter.js';
import type { ImageSpec } from '../spec/image-spec.js';
import type { CheckedContainer, StartChecked } from './checked-container.js';

type SmokeCheck = ImageSpec['smoke'][number];

/** Runs a spec's checks in containers of the image, in order. @throws BuilderError at the first failure, with the end of the log */
export async function smokeChecks(
  checks: readonly SmokeCheck[],
  context: { start: StartChecked; reporter: Reporter; signal: AbortSignal },
): Promise<void> {
  for (const check of checks) {
    const started = performance.now();
    context.reporter.report({ kind: 'smoke-started', name: check.name });
    const failure = await smokeCheck(check, context);
    const ms = performance.now() - started;
    context.reporter.report({ kind: 'smoke-done', name: check.name, passed: failure === undefined, ms });
    if (failure !== undefined) throw failure;
  }
}

async function smokeCheck(
  check: SmokeCheck,
  { start, signal }: { start: StartChecked; signal: AbortSignal },
): Promise<BuilderError | undefined> {
  const { environment } = check;
  const how = check.kind === 'command' ? { command: check.command } : { port: check.port };
  const container = await start({ environment, ...how });
  try {
    const why = await withinTime(check, container, signal);
    if (why === undefined) return undefined;
    const log = (await container.logs()).trimEnd().split('\n').slice(-20).join('\n');
    return new BuilderError(`The smoke check "${check.name}" failed: ${why}${log && `\n${log}`}`, {
      code: 'failed',
      hint: 'the image was not tagged: fix it, or build with --no-smoke to look at it',
    });
  } finally {
    await container.remove();
  }
}

/** Repeats a check until it succeeds (undefined), or until its time is over (the reason). */
async function withinTime(
  check: SmokeCheck,
  container: CheckedContainer,
  signal: AbortSignal,
): Promise<string | undefined> {
  const end = performance.now() + check.withinSeconds * 1000;
  const once = check.kind === 'command' ? commandEnded : httpAnswers;
  for (;;) {
    signal.throwIfAborted();
    const { done, why } = await once(check as never, container);
    if (done) return why;
    if (performance.now() > end) return `${why ?? 'no answer'} after ${check.withinSeconds} s`;
    await sleep(50);
  }
}

interface Attempt {
  readonly done: boolean;
  readonly why?: string | undefined;
}

async function commandEnded(
  check: SmokeCheck & { kind: 'command' },
  container: CheckedContainer,
): Promise<Attempt> {
  const code = await container.exitCode();
  if (code === undefined) return { done: false, why: 'it is still running' };
  return {
    done: true,
    why: code === check.exitCode ? undefined : `exit code ${code}, not ${check.exitCode}`,
  };
}

async function httpAnswers(
  check: SmokeCheck & { kind: 'http' },
  container: CheckedContainer,
): Promise<Attempt> {
  if ((await container.exitCode()) !== undefined) return { done: true, why: 'the container ended' };
  try {
    const { status, body } = await container.ask(check.port, check.path);
    if (status !== check.status) return { done: false, why: `status ${status}, not ${check.status}` };
    if (check.contains !== undefined && !body.includes(check.contains)) {
      return { done: false, why: `the body does not contain ${JSON.stringify(check.contains)}` };
    }
    return { done: true };
  } catch (error) {
    return { done: false, why: (error as Error).message };
  }
}
