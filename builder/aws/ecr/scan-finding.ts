import type { EnhancedImageScanFinding, ImageScanFinding } from '@aws-sdk/client-ecr';
import type { ScanFinding } from './ecr-registry.js';

/** What basic scanning says, its package among the attributes. */
export function basicFinding({ name, severity, attributes = [] }: ImageScanFinding): ScanFinding {
  const attribute = (key: string) => attributes.find((one) => one.key === key)?.value;
  return {
    name: name ?? 'unnamed',
    severity: severity ?? 'UNDEFINED',
    package: attribute('package_name'),
    version: attribute('package_version'),
  };
}

/** What Inspector says: one finding for each package that has it. */
export function enhancedFindings(finding: EnhancedImageScanFinding): ScanFinding[] {
  const { vulnerabilityId, vulnerablePackages = [] } = finding.packageVulnerabilityDetails ?? {};
  const name = vulnerabilityId ?? finding.title ?? 'unnamed';
  const common = { name, severity: finding.severity ?? 'UNDEFINED' };
  if (vulnerablePackages.length === 0) return [common];
  return vulnerablePackages.map((one) => ({
    ...common,
    package: one.name,
    version: one.release === undefined ? one.version : `${one.version}-${one.release}`,
    fixedIn: one.fixedInVersion === 'NotAvailable' ? undefined : one.fixedInVersion,
  }));
}
