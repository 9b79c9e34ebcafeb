import type { EnvironmentSpec } from '../../spec/load-environment.js';
import type { StackOutputs } from './stack-parameters.js';

/** The address of the site: of its domain, else of CloudFront, else of the load balancer; undefined where there is none yet. */
export function siteAddress(outputs: StackOutputs, { domain }: EnvironmentSpec): string | undefined {
  if (!outputs.has('service')) return undefined;
  if (domain !== undefined) return `https://${domain.name}`;
  return ['cdn', 'edge'].map((name) => outputs.get(name)?.['Address']).find((address) => address);
}
