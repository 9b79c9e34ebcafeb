import { ecrRegistry } from '../aws/ecr/ecr.js';
import { type AwsServices, awsServices } from '../aws/aws-services.js';
import { callerIdentity } from '../aws/sts/caller-identity.js';
import type { BuildContext } from '../context.js';
import { cloudFormationDriver } from '../platform/cloudformation/cloudformation-driver.js';
import { loadPrices } from '../platform/cost/price-table.js';
import type { PlatformDriver } from '../platform/driver.js';
import { loadPlatform } from '../platform/graph/load-platform.js';
import type { EnvironmentSpec } from '../spec/load-environment.js';
import { askAddress } from './ask-address.js';
import { findDeployer } from './find-deployer.js';
import { projectReleases } from './project-releases.js';

/** The platform of an environment on AWS. Nothing is asked yet. @throws BuilderError, SpecError where the graph or a template is wrong */
export function openAwsPlatform(name: string, spec: EnvironmentSpec, context: BuildContext): PlatformDriver {
  const { reporter, signal, projectFolder, environment } = context;
  const known = new Map<string, AwsServices>();
  return cloudFormationDriver({
    name,
    spec,
    platform: loadPlatform(projectFolder),
    prices: () => loadPrices(projectFolder),
    services: (region) => {
      const services = known.get(region) ?? awsServices(region);
      known.set(region, services);
      return services;
    },
    registry: (host) => ecrRegistry(host, environment),
    identity: () => callerIdentity(spec.region ?? 'us-east-1', signal),
    path: environment['PATH'],
    profile: environment['AWS_PROFILE'],
    releases: projectReleases(context, spec),
    deployer: () => findDeployer(projectFolder, environment),
    ask: (address) => askAddress(address, signal),
    reporter,
    signal,
    token: String(Date.now()),
  });
}
