import { BuilderError, SpecError } from '../../errors.js';
import { environmentSettings } from '../../spec/environment-schema.js';
import { knownKeys } from '../../spec/known-keys.js';
import { nameHint } from '../../nearest-name.js';
import type { YamlPath } from '../../yaml/yaml.js';
import type { Platform, PlatformEntry } from './platform.js';
import { type ValueReference, referencesIn } from './references.js';

/** What `${platform.x}` may be. */
export const platformNames = ['environment', 'account', 'region', 'name'] as const;

/**
 * Looks whether all that a graph names is there.
 * @throws SpecError with each name that is not: stacks, outputs, parameters, settings, inputs
 */
export function checkReferences(platform: Platform): void {
  const problems = Object.entries(platform.stacks).flatMap(([name, entry]) =>
    problemsOf(platform, name, entry),
  );
  if (problems.length > 0) throw new SpecError(problems);
}

function problemsOf(platform: Platform, name: string, entry: PlatformEntry): BuilderError[] {
  const path = ['stacks', name];
  const problems: BuilderError[] = [];
  const expect = (
    given: string,
    known: readonly string[],
    what: string,
    at: YamlPath,
    key = false,
  ): boolean => {
    if (known.includes(given)) return true;
    const origin = key ? platform.source.originOfKey(at) : platform.source.originOf(at);
    problems.push(
      new BuilderError(`${what} "${given}"`, { code: 'invalid', origin, hint: nameHint(given, known) }),
    );
    return false;
  };
  const stacks = Object.keys(platform.stacks);
  const setting = (text: string, at: YamlPath, key: boolean): void => {
    const keys = text.split('.');
    if (keys[0] === 'switches') {
      expect(keys[1] ?? '', Object.keys(platform.switches), 'No switch is called', at, key);
      return;
    }
    for (const [index, one] of keys.entries()) {
      const known = knownKeys(environmentSettings, keys.slice(0, index));
      if (known.length === 0) return;
      if (!expect(one, known, `There is no setting ${text}:`, at, key)) return;
    }
  };
  const checks: Readonly<Record<string, (reference: ValueReference, at: YamlPath) => void>> = {
    settings: ({ path: keys }, at) => setting(keys.join('.'), at, false),
    inputs: ({ path: [input = ''] }, at) =>
      void expect(input, Object.keys(platform.inputs), 'There is no input', at),
    platform: ({ path: [one = ''] }, at) => void expect(one, platformNames, 'The platform has no', at),
    stacks: ({ path: [stack = '', output = ''] }, at) => {
      if (!expect(stack, stacks, 'There is no stack', at)) return;
      const outputs = Object.keys(platform.stacks[stack]?.definition.Outputs ?? {});
      expect(output, outputs, `The stack ${stack} has no output`, at);
    },
  };
  const value = (given: unknown, at: YamlPath): void => {
    for (const reference of referencesIn(given))
      if (expect(reference.root, Object.keys(checks), 'A value can be filled in from', at))
        checks[reference.root]?.(reference, at);
  };
  for (const [index, one] of entry.after.entries())
    expect(one, stacks, 'There is no stack', [...path, 'after', index]);
  for (const key of Object.keys(entry.when)) setting(key, [...path, 'when', key], true);
  value(entry.region, [...path, 'region']);
  for (const [parameter, given] of Object.entries(entry.parameters)) {
    const at = [...path, 'parameters', parameter];
    const what = `${entry.definition.source.file} has no parameter`;
    expect(parameter, Object.keys(entry.definition.Parameters), what, at, true);
    if (!Array.isArray(given)) value(given, at);
    else
      for (const [index, choice] of given.entries()) {
        value(choice.value, [...at, index, 'value']);
        for (const key of Object.keys(choice.when ?? {})) setting(key, [...at, index, 'when', key], true);
      }
  }
  return problems;
}
