import { z } from 'zod';
import { type VariableType, variableTypes } from './variable-types.js';

const types = Object.keys(variableTypes) as [VariableType, ...VariableType[]];

const declaration = z
  .strictObject({
    type: z.enum(types).describe('Type of the values; `--var` converts to it.'),
    default: z.json().optional().describe('Value without `--var`. Without a default, the roles decide.'),
    description: z.string().optional().describe('Purpose of the variable, for people.'),
    choices: z.array(z.json()).min(1).optional().describe('The allowed values.'),
    required: z.boolean().default(false).describe('Refuse to build without a value from `--var`.'),
  })
  .superRefine(fits);

/** The variables that a spec passes to its playbook. */
export const variablesSchema = z
  .record(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'must be letters, digits and underscores' }),
    declaration,
  )
  .default({})
  .describe('The variables that the playbook gets, and that `--var name=value` sets.');

export type VariableDeclaration = z.output<typeof declaration>;

function fits(
  { type, default: value, choices, required }: VariableDeclaration,
  context: z.RefinementCtx,
): void {
  const complain = (message: string, path: (string | number)[]): void =>
    context.addIssue({ code: 'custom', message, path });
  const { words, holds } = variableTypes[type];
  if (value !== undefined && !holds(value)) complain(`must be ${words}, as its type says`, ['default']);
  choices?.forEach((choice, index) => {
    if (!holds(choice)) complain(`must be ${words}, as its type says`, ['choices', index]);
  });
  if (value !== undefined && required)
    complain('makes its default useless: remove one of them', ['required']);
  if (value !== undefined && choices && !isAmong(value, choices))
    complain('must be one of its choices', ['default']);
}

/** Whether a value is one of the choices, compared as JSON. */
export function isAmong(value: unknown, choices: readonly unknown[]): boolean {
  return choices.some((choice) => JSON.stringify(choice) === JSON.stringify(value));
}
