import { BuilderError } from '../../errors.js';
import { nameHint } from '../../nearest-name.js';
import { intrinsicOf } from './pending.js';
import type { ParameterValue } from './scope.js';
import type { Template, TemplateParameter } from './template.js';

/** What a parameter may be given: lists as lists or with commas; pending where another stack will say it. */
export type GivenValue = ParameterValue | boolean;

/**
 * The values of a template's parameters: those given, else their defaults, checked against their constraints.
 * A parameter whose value lies in Parameter Store is `{{resolve:ssm:name}}`.
 * @throws via `problems`: what is missing, not known, or outside its constraints
 */
export function resolveParameters(
  template: Template,
  given: Readonly<Record<string, GivenValue>>,
  problems: BuilderError[],
): Record<string, ParameterValue> {
  const known = Object.keys(template.Parameters);
  for (const name of Object.keys(given))
    if (!known.includes(name))
      problems.push(
        new BuilderError(`${template.source.file} has no parameter "${name}"`, {
          code: 'invalid',
          hint: nameHint(name, known),
        }),
      );
  const values: Record<string, ParameterValue> = {};
  for (const [name, parameter] of Object.entries(template.Parameters)) {
    const value = given[name] ?? parameter.Default;
    const wrong = value === undefined ? 'is missing' : complaint(parameter, value);
    if (wrong !== undefined)
      problems.push(
        new BuilderError(`The parameter ${name} ${wrong}`, {
          code: 'invalid',
          origin: template.source.originOfKey(['Parameters', name]),
          hint: parameter.ConstraintDescription,
        }),
      );
    else if (value !== undefined) values[name] = typed(parameter, value);
  }
  return values;
}

function typed({ Type: type }: TemplateParameter, value: GivenValue): ParameterValue {
  if (intrinsicOf(value) !== undefined) return value as ParameterValue;
  if (type.startsWith('AWS::SSM::Parameter::Value<')) return `{{resolve:ssm:${String(value)}}}`;
  if (isList(type)) return elements(value);
  if (Array.isArray(value)) return value.join(',');
  return type === 'Number' ? Number(value) : String(value);
}

function isList(type: string): boolean {
  return type === 'CommaDelimitedList' || type.startsWith('List<');
}

function elements(value: GivenValue): string[] {
  if (Array.isArray(value)) return value.map(String);
  return value === ''
    ? []
    : String(value)
        .split(',')
        .map((item) => item.trim());
}

function complaint(parameter: TemplateParameter, value: GivenValue): string | undefined {
  if (intrinsicOf(value) !== undefined) return undefined;
  const parts = isList(parameter.Type) ? elements(value) : [String(value)];
  for (const part of parts) {
    const wrong = constraints.find(({ broken }) => broken(parameter, part));
    if (wrong !== undefined) return `${wrong.words(parameter)}, not ${JSON.stringify(part)}`;
  }
  return undefined;
}

interface Constraint {
  broken(parameter: TemplateParameter, value: string): boolean;
  words(parameter: TemplateParameter): string;
}

const constraints: readonly Constraint[] = [
  {
    broken: ({ AllowedValues: allowed }, value) => allowed !== undefined && !allowed.includes(value),
    words: ({ AllowedValues: allowed = [] }) => `must be one of ${allowed.join(', ')}`,
  },
  {
    broken: ({ AllowedPattern: pattern }, value) =>
      pattern !== undefined && !new RegExp(`^(?:${pattern})$`).test(value),
    words: ({ AllowedPattern: pattern }) => `must match ${pattern}`,
  },
  {
    broken: ({ Type: type }, value) => /Number/.test(type) && !/^-?\d+(\.\d+)?$/.test(value),
    words: () => 'must be a number',
  },
  {
    broken: ({ MinLength: least = 0, MaxLength: most = Infinity }, value) =>
      value.length < least || value.length > most,
    words: ({ MinLength: least = 0, MaxLength: most }) =>
      most === undefined
        ? `must have at least ${least} characters`
        : `must have ${least} to ${most} characters`,
  },
  {
    broken: ({ MinValue: least = -Infinity, MaxValue: most = Infinity }, value) =>
      Number(value) < least || Number(value) > most,
    words: ({ MinValue: least = '-∞', MaxValue: most = '∞' }) => `must be from ${least} to ${most}`,
  },
];
