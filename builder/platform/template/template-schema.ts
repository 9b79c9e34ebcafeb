import { z } from 'zod';

const logicalId = z.string().regex(/^[A-Za-z0-9]{1,255}$/, { error: 'must have letters and digits alone' });
const anyMapping = z.record(z.string(), z.unknown());
const policy = z.enum(['Delete', 'Retain', 'RetainExceptOnCreate', 'Snapshot']);
const scalar = z.union([z.string(), z.number(), z.boolean()]);

const parameterSchema = z.strictObject({
  Type: z.string(),
  Description: z.string().optional(),
  Default: scalar.transform(String).optional(),
  AllowedValues: z.array(scalar.transform(String)).optional(),
  AllowedPattern: z.string().optional(),
  ConstraintDescription: z.string().optional(),
  MinLength: z.coerce.number().optional(),
  MaxLength: z.coerce.number().optional(),
  MinValue: z.coerce.number().optional(),
  MaxValue: z.coerce.number().optional(),
  NoEcho: z.union([z.boolean(), z.string()]).optional(),
});

const resourceSchema = z.strictObject({
  Type: z.string(),
  Condition: z.string().optional(),
  DependsOn: z
    .union([z.string().transform((one) => [one]), z.array(z.string())])
    .prefault([])
    .transform((names): readonly string[] => names),
  Metadata: anyMapping.optional(),
  Properties: anyMapping.prefault({}),
  CreationPolicy: z.unknown().optional(),
  UpdatePolicy: z.unknown().optional(),
  DeletionPolicy: policy.optional(),
  UpdateReplacePolicy: policy.optional(),
});

const outputSchema = z.strictObject({
  Description: z.string().optional(),
  Condition: z.string().optional(),
  Value: z.unknown(),
  Export: z.unknown().optional(),
});

const ruleSchema = z.strictObject({
  RuleCondition: z.unknown().optional(),
  Assertions: z.array(z.strictObject({ Assert: z.unknown(), AssertDescription: z.string().optional() })),
});

/** The sections of a template (AWS CloudFormation User Guide, "Template sections"), but `Hooks` and other macros. */
export const templateSchema = z.strictObject({
  AWSTemplateFormatVersion: z.literal('2010-09-09').optional(),
  Description: z.string().max(1024).optional(),
  Metadata: anyMapping.prefault({}),
  // Macros are CloudFormation's to expand; this one adds AWS's function to a rotation, and changes nothing else.
  Transform: z.literal('AWS::SecretsManager-2024-09-16').optional(),
  Parameters: z.record(logicalId, parameterSchema).prefault({}),
  Rules: z.record(logicalId, ruleSchema).prefault({}),
  Mappings: z.record(logicalId, z.record(z.string(), anyMapping)).prefault({}),
  Conditions: z.record(logicalId, z.unknown()).prefault({}),
  Resources: z.record(logicalId, resourceSchema),
  Outputs: z.record(logicalId, outputSchema).prefault({}),
});
