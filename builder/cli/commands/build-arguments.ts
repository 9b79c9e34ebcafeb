import { hasHost } from '../../registry/registry-prefix.js';
import type { PushChoices } from '../../deliver/push/push-choices.js';
import type { EngineChoice } from '../../engine/engine-choice.js';
import type { BuildOptions } from '../../run/build-options.js';
import type { BuildOutput } from '../../deliver/output.js';
import type { EnvironmentRegistry } from './environment-registry.js';
import { type TagChoice, isPartial } from '../../steps/play-playbook.js';
import { type PushFlags, namesOf, noRegistry, pushChoices } from './push-arguments.js';
import { type VaultFlags, vaultSources } from '../vault-sources.js';
import { usage } from '../usage.js';
import { engineOf } from '../engine-choice.js';
import type { Environment } from '../../environment.js';

/** The options of `platen build`, as commander gives them. */
export interface BuildFlags extends PushFlags, VaultFlags {
  readonly var?: string[];
  readonly tags?: string[];
  readonly skipTags?: string[];
  readonly plan?: true;
  readonly explain?: true;
  readonly exitCode?: true;
  readonly cache: boolean;
  readonly load?: boolean;
  readonly smoke: boolean;
  readonly onError?: 'shell';
  readonly output?: string;
  readonly engine?: EngineChoice;
  readonly push?: true;
  readonly updateLock?: true;
  readonly verbose?: true;
  readonly checkReproducible?: true;
}

/** Inputs besides the flags: environment variables, the user's configuration, and the environment that `--env` names. */
export interface Surroundings {
  /** The user's configuration. */
  readonly configuration?: { readonly engine?: EngineChoice | undefined } | undefined;
  readonly variables: Environment;
  /** What paths on the command line are relative to. */
  readonly workingFolder: string;
  readonly environment?: EnvironmentRegistry | undefined;
}

/** @throws BuilderError `usage` for invalid values */
export function buildOptionsOf(image: string, flags: BuildFlags, surroundings: Surroundings): BuildOptions {
  const { variables, environment, configuration } = surroundings;
  const engine = flags.engine ?? engineOf(variables) ?? configuration?.engine ?? 'auto';
  if (flags.exitCode && !flags.plan) throw usage('--exit-code works only with --plan');
  if (flags.updateLock && flags.plan)
    throw usage("--update-lock can't be combined with --plan: a plan does not use the network");
  if (flags.checkReproducible && flags.plan)
    throw usage("--check-reproducible can't be combined with --plan: it runs every step twice");
  const chosen = tagChoice(flags);
  return {
    image,
    ...chosen,
    ...namesOf(flags, environment),
    push: pushChoicesOf(flags, environment),
    explain: flags.explain ?? false,
    noCache: !flags.cache,
    // A user who asks for Docker by name wants an error if Docker does not answer.
    load: flags.load ?? (engine === 'docker' ? true : 'auto'),
    smoke: flags.smoke,
    onError: flags.onError,
    variables: parseVariables(flags.var ?? []),
    vault: vaultSources(flags, surroundings),
    output: flags.output === undefined ? undefined : parseOutput(flags.output),
    engine,
    ...(flags.updateLock ? { updateLock: true } : {}),
    ...(flags.checkReproducible ? { checkReproducible: true } : {}),
  };
}

/** @throws BuilderError `usage` for a push without a registry, or for push options without --push */
function pushChoicesOf(
  flags: BuildFlags,
  environment: EnvironmentRegistry | undefined,
): PushChoices | undefined {
  if (!flags.push) {
    const [alone] = (['createRepository', 'scanThreshold'] as const).filter(
      (name) => flags[name] !== undefined,
    );
    if (alone === undefined) return undefined;
    throw usage(`--${alone.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)} works only with --push`);
  }
  const { tags, registry } = namesOf(flags, environment);
  if (registry === undefined && !tags.some(hasHost)) throw noRegistry('the image', environment);
  return pushChoices(flags, environment);
}

/** Parses `name=value` pairs; the last value of a name counts. */
export function parseVariables(pairs: readonly string[], option = '--var'): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw usage(`${option} ${pair} has no value`, `Write it as ${option} name=value.`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** Parses `oci:DIR` or `tar:FILE`. @throws BuilderError `usage` */
export function parseOutput(text: string): BuildOutput {
  const [, kind, path] = /^(oci|tar):(.+)$/s.exec(text) ?? [];
  if ((kind !== 'oci' && kind !== 'tar') || path === undefined)
    throw usage(`--output ${text} is not valid`, 'Write it as oci:FOLDER or tar:FILE.');
  return { kind, path };
}

/** Parses comma-separated lists, as Ansible does. @throws BuilderError `usage` if the image needs a name from --tag */
function tagChoice(flags: BuildFlags): TagChoice {
  const listOf = (given: readonly string[] = []) =>
    given
      .flatMap((text) => text.split(','))
      .map((tag) => tag.trim())
      .filter((tag) => tag !== '');
  const choice = { onlyTags: listOf(flags.tags), skipTags: listOf(flags.skipTags) };
  const delivered = flags.push ? '--push' : flags.load ? '--load' : undefined;
  if (isPartial(choice) && delivered !== undefined && flags.tag === undefined)
    throw usage(
      `${delivered} needs --tag: with --tags or --skip-tags, the image does not get its usual name`,
      'Add --tag NAME:TAG.',
    );
  return choice;
}
