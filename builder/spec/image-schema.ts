import { z } from 'zod';
import { baseSchema } from './base-schema.js';
import { inventorySchema } from './inventory-schema.js';
import { runSchema } from './run-schema.js';
import { smokeSchema } from './smoke-schema.js';
import { variablesSchema } from './variable-schema.js';

/** 1 January 2025: the default of an image's times. */
const DEFAULT_EPOCH = 1735689600;

const name = z.string().regex(/^[a-z0-9]+([._-][a-z0-9]+)*$/, {
  error: 'must be lower-case letters and digits, with single dots, dashes or underscores between them',
});

const layerSchema = z.strictObject({
  name: z.string().min(1).describe('Shown in summaries.'),
  roles: z.array(z.string().min(1)).min(1).describe('The roles whose changes make up this layer.'),
});

/**
 * The contents of `images/<name>/image.yaml`: the one source of validation, type and `images/image.schema.json`.
 */
export const imageSchema = z
  .strictObject({
    name: name.describe('The name of the image; its default tag is `<name>:latest`.'),
    description: z.string().optional().describe('One sentence for people; becomes an OCI annotation.'),
    platform: z
      .enum(['linux/amd64'])
      .default('linux/amd64')
      .describe("The platform of the image; it may differ from this machine's."),
    base: baseSchema,
    playbook: z
      .string()
      .regex(/^(?!.*(^|\/)\.\.?(\/|$))[^/].*\.ya?ml$/, {
        error: 'must be the path of a .yml file below playbooks/, like wordpress.yml',
      })
      .describe('The playbook, as a path below `playbooks/`.'),
    epoch: z
      .int()
      .min(0)
      .max(0xffffffff)
      .default(DEFAULT_EPOCH)
      .describe('SOURCE_DATE_EPOCH, the newest file time in the image, in seconds since 1970.'),
    compression: z
      .strictObject({ level: z.int().min(1).max(9).default(6).describe('1 is fast, 9 is small.') })
      .default({ level: 6 })
      .describe('How gzip compresses the layers.'),
    steps: z
      .strictObject({
        timeoutSeconds: z
          .number()
          .min(0)
          .max(86400)
          .default(0)
          .describe('After this time, commands of a task are killed and the task fails; 0 means no limit.'),
      })
      .default({ timeoutSeconds: 0 })
      .describe("Limits for tasks; a task's own `timeout` overrides them."),
    variables: variablesSchema,
    inventory: inventorySchema,
    run: runSchema,
    layers: z
      .array(layerSchema)
      .default([])
      .superRefine(rolesOnce)
      .describe(
        'Groups of roles that make one layer each. A role that is in no group is a layer of its own.',
      ),
    smoke: smokeSchema,
  })
  .meta({
    title: 'platen image spec',
    description: 'What an image is made of, and how it is run and checked.',
  });

function rolesOnce(layers: readonly { roles: readonly string[] }[], context: z.RefinementCtx): void {
  const seen = new Set<string>();
  layers.forEach(({ roles }, layer) => {
    roles.forEach((role, index) => {
      if (seen.has(role))
        context.addIssue({
          code: 'custom',
          path: [layer, 'roles', index],
          message: `names the role "${role}" again`,
        });
      seen.add(role);
    });
  });
}
