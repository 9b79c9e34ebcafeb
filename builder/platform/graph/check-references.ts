import { BuilderError, SpecError } from '../../errors.js';
import { nameHint } from '../../nearest-name.js';
import { environmentSettings } from '../../spec/environment/environment-settings.js';
import { knownKeys } from '../../spec/known-keys.js';
import type { YamlPath } from '../../yaml/yaml.js';
import type { Platform, PlatformEntry } from './platform.js';
import type { When } from './platform-schema.js';
import { type ValueReference, referencesIn } from './references.js';

/** What `${platform.x}` may be. */
const platformNames = ['environment', 'account', 'region', 'name'];

/**
 * Looks whether all that a graph names is there.
 * @throws SpecError with each name that is not: stacks, outputs, parameters, settings, inputs
 */
export function checkReferences(platform: Platform): void {
  const check = new ReferenceCheck(platform);
  for (const [name, entry] of Object.entries(platform.stacks)) check.stack(name, entry);
  if (check.problems.length > 0) throw new SpecError(check.problems);
}

class ReferenceCheck {
  readonly problems: BuilderError[] = [];
  readonly #platform: Platform;
  readonly #roots: Readonly<Record<string, (reference: ValueReference, at: YamlPath) => void>> = {
    settings: ({ path }, at) => this.#setting(path, at, 'value'),
    inputs: ({ path: [input = ''] }, at) =>
      void this.#expect(input, Object.keys(this.#platform.inputs), 'There is no input', at),
    platform: ({ path: [one = ''] }, at) => void this.#expect(one, platformNames, 'The platform has no', at),
    stacks: ({ path: [stack = '', output = ''] }, at) => {
      if (!this.#expect(stack, Object.keys(this.#platform.stacks), 'There is no stack', at)) return;
      const outputs = Object.keys(this.#platform.stacks[stack]?.definition.Outputs ?? {});
      this.#expect(output, outputs, `The stack ${stack} has no output`, at);
    },
  };

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  stack(name: string, entry: PlatformEntry): void {
    const path = ['stacks', name];
    const stacks = Object.keys(this.#platform.stacks);
    for (const [index, one] of entry.after.entries())
      this.#expect(one, stacks, 'There is no stack', [...path, 'after', index]);
    this.#when(entry.when, [...path, 'when']);
    this.#value(entry.region, [...path, 'region']);
    const { source, Parameters: known } = entry.definition;
    for (const [parameter, given] of Object.entries(entry.parameters)) {
      const at = [...path, 'parameters', parameter];
      this.#expect(parameter, Object.keys(known), `${source.file} has no parameter`, at, 'key');
      for (const [index, choice] of Array.isArray(given) ? given.entries() : []) {
        this.#value(choice.value, [...at, index, 'value']);
        this.#when(choice.when ?? {}, [...at, index, 'when']);
      }
      this.#value(given, at);
    }
  }

  #when(when: When, at: YamlPath): void {
    for (const key of Object.keys(when)) this.#setting(key.split('.'), [...at, key], 'key');
  }

  #value(given: unknown, at: YamlPath): void {
    for (const reference of referencesIn(given))
      if (this.#expect(reference.root, Object.keys(this.#roots), 'A value can be filled in from', at))
        this.#roots[reference.root]?.(reference, at);
  }

  #setting(keys: readonly string[], at: YamlPath, which: 'key' | 'value'): void {
    const [root, name = ''] = keys;
    if (root === 'switches') {
      this.#expect(name, Object.keys(this.#platform.switches), 'There is no switch', at, which);
      return;
    }
    for (const [index, key] of keys.entries()) {
      const known = knownKeys(environmentSettings, keys.slice(0, index));
      if (known.length === 0) return;
      const where = index === 0 ? '' : ` in ${keys.slice(0, index).join('.')}`;
      if (!this.#expect(key, known, `There is no setting${where}`, at, which)) return;
    }
  }

  /** Whether a name is known; else that is a problem. */
  // oxlint-disable-next-line max-params
  #expect(given: string, known: readonly string[], what: string, at: YamlPath, which = 'value'): boolean {
    if (known.includes(given)) return true;
    const { source } = this.#platform;
    const origin = which === 'key' ? source.originOfKey(at) : source.originOf(at);
    const hint = nameHint(given, known);
    this.problems.push(new BuilderError(`${what} "${given}"`, { code: 'invalid', origin, hint }));
    return false;
  }
}
