import { setTimeout as sleepFor } from 'node:timers/promises';
import { BuilderError } from '../../errors.js';
import type { EcrImage, EcrRegistry, ScanAnswer, ScanFinding } from './ecr-registry.js';
import { severityRank } from './severity.js';

export interface AwaitScanOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  readonly sleep?: (ms: number) => Promise<void>;
  readonly clock?: () => number;
}

const pollMs = { first: 1000, most: 10_000 };
const done = new Set(['COMPLETE', 'ACTIVE']);
const goesOn = new Set(['IN_PROGRESS', 'PENDING']);

/**
 * Waits until ECR has scanned an image, and gives what it found, the worst first. A scan that nobody asked for is asked for.
 * @throws BuilderError `failed` where ECR can't scan it, refuses, or needs longer than ten minutes
 */
export async function awaitScan(
  registry: EcrRegistry,
  image: EcrImage,
  options: AwaitScanOptions = {},
): Promise<ScanFinding[]> {
  const { signal, timeoutMs = 600_000, clock = Date.now } = options;
  const sleep = options.sleep ?? ((ms: number) => sleepFor(ms, undefined, { signal }));
  const deadline = clock() + timeoutMs;
  let started = false;
  for (let wait = pollMs.first; ; wait = Math.min(wait * 1.5, pollMs.most)) {
    const answer = await registry.scanFindings(image, { signal });
    if (answer === undefined && !started) {
      await registry.startScan(image, { signal });
      started = true;
    } else if (answer !== undefined && isDone(answer, image)) return bySeverity(answer.findings);
    if (clock() + wait > deadline)
      throw failed(image, `it takes longer than ${Math.round(timeoutMs / 60_000)} minutes`);
    await sleep(wait);
  }
}

function isDone({ status, description }: ScanAnswer, image: EcrImage): boolean {
  if (done.has(status)) return true;
  if (goesOn.has(status)) return false;
  throw failed(image, description === undefined ? status : `${status}: ${description}`);
}

function failed({ repository, digest }: EcrImage, why: string): BuilderError {
  return new BuilderError(`ECR has not scanned ${repository}@${digest}: ${why}`, {
    code: 'failed',
    hint: 'The image is pushed. Look at it in the ECR console, or push again without --scan-threshold.',
  });
}

function bySeverity(findings: readonly ScanFinding[]): ScanFinding[] {
  return findings.toSorted(
    (a, b) => severityRank(b.severity) - severityRank(a.severity) || a.name.localeCompare(b.name, 'en'),
  );
}
