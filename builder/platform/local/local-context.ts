import type { DockerResources } from '../../engine/docker/resources/docker-resources.js';
import type { Reporter } from '../../reporter.js';
import type { LocalSettings } from '../../spec/environment/local-schema.js';
import type { EnvironmentSpec } from '../../spec/load-environment.js';
import type { PlatformNames } from './platform-names.js';
import type { LocalAuthority } from './state/local-authority.js';
import type { PlatformSecrets } from './state/platform-secrets.js';

/** What the parts of a local platform are made with. */
export interface LocalContext {
  readonly docker: DockerResources;
  readonly spec: EnvironmentSpec & { readonly local: LocalSettings };
  readonly names: PlatformNames;
  /** Absolute path of the folder that holds `infra-cfn/`. */
  readonly projectFolder: string;
  readonly secrets: PlatformSecrets;
  readonly authority: LocalAuthority;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  /** Builds an image of the project under the name that the environment's file has for it. @throws BuilderError where it can't */
  build(name: string): Promise<void>;
  /** As Docker calls a release: for the digest that a build printed, the image's id; other names as they are. */
  dockerName(release: string): string;
}
