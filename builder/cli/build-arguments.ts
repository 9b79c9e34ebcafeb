import { BuilderError } from '../errors.js';
import { hasHost } from '../run/image-names.js';
import type { PushChoices } from '../run/push-options.js';
import type { BuildOptions, BuildOutput, EngineChoice } from '../run/build-options.js';
import { type PushFlags, namesOf, noRegistry, pushChoices, usage } from './push-arguments.js';

/** The options of `platen build`, as commander gives them. */
export interface BuildFlags extends PushFlags {
  readonly var?: string[];
  readonly plan?: true;
  readonly explain?: true;
  readonly exitCode?: true;
  readonly cache: boolean;
  readonly load: boolean;
  readonly smoke: boolean;
  readonly onError?: 'shell';
  readonly output?: string;
  readonly engine?: EngineChoice;
  readonly env?: string;
  readonly push?: true;
  readonly updateLock?: true;
}

/** @throws BuilderError `usage` for values that mean nothing, `failed` for what is not there yet */
export function buildOptionsOf(
  image: string,
  flags: BuildFlags,
  environment: Readonly<Record<string, string | undefined>>,
): BuildOptions {
  if (flags.env !== undefined)
    throw new BuilderError('Environments are not there yet', {
      code: 'failed',
      hint: 'Name the registry: --registry HOST[/PREFIX].',
    });
  if (flags.exitCode && !flags.plan) throw usage('--exit-code goes only with --plan');
  if (flags.updateLock && flags.plan)
    throw usage('--update-lock does not go with --plan: a plan touches nothing, the network included');
  return {
    image,
    ...namesOf(flags),
    push: pushChoicesOf(flags),
    plan: flags.plan ?? false,
    explain: flags.explain ?? false,
    noCache: !flags.cache,
    load: flags.load,
    smoke: flags.smoke,
    onError: flags.onError,
    variables: parseVariables(flags.var ?? []),
    output: flags.output === undefined ? undefined : parseOutput(flags.output),
    engine: flags.engine ?? engineOf(environment.PLATEN_ENGINE),
    ...(flags.updateLock ? { updateLock: true } : {}),
  };
}

export const engineChoices: readonly EngineChoice[] = ['auto', 'sandbox', 'docker'];

function engineOf(name: string | undefined): EngineChoice {
  if (name === undefined || name === '') return 'auto';
  const found = engineChoices.find((choice) => choice === name);
  if (found === undefined)
    throw usage(`PLATEN_ENGINE=${name} is not understood`, `It is one of ${engineChoices.join(', ')}.`);
  return found;
}

/** @throws BuilderError `usage` where it is not said where to, or options of a push stand without one */
function pushChoicesOf(flags: BuildFlags): PushChoices | undefined {
  if (!flags.push) {
    const [alone] = (['createRepository', 'scanThreshold'] as const).filter(
      (name) => flags[name] !== undefined,
    );
    if (alone === undefined) return undefined;
    throw usage(`--${alone.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)} goes only with --push`);
  }
  const { tags, registry } = namesOf(flags);
  if (registry === undefined && !tags.some(hasHost)) throw noRegistry('the image');
  return pushChoices(flags);
}

/** `name=value` pairs; the last of a name counts. */
export function parseVariables(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw usage(`--var ${pair} has no value`, 'Write it as --var name=value.');
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** `oci:DIR` or `tar:FILE`. */
export function parseOutput(text: string): BuildOutput {
  const [, kind, path] = /^(oci|tar):(.+)$/s.exec(text) ?? [];
  if ((kind !== 'oci' && kind !== 'tar') || path === undefined)
    throw usage(`--output ${text} is not understood`, 'Write it as oci:FOLDER or tar:FILE.');
  return { kind, path };
}
