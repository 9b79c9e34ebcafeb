import { usage } from '../usage.js';
import type { BuilderError } from '../../errors.js';
import { parseReference } from '../../registry/reference.js';
import { hasHost, parseRegistryPrefix } from '../../registry/registry-prefix.js';
import type { PushOptions } from '../../run/push-options.js';
import type { Severity } from '../../aws/ecr/severity.js';
import type { PushChoices } from '../../deliver/push/push-choices.js';
import type { EnvironmentRegistry } from './environment-registry.js';

/** Options that `platen build --push` and `platen push` share, as commander parses them. */
export interface PushFlags {
  readonly tag?: string[];
  readonly registry?: string;
  readonly env?: string;
  readonly createRepository?: true;
  readonly scanThreshold?: Severity;
  readonly json?: true;
  readonly quiet?: true;
}

/** Returns options for each image. Flags override the environment. @throws BuilderError `usage` */
export function pushOptionsOf(
  images: readonly string[],
  flags: PushFlags,
  environment?: EnvironmentRegistry,
): PushOptions[] {
  const { tags, registry } = namesOf(flags, environment);
  if (registry === undefined && lacksRegistry(images, flags))
    throw noRegistry(images.join(', '), environment);
  const whole = tags.find((tag) => !tag.startsWith(':'));
  if (images.length > 1 && whole !== undefined)
    throw usage(`--tag ${whole} can't name ${images.length} images`, 'Give a tag alone, like --tag :6.8.');
  return images.map((image) => ({ image, tags, registry, ...pushChoices(flags, environment) }));
}

/** Tells whether the images have no registry if their environment has none. @throws BuilderError `usage` for an invalid tag */
export function lacksRegistry(images: readonly string[], { registry, tag = [] }: PushFlags): boolean {
  return registry === undefined && !tag.map(parseTag).some(hasHost) && !images.every(saysRegistry);
}

/** Tells whether an image in Docker has a registry in its name. */
function saysRegistry(image: string): boolean {
  return image.startsWith('docker:') && hasHost(image.slice('docker:'.length));
}

/** @throws BuilderError `usage` for a repository that the account's stack makes */
export function pushChoices(
  flags: PushFlags,
  { settings, isOfAccount }: Partial<EnvironmentRegistry> = {},
): PushChoices {
  if (flags.createRepository && isOfAccount)
    throw usage(
      "--create-repository can't be combined with the account's registry: its stack makes the repository",
      'For another repository, give --registry HOST[/PREFIX].',
    );
  return {
    createRepository: flags.createRepository ?? settings?.createRepository ?? false,
    scanThreshold: flags.scanThreshold ?? settings?.scanThreshold,
    ...(settings?.repository === undefined ? {} : { repository: settings.repository }),
  };
}

/** @throws BuilderError `usage` for an invalid tag or registry */
export function namesOf(
  { tag = [], registry }: PushFlags,
  { settings }: Partial<EnvironmentRegistry> = {},
): { tags: string[]; registry: string | undefined } {
  return {
    tags: tag.map(parseTag),
    registry: registry === undefined ? settings?.host : parseRegistry(registry),
  };
}

/** Returns the error for a push without a registry. */
export function noRegistry(what: string, environment?: EnvironmentRegistry): BuilderError {
  const hint = 'Give a registry with --registry HOST[/PREFIX], or a tag with one: --tag HOST/NAME:TAG.';
  return usage(
    `No registry is given for ${what}`,
    environment === undefined ? hint : `${environment.file} has no registry: add one there. Or:\n${hint}`,
  );
}

/** `[host[:port]/]name[:tag]`, as Docker's reference grammar has it, with the tag `latest` where none is given; or `:tag`. */
export function parseTag(text: string): string {
  const full = text.startsWith(':') ? `name${text}` : text;
  const parsed = attempt(() => parseReference(full));
  if (parsed === undefined || parsed.digest !== undefined)
    throw usage(
      `"${text}" can't be a tag`,
      'A tag looks like wordpress, wordpress:6.8, :6.8 or host:5000/team/wordpress:6.8.',
    );
  return parsed.tag === undefined ? `${text}:latest` : text;
}

/** `HOST[:PORT][/PREFIX]`, with no slash at its end. */
function parseRegistry(text: string): string {
  const registry = parseRegistryPrefix(text);
  if (registry !== undefined) return registry;
  throw usage(
    `--registry ${text} is not valid`,
    'Write it as HOST[:PORT][/PREFIX], like localhost:5000, ghcr.io/team or docker.io/team.',
  );
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
