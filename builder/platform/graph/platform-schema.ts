import { z } from 'zod';

const name = z.string().regex(/^[a-z][a-z0-9-]*$/, { error: 'must have small letters, digits and -' });
const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** Settings and what they must be: `"*"` for anything that is set and not off. All must hold. */
const whenSchema = z
  .record(z.string(), z.union([scalar, z.array(scalar)]))
  .describe('Settings and what they must be; a list: one of these; "*": anything that is set, and not off.');

const choice = z.strictObject({ when: whenSchema.optional(), value: scalar });

const stackSchema = z.strictObject({
  template: z.string().regex(/\.yaml$/, { error: 'must be a .yaml file' }),
  scope: z.enum(['account', 'environment']).default('environment'),
  region: z
    .string()
    .optional()
    .describe("Where the stack lives; the environment's region, where it is not said."),
  when: whenSchema.default({}),
  stays: z
    .string()
    .min(15, { error: 'must say why, and what to do instead' })
    .optional()
    .describe('Why an environment that has the stack must keep it, and what to do instead of going without.'),
  after: z
    .array(name)
    .default([])
    .describe('Stacks that must be there first, though no parameter comes from them.'),
  parameters: z
    .record(z.string(), z.union([scalar, z.array(choice)]))
    .default({})
    .describe('Values; ${settings.x}, ${stacks.name.Output}, ${inputs.x} and ${platform.x} are filled in.'),
});

/** What `infra-cfn/platform.yaml` says: the graph of stacks. */
export const platformSchema = z.strictObject({
  name: name.describe('Begins the names of all stacks.'),
  inputs: z
    .record(z.string(), z.strictObject({ description: z.string(), example: z.string() }))
    .default({})
    .describe('What a deployment brings along, with an example for plans and checks.'),
  switches: z
    .record(z.string(), z.strictObject({ description: z.string(), default: z.boolean() }))
    .default({})
    .describe('Switches of environments that no setting has.'),
  stacks: z.record(name, stackSchema),
});

export type When = z.output<typeof whenSchema>;
export type StackEntry = z.output<typeof stackSchema>;
export type PlatformFile = z.output<typeof platformSchema>;
