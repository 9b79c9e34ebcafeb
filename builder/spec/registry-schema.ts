import { z } from 'zod';
import { severities } from '../aws/ecr/severity.js';
import { parseEcrHost } from '../aws/ecr/ecr-host.js';
import { parseRegistryPrefix } from '../registry/registry-prefix.js';
import { repositorySchema, toSettings } from './repository-schema.js';

const fields = z.strictObject({
  host: z
    .string()
    .refine((text) => parseRegistryPrefix(text) !== undefined, {
      error: 'must be HOST[:PORT][/PREFIX], like ghcr.io/team',
    })
    .describe('`HOST[:PORT][/PREFIX]`: images are pushed below it.'),
  createRepository: z.boolean().default(false).describe('ECR: create the repository if it is missing.'),
  repository: repositorySchema.optional().describe('ECR: the settings of a repository that platen creates.'),
  scanThreshold: z
    .enum(severities)
    .optional()
    .describe('ECR: wait for the scan of the pushed image, and fail if it finds this severity or worse.'),
});

/** The `registry:` section of an environment. */
export const registrySchema = fields
  .superRefine(onlyOfEcr)
  .transform(({ host, createRepository, repository, scanThreshold }) => ({
    host: parseRegistryPrefix(host) ?? host,
    createRepository,
    scanThreshold,
    ...(repository === undefined ? {} : { repository: toSettings(repository) }),
  }));

export type RegistrySettings = z.output<typeof registrySchema>;

/** Refuses settings without effect, because their author relies on them. */
function onlyOfEcr(registry: z.output<typeof fields>, context: z.RefinementCtx): void {
  const { host, createRepository, repository, scanThreshold } = registry;
  const kind = parseEcrHost(host.split('/')[0] ?? '')?.kind;
  const refuse = (message: string, ...path: string[]): void =>
    context.addIssue({ code: 'custom', message, path });
  if (kind === 'public') {
    if (scanThreshold !== undefined) refuse('works only with a private registry of ECR', 'scanThreshold');
    for (const key of Object.keys(repository ?? {}).filter((one) => one !== 'tags'))
      refuse('works only with a private registry of ECR', 'repository', key);
  }
  if (kind !== undefined) return;
  const given = { createRepository: createRepository || undefined, repository, scanThreshold };
  for (const [key, value] of Object.entries(given))
    if (value !== undefined) refuse('works only with a registry of ECR', key);
}
