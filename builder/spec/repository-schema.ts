import { z } from 'zod';
import { type RepositorySettings, defaultRepositorySettings } from '../aws/ecr/repository-settings.js';

const { immutableTags, scanOnPush, encryption, keepUntagged, tags: ownTags } = defaultRepositorySettings;
const movable = typeof immutableTags === 'object' ? [...immutableTags.except] : [];

const aCount = { error: 'must be a whole number from 1, or all' };
/** ECR's filters (API reference, ImageTagMutabilityExclusionFilter). */
const tagFilter = z.string().regex(/^(?!.*\*.*\*.*\*)[A-Za-z0-9._*-]{1,128}$/, {
  error: 'must be a tag, with * for anything at most twice',
});
const tagKey = z.string().regex(/^(?!aws:).{1,128}$/i, {
  error: 'must have 1 to 128 characters, and not begin with aws:',
});

/** The `repository:` section of an environment's registry: settings of a new ECR repository. Existing ones are never changed. */
export const repositorySchema = z
  .strictObject({
    immutableTags: z.boolean().optional().describe('No tag may be moved to another image. Default: true.'),
    movableTags: z
      .array(tagFilter)
      .max(5, { error: 'must be at most five' })
      .optional()
      .describe('With `immutableTags`: tags that may still be moved. Default: `latest`.'),
    scanOnPush: z.boolean().optional().describe('Default: true.'),
    encryption: z.enum(['AES256', 'KMS']).optional().describe('Default: AES256.'),
    kmsKey: z
      .string()
      .regex(/^\S+$/, { error: 'must be the ARN, the id or the alias of a key' })
      .optional()
      .describe("With `encryption: KMS`. Default: `aws/ecr`, AWS's own."),
    untaggedImagesKept: z
      .union([z.int().min(1), z.literal('all')], aCount)
      .optional()
      .describe(`How many untagged images are kept, the newest first. Default: ${keepUntagged}.`),
    tags: z
      .record(tagKey, z.string().max(256, { error: 'must have at most 256 characters' }))
      .optional()
      .describe('AWS tags, besides `managed-by: platen`.'),
  })
  .superRefine((repository, context) => {
    const refuse = (key: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [key], message });
    if (repository.kmsKey !== undefined && repository.encryption !== 'KMS')
      refuse('kmsKey', 'works only with encryption: KMS');
    if (repository.movableTags !== undefined && repository.immutableTags === false)
      refuse('movableTags', 'works only with immutableTags: true');
  });

/** Returns the settings of a new repository: those given, else the defaults of `--create-repository`. */
export function toSettings(given: z.output<typeof repositorySchema>): RepositorySettings {
  const { untaggedImagesKept: kept = keepUntagged, kmsKey } = given;
  return {
    immutableTags: given.immutableTags === false ? false : { except: given.movableTags ?? movable },
    scanOnPush: given.scanOnPush ?? scanOnPush,
    encryption:
      given.encryption === 'KMS'
        ? { kind: 'KMS', ...(kmsKey === undefined ? {} : { key: kmsKey }) }
        : encryption,
    ...(kept === 'all' ? {} : { keepUntagged: kept }),
    tags: { ...ownTags, ...given.tags },
  };
}
