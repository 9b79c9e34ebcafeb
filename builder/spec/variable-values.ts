import { BuilderError } from '../errors.js';
import type { Json } from '../json.js';
import { nameHint } from '../nearest-name.js';
import { type VariableDeclaration, isAmong } from './variable-schema.js';
import { variableTypes } from './variable-types.js';

type Declarations = Readonly<Record<string, VariableDeclaration>>;

/** Values by name, split by precedence in the playbook. */
export interface VariableValues {
  /** From the spec. */
  readonly defaults: Record<string, Json>;
  /** From `--var`, converted to the declared types: as Ansible's extra variables, they win over everything. */
  readonly given: Record<string, Json>;
}

/**
 * The values of a spec's variables.
 * @throws BuilderError `usage` for an unknown variable, a value that is not of its type or choices, or a missing one
 */
export function variableValues(
  declarations: Declarations,
  given: Readonly<Record<string, string>>,
): VariableValues {
  const names = Object.keys(declarations);
  const values: VariableValues = { defaults: {}, given: {} };
  for (const [name, text] of Object.entries(given)) {
    const declaration = Object.hasOwn(declarations, name) ? declarations[name] : undefined;
    if (!declaration) throw usage(`There is no variable "${name}"`, nameHint(name, names));
    values.given[name] = convert(name, text, declaration);
  }
  for (const [name, { default: value, required }] of Object.entries(declarations)) {
    if (value !== undefined) values.defaults[name] = value;
    if (required && !Object.hasOwn(given, name))
      throw usage(`The variable "${name}" needs a value`, `Give it one: --var ${name}=…`);
  }
  return values;
}

function convert(name: string, text: string, { type, choices }: VariableDeclaration): Json {
  const { words, parse } = variableTypes[type];
  const value = parse(text);
  if (value === undefined) throw usage(`The variable "${name}" must be ${words}, and "${text}" is not`);
  if (choices && !isAmong(value, choices))
    throw usage(
      `The variable "${name}" can't be "${text}"`,
      `It may be: ${choices.map((choice) => (typeof choice === 'string' ? choice : JSON.stringify(choice))).join(', ')}.`,
    );
  return value;
}

function usage(message: string, hint?: string): BuilderError {
  return new BuilderError(message, { code: 'usage', hint });
}
