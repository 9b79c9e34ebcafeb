import { homedir } from 'node:os';
import { NoCredentialsError } from '../aws/aws-error.js';
import { ecrCredentials } from '../aws/ecr/ecr-credentials.js';
import { parseEcrHost } from '../aws/ecr/ecr-host.js';
import type { CredentialSource, Credentials } from '../registry/credentials/credentials.js';
import { dockerConfigCredentials } from '../registry/credentials/docker-config.js';
import type { Environment } from '../environment.js';

/** ECR may also answer 400 to an expired token. */
const ecrRefusals = [400];

/**
 * Credentials for all commands: for ECR from AWS, or without an AWS login from Docker's configuration; for other
 * registries only from Docker's configuration.
 * @throws (from `find`) NoCredentialsError for a private ECR registry without known credentials
 */
export function registryCredentials(environment: Environment, signal?: AbortSignal): CredentialSource {
  const docker = dockerConfigCredentials({ environment, home: environment.HOME ?? homedir() });
  const aws = ecrCredentials({ environment, signal });
  return {
    async find(registry, options): Promise<Credentials | undefined> {
      const ecr = parseEcrHost(registry);
      if (ecr === undefined) return docker.find(registry, options);
      try {
        return await aws.find(registry, options);
      } catch (error) {
        if (!(error instanceof NoCredentialsError)) throw error;
        const found = await docker.find(registry, options);
        // The public registry allows anonymous pulls.
        if (found === undefined && ecr.kind === 'private') throw error;
        return found;
      }
    },
    refusals: (registry) => (parseEcrHost(registry) === undefined ? [] : ecrRefusals),
  };
}
