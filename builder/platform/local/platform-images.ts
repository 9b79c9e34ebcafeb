import type { EngineImage } from '../../engine/docker/resources/images.js';
import { BuilderError } from '../../errors.js';
import type { LocalContext } from './local-context.js';
import type { PartName } from './parts/part.js';
import { partTable } from './parts/part-table.js';

/** What runs an image: a part, or the service. */
export type ImageRole = PartName | 'wordpress';

/** The roles that an environment needs images for. */
export function imageRoles({ spec }: Pick<LocalContext, 'spec'>): ImageRole[] {
  const parts = partTable.map(({ name }) => name).filter((name) => name !== 'cache' || spec.cache.enabled);
  return [...parts, 'wordpress'];
}

/** Images by role, and the names of those that Docker does not have. */
export interface PlatformImages {
  readonly found: Readonly<Partial<Record<ImageRole, EngineImage>>>;
  readonly missing: readonly { readonly role: ImageRole; readonly name: string }[];
}

/** Looks up what the environment's file names; `wanted` is the release of the service in its place. */
export async function findImages(context: LocalContext, wanted?: string): Promise<PlatformImages> {
  const { docker, spec } = context;
  const roles = imageRoles(context).map((role) => ({
    role,
    name: role === 'wordpress' && wanted !== undefined ? context.dockerName(wanted) : spec.local.images[role],
  }));
  const found = await Promise.all(
    roles.map(async ({ role, name }) => [role, await docker.images.find(name)] as const),
  );
  return {
    found: Object.fromEntries(found.filter(([, image]) => image !== undefined)),
    missing: roles.filter(({ role }) => found.find(([one]) => one === role)?.[1] === undefined),
  };
}

/** Builds those that are missing, one after the other: each uses all processors. */
export async function buildMissing(context: LocalContext, wanted?: string): Promise<PlatformImages> {
  const images = await findImages(context, wanted);
  if (images.missing.length === 0) return images;
  for (const { name } of images.missing) await context.build(name);
  return findImages(context, wanted);
}

/** An image that is not there yet: what a plan goes by. */
const notBuilt: EngineImage = {
  id: `sha256:${'0'.repeat(64)}`,
  names: [],
  labels: {},
  volumes: [],
  exposedPorts: [],
  user: '',
  environment: [],
  entrypoint: [],
  command: [],
  healthCheck: [],
  created: '',
};

/** The same, with something in place of those that are missing: a plan builds nothing. */
export function withPlaceholders({ found, missing }: PlatformImages): PlatformImages {
  return { found: { ...Object.fromEntries(missing.map(({ role }) => [role, notBuilt])), ...found }, missing };
}

/** @throws BuilderError where one is missing */
export function requireImage({ found, missing }: PlatformImages, role: ImageRole): EngineImage {
  const image = found[role];
  if (image !== undefined) return image;
  const name = missing.find((one) => one.role === role)?.name ?? role;
  throw new BuilderError(`Docker has no image "${name}", which ${role} runs`, {
    code: 'not-found',
    hint: `Build it: platen build ${name.split(':')[0]}`,
  });
}
