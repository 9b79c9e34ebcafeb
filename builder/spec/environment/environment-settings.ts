import { z } from 'zod';
import { computeSchema, serviceSchema } from './compute-schema.js';
import { cacheSchema, databaseSchema, filesSchema, mailSchema } from './data-schema.js';
import { localSchema } from './local-schema.js';
import { domainSchema, edgeSchema, networkSchema } from './network-schema.js';
import { budgetSchema, observabilitySchema, pipelineSchema, protectionSchema } from './operations-schema.js';
import { arn, like, regionName, section } from './setting.js';
import { registrySchema } from '../registry-schema.js';

const parameterValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);

/** The settings of an environment, without rules between them. */
export const environmentSettings = z.strictObject({
  registry: registrySchema.optional().describe('Registry that images are pushed to.'),
  account: like(/^\d{12}$/, "an account's number, of 12 digits in quotes")
    .optional()
    .describe('AWS account; credentials of another account are refused.'),
  region: regionName.optional().describe('AWS region.'),
  profile: like(/^[\w.@+-]+$/, "a profile's name")
    .optional()
    .describe('Profile of the AWS configuration files to use in place of AWS_PROFILE.'),
  cloudFormationRole: arn
    .optional()
    .describe(
      "Role that CloudFormation works as, of infra-cfn/stacks/cloudformation-role.yaml; without it, the deployer's own rights count.",
    ),
  network: networkSchema,
  domain: domainSchema.optional(),
  edge: edgeSchema,
  webroot: section(
    {
      mode: z
        .enum(['content', 'full', 'uploads'])
        .default('content')
        .describe('Contents of the shared file system: wp-content, the whole web root, or only uploads.'),
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
    .describe('Parameters of stacks, by stack; they override platform.yaml.'),
});
