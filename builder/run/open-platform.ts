import type { BuildContext } from '../context.js';
import { dockerResources } from '../engine/docker/resources/docker-resources.js';
import type { PlatformDriver } from '../platform/driver.js';
import type { LocalContext } from '../platform/local/local-context.js';
import { localDriver } from '../platform/local/local-driver.js';
import { PlatformNames } from '../platform/local/platform-names.js';
import { environmentFolder } from '../platform/local/state/environment-folder.js';
import { LocalAuthority } from '../platform/local/state/local-authority.js';
import { PlatformSecrets } from '../platform/local/state/platform-secrets.js';
import { PrivateFiles } from '../platform/local/state/private-files.js';
import { dockerIdOf } from '../open/loaded-images.js';
import { cacheFolder } from '../store/cache-folder.js';
import { openStore } from '../store/content-store.js';
import { digestSchema } from '../store/record-kind.js';
import { type EnvironmentSpec, loadEnvironment } from '../spec/load-environment.js';
import { buildImage } from './build-image.js';

/** A platform, and its files on this machine. */
export interface OpenedPlatform {
  readonly driver: PlatformDriver;
  readonly spec: EnvironmentSpec;
  /** Certificate of the authority for browsers; undefined if they trust it already. */
  readonly authorityFile: string | undefined;
}

/** An environment's platform: on this machine if its file has `local:`, else on AWS. @throws BuilderError `usage` if unknown, SpecError */
export async function openPlatform(environment: string, context: BuildContext): Promise<OpenedPlatform> {
  const spec = loadEnvironment(context.projectFolder, environment);
  const { local } = spec;
  if (local === undefined) {
    const { openAwsPlatform } = await import('./open-aws-platform.js');
    return { driver: openAwsPlatform(environment, spec, context), spec, authorityFile: undefined };
  }
  const folder = environmentFolder(context.environment, environment);
  const authority = new LocalAuthority(new PrivateFiles(`${folder}/authority`), environment);
  const { reporter, signal, projectFolder } = context;
  const localContext: LocalContext = {
    docker: await dockerResources({ host: context.environment.DOCKER_HOST }),
    spec: {
      ...spec,
      local,
    },
    names: new PlatformNames(environment),
    secrets: new PlatformSecrets(folder),
    authority,
    reporter,
    signal,
    projectFolder,
    build: (name) => build(name, context),
    dockerName: (release) => dockerName(release, context),
  };
  return { driver: localDriver(localContext), spec, authorityFile: authority.certificatePath };
}

function dockerName(release: string, { environment }: BuildContext): string {
  const parsed = digestSchema.safeParse(release);
  if (!parsed.success) return release;
  using store = openStore(cacheFolder(environment));
  return dockerIdOf(parsed.data, store) ?? release;
}

async function build(name: string, context: BuildContext): Promise<void> {
  const [image = name] = name.split(':');
  await buildImage(
    {
      image,
      tags: [name],
      explain: false,
      noCache: false,
      load: true,
      smoke: true,
      variables: {},
      engine: 'auto',
    },
    context,
  );
}
