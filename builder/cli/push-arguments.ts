import { BuilderError } from '../errors.js';
import { parseReference } from '../registry/reference.js';
import { hasHost } from '../run/image-names.js';
import type { PushChoices, PushOptions, Severity } from '../run/push-options.js';

/** What `platen build --push` and `platen push` have in common, as commander gives it. */
export interface PushFlags {
  readonly tag?: string[];
  readonly registry?: string;
  readonly createRepository?: true;
  readonly scanThreshold?: Severity;
  readonly json?: true;
  readonly quiet?: true;
}

/** One for each image. @throws BuilderError `usage` */
export function pushOptionsOf(images: readonly string[], flags: PushFlags): PushOptions[] {
  const { tags, registry } = namesOf(flags);
  if (registry === undefined && !tags.some(hasHost)) throw noRegistry(images.join(', '));
  const whole = tags.find((tag) => !tag.startsWith(':'));
  if (images.length > 1 && whole !== undefined)
    throw usage(`--tag ${whole} can't name ${images.length} images`, 'Give a tag alone, like --tag :6.8.');
  return images.map((image) => ({ image, tags, registry, ...pushChoices(flags) }));
}

export function pushChoices({ createRepository, scanThreshold }: PushFlags): PushChoices {
  return { createRepository: createRepository ?? false, scanThreshold };
}

/** @throws BuilderError `usage` for what can be no name, or no registry */
export function namesOf({ tag = [], registry }: PushFlags): { tags: string[]; registry: string | undefined } {
  return { tags: tag.map(parseTag), registry: registry === undefined ? undefined : parseRegistry(registry) };
}

/** It has to be said where a push goes. */
export function noRegistry(what: string): BuilderError {
  return usage(
    `It is not said where ${what} goes`,
    'Name a registry, --registry HOST[/PREFIX], or a tag with one, --tag HOST/NAME:TAG.',
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
  const registry = text.replace(/\/+$/, '');
  const parsed = attempt(() => parseReference(`${registry}/name`));
  if (parsed !== undefined && hasHost(`${registry}/name`)) return registry;
  throw usage(
    `--registry ${text} is not understood`,
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

export function usage(message: string, hint?: string): BuilderError {
  return new BuilderError(message, { code: 'usage', hint });
}
