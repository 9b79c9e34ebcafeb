import type { AwsServices } from '../../aws/aws-services.js';
import type { EcrRegistry } from '../../aws/ecr/ecr-registry.js';
import type { CallerIdentity } from '../../aws/sts/caller-identity.js';
import type { Reporter } from '../../reporter.js';
import type { EnvironmentSpec } from '../../spec/load-environment.js';
import type { PriceFile } from '../cost/price-schema.js';
import type { Platform } from '../graph/platform.js';
import type { Pausing } from './pause.js';
import type { Releases } from './releases.js';

/** What the platform of an environment on AWS is made with. */
export interface AwsContext extends Pausing {
  /** The environment's name. */
  readonly name: string;
  readonly spec: EnvironmentSpec;
  /** The graph of all stacks. */
  readonly platform: Platform;
  /** What AWS asks for. @throws BuilderError, SpecError */
  prices(): PriceFile;
  /** Of one region, the same for each call. */
  services(region: string): AwsServices;
  /** The ECR registry that a host is; undefined for other registries. */
  registry(host: string): EcrRegistry | undefined;
  /** Whose credentials were found. @throws NoCredentialsError */
  identity(): Promise<CallerIdentity>;
  /** Where programs are looked for, divided as in PATH. */
  readonly path: string | undefined;
  /** AWS_PROFILE, for messages. */
  readonly profile: string | undefined;
  readonly releases: Releases;
  /** Who deploys, and from what. */
  deployer(): Promise<Deployer>;
  /** Asks an address; its status, or undefined where nothing answers. */
  ask(address: string): Promise<number | undefined>;
  readonly reporter: Reporter;
  /** Names this run. */
  readonly token: string;
}

export interface Deployer {
  /** "ann@laptop", or what the pipeline calls itself. */
  readonly who: string;
  readonly branch: string | undefined;
  readonly commit: string | undefined;
}
