/** From harmless to worst. */
export const severities = ['undefined', 'informational', 'low', 'medium', 'high', 'critical'] as const;

export type Severity = (typeof severities)[number];

/** Where a finding stands among `severities`; Inspector's "UNTRIAGED" and words not known count as undefined. */
export function severityRank(severity: string): number {
  return Math.max(0, severities.indexOf(severity.toLowerCase() as Severity));
}
