import { ecrRegistry } from '../aws/ecr/ecr.js';
import { type AwsServices, awsServices } from '../aws/aws-services.js';
import { callerIdentity } from '../aws/sts/caller-identity.js';
import type { BuildContext } from '../context.js';
import { cloudFormationDriver } from '../platform/cloudformation/cloudformation-driver.js';
import type { AwsContext } from '../platform/cloudformation/aws-context.js';
import { loadPrices } from '../platform/cost/price-table.js';
import type { PlatformDriver } from '../platform/driver.js';
import { loadPlatform } from '../platform/graph/load-platform.js';
import type { EnvironmentSpec } from '../spec/load-environment.js';
import { withProfile } from './with-profile.js';
import { askAddress } from './ask-address.js';
import { findDeployer } from './find-deployer.js';
import { projectReleases } from './project-releases.js';

/** The platform of an environment on AWS. Nothing is asked yet. @throws BuilderError, SpecError where the graph or a template is wrong */
export function openAwsPlatform(name: string, spec: EnvironmentSpec, context: BuildContext): PlatformDriver {
  return cloudFormationDriver(awsContext(name, spec, context));
}

/** What `openAwsPlatform` works with. @throws as it does */
export function awsContext(name: string, spec: EnvironmentSpec, whole: BuildContext): AwsContext {
  const context = { ...whole, environment: withProfile(whole.environment, spec) };
  const { reporter, signal, projectFolder, environment } = context;
  const profile = environment['AWS_PROFILE'];
  const known = new Map<string, AwsServices>();
  return {
    name,
    spec,
    platform: loadPlatform(projectFolder),
    prices: () => loadPrices(projectFolder),
    services: (region) => {
      const services = known.get(region) ?? awsServices(region, profile);
      known.set(region, services);
      return services;
    },
    registry: (host) => ecrRegistry(host, environment),
    identity: () => callerIdentity({ region: spec.region ?? 'us-east-1', profile }, signal),
    path: environment['PATH'],
    profile,
    releases: projectReleases(context, spec),
    deployer: () => findDeployer(projectFolder, environment),
    ask: (address) => askAddress(address, signal),
    reporter,
    signal,
    token: String(Date.now()),
  };
}
