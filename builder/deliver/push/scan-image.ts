import { awaitScan } from '../../aws/ecr/await-scan.js';
import type { EcrImage, EcrRegistry, ScanFinding } from '../../aws/ecr/ecr-registry.js';
import { BuilderError } from '../../errors.js';
import type { Reporter } from '../../reporter.js';
import { type Severity, severityRank } from '../../aws/ecr/severity.js';

/** Waits for ECR's scan of an image and reports its findings. @throws BuilderError `failed` if one reaches the threshold */
export async function awaitAcceptableScan(
  registry: EcrRegistry,
  image: EcrImage,
  { threshold, reporter, signal }: { threshold: Severity; reporter: Reporter; signal: AbortSignal },
): Promise<readonly ScanFinding[]> {
  const started = performance.now();
  reporter.report({ kind: 'scan-started', repository: image.repository });
  const findings = await awaitScan(registry, image, { signal });
  reporter.report({ kind: 'scan-done', findings, ms: performance.now() - started });
  const bad = findings.filter(({ severity }) => severityRank(severity) >= severityRank(threshold));
  if (bad.length === 0) return findings;
  const many = bad.length === 1 ? '1 finding' : `${bad.length} findings`;
  throw new BuilderError(
    `The scan of ${image.repository}@${image.digest} has ${many} of severity ${threshold} or worse`,
    {
      code: 'failed',
      hint: 'The image is pushed. Update the named packages (build with --no-cache), or raise --scan-threshold.',
    },
  );
}
