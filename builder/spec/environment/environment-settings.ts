import { z } from 'zod';
import { computeSchema, serviceSchema } from './compute-schema.js';
import { cacheSchema, databaseSchema, filesSchema, mailSchema } from './data-schema.js';
import { localSchema } from './local-schema.js';
import { domainSchema, edgeSchema, networkSchema } from './network-schema.js';
import { budgetSchema, observabilitySchema, pipelineSchema, protectionSchema } from './operations-schema.js';
import { like, regionName, section } from './setting.js';
import { registrySchema } from '../registry-schema.js';

const parameterValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);

/** The settings of an environment, each by itself. */
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
