import { ecrRegistry } from '../aws/ecr/ecr.js';
import { BuilderError } from '../errors.js';
import { copyImage, hasImage } from '../deliver/copy-image.js';
import { ecrLimits, explainEcr, prepareEcr } from '../deliver/push/push-ecr.js';
import { awaitAcceptableScan } from '../deliver/push/scan-image.js';
import { registryCredentials } from '../open/registry-credentials.js';
import type { AwsContext } from '../platform/cloudformation/aws-context.js';
import { repositoryOf } from '../platform/cloudformation/inputs/image-input.js';
import { viewPlatform } from '../platform/cloudformation/platform-view.js';
import type { PlatformDriver } from '../platform/driver.js';
import { type RegistryClient, registryClient } from '../registry/client.js';
import type { Digest, Platform } from '../registry/descriptor.js';
import { readManifest } from '../registry/pull/pull-image.js';
import { shortDigest } from '../registry/repository.js';
import { type Reference, formatReference, parseReference } from '../registry/reference.js';
import { type EnvironmentSpec, loadEnvironment } from '../spec/load-environment.js';
import type { BuildContext } from '../context.js';
import { awsContext, openAwsPlatform } from './open-aws-platform.js';
import { withProfile } from './with-profile.js';

/** The release of one environment, on its way to another. */
export interface Promotion {
  readonly digest: Digest;
  /** Where it runs from: HOST/NAME@DIGEST. */
  readonly source: string;
  /** Where the other environment takes it from; what `provision --image` is given. */
  readonly image: string;
  /** The other environment's registry has it already. */
  readonly isThere: boolean;
  /** Brings it there, where it is not yet, and sees to it that it is. @throws BuilderError, RegistryError */
  copy(): Promise<void>;
}

/**
 * Looks what runs in one environment, and whether another could take it; nothing is copied yet. Each registry is asked with the
 * credentials of its environment.
 * @throws BuilderError `usage` where either is on this machine, `failed` where nothing runs, or two releases; RegistryError where
 *   the image is missing or made for other processors
 */
export async function preparePromotion(
  { from, to }: { readonly from: string; readonly to: string },
  context: BuildContext,
): Promise<Promotion> {
  if (from === to)
    throw new BuilderError(`${from} has its own release already`, {
      code: 'usage',
      hint: 'Give two environments: --from staging --to prod.',
    });
  const [source, target] = [from, to].map((name) => ({
    name,
    spec: onAws(name, loadEnvironment(context.projectFolder, name)),
  })) as [Side, Side];
  const running = await runningRelease(source.name, openAwsPlatform(source.name, source.spec, context));
  const repository = await repositoryFor(awsContext(target.name, target.spec, context));
  return promotionOf({ running, repository, source: source.spec, target: target.spec }, context);
}

interface Side {
  readonly name: string;
  readonly spec: EnvironmentSpec;
}

function onAws(name: string, spec: EnvironmentSpec): EnvironmentSpec {
  if (spec.local === undefined) return spec;
  throw new BuilderError(
    `${name} is on this machine; a promotion goes from one environment on AWS to another`,
    {
      code: 'usage',
      hint: 'npm run provision -- --env NAME --image wordpress pushes and deploys the newest build.',
    },
  );
}

/** HOST/NAME@DIGEST. @throws BuilderError `failed` where nothing runs, or what runs is not known to be good yet */
export async function runningRelease(name: string, driver: Pick<PlatformDriver, 'status'>): Promise<string> {
  const { service } = await driver.status();
  const { image, digest, revision, tasks = [] } = service ?? {};
  const isChanging = tasks.some((task) => task.revision !== revision);
  if (image !== undefined && digest !== undefined && !isChanging) return `${image.split('@')[0]}@${digest}`;
  throw new BuilderError(isChanging ? `${name} is being deployed` : `Nothing runs in ${name}`, {
    code: 'failed',
    hint: `"platen status --env ${name}" shows how it stands.`,
  });
}

async function repositoryFor(context: AwsContext): Promise<string> {
  const { there } = await viewPlatform(context);
  return (await repositoryOf({ context, there, isKnown: true })) ?? '';
}

/** What is promoted, and the environments that it goes from and to. */
interface Planned {
  /** HOST/NAME@DIGEST */
  readonly running: string;
  /** HOST/NAME */
  readonly repository: string;
  readonly source: EnvironmentSpec;
  readonly target: EnvironmentSpec;
}

/** As `preparePromotion`, once it is known what runs and where it shall go. */
export async function promotionOf(planned: Planned, context: BuildContext): Promise<Promotion> {
  const { running, repository, source, target } = planned;
  const reference = parseReference(running);
  const { digest } = reference;
  if (digest === undefined) throw new BuilderError(`${running} has no digest`, { code: 'failed' });
  const place = parseReference(`${repository}@${digest}`);
  const platform: Platform = { os: 'linux', architecture: architectures[target.compute.architecture] };
  const clients = { source: clientFor(source, context), target: clientFor(target, context) };
  const isThere = await hasImage(clients.target, place);
  await readManifest(
    ...(isThere ? ([clients.target, place] as const) : ([clients.source, reference] as const)),
    { platform },
  );
  return {
    digest,
    source: formatReference(reference),
    image: formatReference(place),
    isThere,
    copy: async () => {
      if (!isThere) await copy({ reference, place, platform, clients, target }, context);
      await scanned(place, { target, context });
    },
  };
}

const architectures = { X86_64: 'amd64', ARM64: 'arm64' } as const;

/** Its connections end with the process. */
function clientFor(spec: EnvironmentSpec, { environment, signal }: BuildContext): RegistryClient {
  const own = withProfile(environment, spec);
  return registryClient({ credentials: registryCredentials(own, signal), environment: own, signal });
}

interface Copy {
  readonly reference: Reference;
  readonly place: Reference;
  readonly platform: Platform;
  readonly clients: { readonly source: RegistryClient; readonly target: RegistryClient };
  readonly target: EnvironmentSpec;
}

async function copy(
  { reference, place, platform, clients, target }: Copy,
  context: BuildContext,
): Promise<void> {
  const { reporter, signal } = context;
  const digest = place.digest!;
  const started = performance.now();
  // Tags of a repository can't be moved, and a release is known by its digest.
  const tags = [digest.slice('sha256:'.length, 'sha256:'.length + 12)];
  const names = tags.map((tag) => `${place.name}:${tag}`);
  reporter.report({ kind: 'push-started', names });
  const ecr = await prepareEcr(
    { reference: place, tags },
    {
      environment: withProfile(context.environment, target),
      signal,
      createRepository: target.registry?.createRepository ?? false,
      settings: target.registry?.repository,
    },
  );
  const source = { client: clients.source, reference, platform };
  const goal = { client: clients.target, reference: place };
  const { uploaded, mounted, existing, bytes } = await copyImage(source, goal, {
    tags,
    ...(ecr && ecrLimits),
    onProgress: ({ digest: blob, ...event }) =>
      reporter.report({ kind: 'push-progress', ...event, digest: blob, name: shortDigest(blob) }),
  }).catch(async (error: unknown) => {
    const push = { target: { reference: place, tags }, digest, client: clients.target };
    throw ecr === undefined ? error : await explainEcr(error, push);
  });
  const ms = performance.now() - started;
  reporter.report({ kind: 'push-done', names, digest, uploaded, mounted, existing, bytes, ms });
}

/** What an environment does not let in by a push does not come in this way. */
async function scanned(
  { registry: host, repository, digest }: Reference,
  { target, context }: { readonly target: EnvironmentSpec; readonly context: BuildContext },
): Promise<void> {
  const threshold = target.registry?.scanThreshold;
  const environment = withProfile(context.environment, target);
  const registry = threshold && ecrRegistry(host, environment);
  if (threshold === undefined || registry === undefined || digest === undefined) return;
  const { reporter, signal } = context;
  await awaitAcceptableScan(registry, { repository, digest }, { threshold, reporter, signal });
}
