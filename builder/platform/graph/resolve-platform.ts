import { BuilderError, SpecError } from '../../errors.js';
import { nameHint } from '../../nearest-name.js';
import type { EnvironmentSpec } from '../../spec/load-environment.js';
import type { GivenValue } from '../template/resolve-parameters.js';
import type { OutputReference, Platform, PlatformEntry, PlatformStack, StackParameter } from './platform.js';
import type { StackEntry } from './platform-schema.js';
import { type ValueReference, lookUp, partsOf, referencesIn } from './references.js';
import { stackWaves } from './stack-graph.js';
import { settingsHold } from './when.js';

export interface PlatformInputs {
  /** The environment's name. */
  readonly name: string;
  readonly environment: EnvironmentSpec;
  /** What platform.yaml calls inputs; those left out are their examples. */
  readonly inputs?: Readonly<Record<string, string>>;
}

/**
 * The stacks that an environment has, in an order in which each comes after those it needs, with their parameters. A
 * value that names what the environment doesn't have (a setting that is not said, an output of a stack that is not
 * made) leaves its parameter out: the template's default holds.
 * @throws SpecError with parameters and switches of the environment that there are not; BuilderError for a circle
 */
export function resolvePlatform(platform: Platform, inputs: PlatformInputs): PlatformStack[] {
  checkOverrides(platform, inputs);
  const settings = { ...inputs.environment, switches: switchesOf(platform, inputs.environment) };
  const made = new Map(
    Object.entries(platform.stacks).filter(([, { when }]) => settingsHold(when, settings)),
  );
  const roots: Roots = {
    settings,
    inputs: {
      ...Object.fromEntries(Object.entries(platform.inputs).map(([key, { example }]) => [key, example])),
      ...inputs.inputs,
    },
    platform: {
      name: platform.name,
      environment: inputs.name,
      account: inputs.environment.account,
      region: inputs.environment.region,
    },
  };
  const dependencies = new Map([...made].map(([name, entry]) => [name, needsOf(entry, settings, made)]));
  return stackWaves(dependencies)
    .flat()
    .map((name) => {
      const entry = made.get(name) as PlatformEntry;
      const region = regionOf(entry, roots, inputs);
      return {
        name,
        stackName: [platform.name, ...(entry.scope === 'account' ? [] : [inputs.name]), name].join('-'),
        scope: entry.scope,
        region,
        file: entry.definition.source.file,
        template: entry.definition,
        parameters: parametersOf(name, entry, { roots, made, inputs }),
        dependsOn: dependencies.get(name) ?? [],
      };
    });
}

function regionOf({ region }: PlatformEntry, roots: Roots, inputs: PlatformInputs): string | undefined {
  if (region === undefined) return inputs.environment.region;
  const filled = fillIn(region, roots, new Map());
  return filled?.kind === 'known' ? String(filled.value) : undefined;
}

type Roots = Readonly<Record<'settings' | 'inputs' | 'platform', unknown>>;
type Made = ReadonlyMap<string, PlatformEntry>;

function switchesOf(platform: Platform, environment: EnvironmentSpec): Record<string, boolean> {
  const standard = Object.entries(platform.switches).map(([name, { default: on }]) => [name, on] as const);
  return { ...Object.fromEntries(standard), ...environment.switches };
}

/** The values that hold in an environment, before names are filled in. */
function chosenValues(entry: StackEntry, settings: unknown): [string, string | number | boolean][] {
  return Object.entries(entry.parameters).flatMap(([name, given]) => {
    if (!Array.isArray(given)) return [[name, given] as [string, string | number | boolean]];
    const choice = given.find(({ when = {} }) => settingsHold(when, settings));
    return choice === undefined ? [] : [[name, choice.value] as [string, string | number | boolean]];
  });
}

function needsOf(entry: PlatformEntry, settings: unknown, made: Made): string[] {
  const fed = chosenValues(entry, settings).flatMap(([, value]) =>
    referencesIn(value).flatMap(({ root, path: [stack = ''] }) => (root === 'stacks' ? [stack] : [])),
  );
  return [...new Set([...fed, ...entry.after])].filter((name) => made.has(name));
}

function parametersOf(
  name: string,
  entry: PlatformEntry,
  { roots, made, inputs }: { roots: Roots; made: Made; inputs: PlatformInputs },
): Record<string, StackParameter> {
  const filled = chosenValues(entry, roots.settings).flatMap(([parameter, value]) => {
    const filledIn = fillIn(value, roots, made);
    return filledIn === undefined ? [] : [[parameter, filledIn] as const];
  });
  const own = Object.entries(inputs.environment.parameters[name] ?? {}).map(
    ([parameter, value]) => [parameter, { kind: 'known', value } as const] as const,
  );
  return Object.fromEntries([...filled, ...own]);
}

function fillIn(value: string | number | boolean, roots: Roots, made: Made): StackParameter | undefined {
  if (typeof value !== 'string') return { kind: 'known', value };
  const parts: (string | OutputReference)[] = [];
  for (const part of partsOf(value)) {
    const filled = typeof part === 'string' ? part : valueOf(part, roots, made);
    if (filled === undefined || filled === null) return undefined;
    // A whole value keeps its kind: a list stays a list.
    if (partsOf(value).length === 1 && !isOutput(filled))
      return { kind: 'known', value: filled as GivenValue };
    parts.push(isOutput(filled) ? filled : String(filled));
  }
  return parts.some((part) => typeof part !== 'string')
    ? { kind: 'outputs', parts }
    : { kind: 'known', value: parts.join('') };
}

function valueOf({ root, path }: ValueReference, roots: Roots, made: Made): unknown {
  if (root !== 'stacks') return lookUp(roots[root as keyof Roots], path);
  const [stack = '', output = ''] = path;
  return made.has(stack) ? { stack, output } : undefined;
}

function isOutput(value: unknown): value is OutputReference {
  return typeof value === 'object' && value !== null && 'output' in value && 'stack' in value;
}

/** Parameters and switches that an environment names must be there: their names are the graph's to say. */
function checkOverrides(platform: Platform, { environment }: PlatformInputs): void {
  const problems: BuilderError[] = [];
  const expect = (path: readonly string[], known: readonly string[], what: string): boolean => {
    const given = path.at(-1) ?? '';
    if (known.includes(given)) return true;
    const [origin, hint] = [environment.originOfKey(path), nameHint(given, known)];
    problems.push(new BuilderError(`${what} "${given}"`, { code: 'invalid', origin, hint }));
    return false;
  };
  for (const name of Object.keys(environment.switches))
    expect(['switches', name], Object.keys(platform.switches), 'There is no switch');
  for (const [stack, parameters] of Object.entries(environment.parameters))
    if (expect(['parameters', stack], Object.keys(platform.stacks), 'There is no stack'))
      for (const parameter of Object.keys(parameters)) {
        const known = Object.keys(platform.stacks[stack]?.definition.Parameters ?? {});
        expect(['parameters', stack, parameter], known, `The stack ${stack} has no parameter`);
      }
  if (problems.length > 0) throw new SpecError(problems);
}
