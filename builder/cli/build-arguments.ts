import { BuilderError } from '../errors.js';
import type { BuildOptions, BuildOutput, EngineChoice } from '../run/build-options.js';

/** The options of `platen build`, as commander gives them. */
export interface BuildFlags {
  readonly tag?: string[];
  readonly var?: string[];
  readonly plan?: true;
  readonly explain?: true;
  readonly exitCode?: true;
  readonly cache: boolean;
  readonly load: boolean;
  readonly smoke: boolean;
  readonly onError?: 'shell';
  readonly output?: string;
  readonly engine: EngineChoice;
  readonly json?: true;
  readonly quiet?: true;
  readonly registry?: string;
  readonly env?: string;
  readonly push?: true;
}

/** @throws BuilderError `usage` for values that mean nothing, `failed` for what is not there yet */
export function buildOptionsOf(image: string, flags: BuildFlags): BuildOptions {
  if (flags.push || flags.registry !== undefined || flags.env !== undefined)
    throw new BuilderError('Pushing to a registry is not there yet', {
      code: 'failed',
      hint: 'Use --output oci:DIR, and skopeo copy.',
    });
  if (flags.exitCode && !flags.plan) throw usage('--exit-code goes only with --plan');
  return {
    image,
    tags: (flags.tag ?? []).map(parseTag),
    plan: flags.plan ?? false,
    explain: flags.explain ?? false,
    noCache: !flags.cache,
    load: flags.load,
    smoke: flags.smoke,
    onError: flags.onError,
    variables: parseVariables(flags.var ?? []),
    output: flags.output === undefined ? undefined : parseOutput(flags.output),
    engine: flags.engine,
  };
}

/** `[host[:port]/]name[:tag]`, as Docker's reference grammar has it; the tag is `latest` where none is given. */
export function parseTag(text: string): string {
  const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
  const host = '(?:[A-Za-z0-9.-]+(?::[0-9]+)?/)?';
  const match = new RegExp(
    `^(${host}${component}(?:/${component})*)(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$`,
  ).exec(text);
  if (!match)
    throw usage(
      `"${text}" can't be a tag`,
      'A tag looks like wordpress, wordpress:6.8 or host:5000/team/wordpress:6.8.',
    );
  return `${match[1]}${match[2] ?? ':latest'}`;
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

function usage(message: string, hint?: string): BuilderError {
  return new BuilderError(message, { code: 'usage', hint });
}
