import { BuilderError } from '../../../errors.js';
import type { AwsContext } from '../aws-context.js';
import { pause } from '../pause.js';
import { addressCheck } from './address-check.js';
import type { Check, Deployed, Verdict } from './check.js';
import { databaseCheck } from './database-check.js';
import { imageCheck } from './image-check.js';
import { mountTargetCheck } from './mount-target-check.js';
import { serviceCheck } from './service-check.js';
import { targetCheck } from './target-check.js';

/** All that must hold after a deployment. */
export const platformChecks: readonly Check[] = [
  databaseCheck,
  mountTargetCheck,
  imageCheck,
  serviceCheck,
  targetCheck,
  addressCheck,
];

const pollMs = 10_000;
/** How often what may get well by itself is looked at: ten minutes. */
const looks = 60;

/** Looks with the services' own eyes whether a platform is as it was wanted, and tells it. @throws BuilderError with all that is not */
export async function verifyPlatform(
  context: AwsContext,
  deployed: Deployed,
  checks: readonly Check[] = platformChecks,
): Promise<void> {
  context.reporter.report({ kind: 'phase-started', environment: context.name, phase: 'verify' });
  const verdicts = await Promise.all(checks.map((check) => verdictOf(check, context, deployed)));
  const bad = verdicts.flatMap((verdict) => (verdict?.state === 'bad' ? [verdict] : []));
  if (bad.length === 0) return;
  throw new BuilderError(
    `The platform was deployed and is not well: ${bad.map(({ detail }) => detail).join('; ')}`,
    { code: 'failed', hint: bad.map(({ hint }) => hint).find((hint) => hint !== undefined) },
  );
}

async function verdictOf(
  { name, look }: Check,
  context: AwsContext,
  deployed: Deployed,
): Promise<Verdict | undefined> {
  const started = performance.now();
  const { reporter } = context;
  for (let left = looks; ; left -= 1) {
    const found = await look(context, deployed);
    if (found?.state === 'pending' && left > 1) {
      await pause(context, pollMs);
      continue;
    }
    const verdict: Verdict | undefined = found?.state === 'pending' ? { ...found, state: 'bad' } : found;
    const ms = performance.now() - started;
    const part = `${name}: ${verdict?.detail}`;
    if (verdict?.state === 'ok') reporter.report({ kind: 'part-healthy', part, ms });
    if (verdict?.state === 'bad')
      reporter.report({ kind: 'part-failed', part: name, ms, reason: verdict.detail });
    if (verdict?.state === 'unsure') reporter.report({ kind: 'message', text: verdict.detail });
    return verdict;
  }
}
