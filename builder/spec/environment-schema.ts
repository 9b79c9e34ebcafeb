import { z } from 'zod';
import { checkEnvironment } from './environment/check-environment.js';
import { computeSchema, serviceSchema } from './environment/compute-schema.js';
import { cacheSchema, databaseSchema, filesSchema, mailSchema } from './environment/data-schema.js';
import { localSchema } from './environment/local-schema.js';
import { domainSchema, edgeSchema, networkSchema } from './environment/network-schema.js';
import {
  budgetSchema,
  observabilitySchema,
  pipelineSchema,
  protectionSchema,
} from './environment/operations-schema.js';
import { like, regionName, section } from './environment/setting.js';
import { registrySchema } from './registry-schema.js';

const parameterValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);

export const environmentSettings = z.strictObject({
  registry: registrySchema.optional().describe('Where images are pushed to.'),
  account: like(/^\d{12}$/, "an account's number, of 12 digits in quotes")
    .optional()
    .describe('The account of AWS; credentials of another are refused.'),
  region: regionName.optional().describe('The region of AWS.'),
  network: networkSchema,
  domain: domainSchema.optional(),
  edge: edgeSchema,
  webroot: section(
    {
      mode: z
        .enum(['content', 'full', 'uploads'])
        .default('content')
        .describe('What lies on the shared file system: wp-content, everything, or uploads alone.'),
    },
    'The shared web root.',
  ),
  compute: computeSchema,
  service: serviceSchema,
  database: databaseSchema,
  files: filesSchema,
  cache: cacheSchema,
  mail: mailSchema,
  observability: observabilitySchema,
  protection: protectionSchema,
  budget: budgetSchema.optional(),
  pipeline: pipelineSchema.optional(),
  local: localSchema.optional(),
  switches: z
    .record(z.string(), z.boolean())
    .default({})
    .describe('Switches that platform.yaml declares, by name.'),
  parameters: z
    .record(z.string(), z.record(z.string(), parameterValue))
    .default({})
    .describe('Parameters of stacks, by the stack: they go before what platform.yaml says.'),
});

/**
 * What `infra-cfn/environments/<name>.yaml` may say: where images and platforms go, and how they look. All may be left
 * out: what is left out is as `prod` should have it.
 */
export const environmentSchema = environmentSettings.superRefine(checkEnvironment);
