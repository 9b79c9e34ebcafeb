import { ecrRegistry } from '../aws/ecr/ecr.js';
import { type AwsServices, awsServices } from '../aws/aws-services.js';
import { callerIdentity } from '../aws/sts/caller-identity.js';
import type { BuildContext } from '../context.js';
import type { Environment } from '../environment.js';
import { BuilderError } from '../errors.js';
import { cloudFormationDriver } from '../platform/cloudformation/cloudformation-driver.js';
import type { AwsContext } from '../platform/cloudformation/aws-context.js';
import { loadPrices } from '../platform/cost/price-table.js';
import type { PlatformDriver } from '../platform/driver.js';
import { loadPlatform } from '../platform/graph/load-platform.js';
import { cacheFolder } from '../store/cache-folder.js';
import { type OpenStore, openStore } from '../store/content-store.js';
import { digestOf } from '../store/digest.js';
import { type Memo, StoredMemo, noMemo } from '../store/memo.js';
import type { EnvironmentSpec } from '../spec/load-environment.js';
import { withProfile } from './with-profile.js';
import { askAddress } from './ask-address.js';
import { findDeployer } from './find-deployer.js';
import { projectReleases } from './project-releases.js';

/** The platform of an environment on AWS. Sends no request yet. @throws BuilderError, SpecError if the graph or a template is wrong */
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
    platform: remembered(context, 'graph', (memo) => loadPlatform(projectFolder, undefined, memo)),
    prices: () => remembered(context, 'prices', (memo) => loadPrices(projectFolder, memo)),
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

/** What YAML comes to is kept in the cache, where there is one: it is most of a plan's time. */
function remembered<T>(
  { projectFolder, environment, program }: BuildContext,
  what: string,
  load: (memo: Memo) => T,
): T {
  if (program === undefined) return load(noMemo);
  using store = openCache(environment);
  if (store === undefined) return load(noMemo);
  const key = digestOf(JSON.stringify([program, projectFolder, what]));
  const memo = new StoredMemo(store, key.slice('sha256:'.length));
  const loaded = load(memo);
  memo.save();
  return loaded;
}

/** Undefined where the cache can't be used: a plan needs none. */
function openCache(environment: Environment): OpenStore | undefined {
  try {
    return openStore(cacheFolder(environment));
  } catch (error) {
    if (error instanceof BuilderError) return undefined;
    throw error;
  }
}
