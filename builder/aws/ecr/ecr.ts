import { parseEcrHost } from './ecr-host.js';
import type { EcrRegistry } from './ecr-registry.js';
import { PrivateEcr } from './private-ecr.js';
import { PublicEcr } from './public-ecr.js';
import type { Environment } from '../../environment.js';

/**
 * The ECR registry that a host is; undefined for others. Credentials (of AWS_PROFILE where `environment` has one), and
 * AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_ECR, are found by the SDK where it always looks; nothing is asked yet.
 */
export function ecrRegistry(host: string, environment: Environment): EcrRegistry | undefined {
  const parsed = parseEcrHost(host);
  if (parsed === undefined) return undefined;
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_ECR, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS } = environment;
  const profile = environment['AWS_PROFILE'];
  const given = Boolean(AWS_ENDPOINT_URL_ECR ?? AWS_ENDPOINT_URL);
  return parsed.kind === 'public'
    ? new PublicEcr(parsed, profile)
    : new PrivateEcr(parsed, {
        profile,
        endpointGiven: given && AWS_IGNORE_CONFIGURED_ENDPOINT_URLS !== 'true',
      });
}
