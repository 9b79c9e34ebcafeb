import { z } from 'zod';
import { arn, flag, like, mailAddress, section, whole } from './setting.js';

/** The retention periods that CloudWatch Logs accepts. */
const retention = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653] as const;

/** The `observability:` section of an environment. */
export const observabilitySchema = section(
  {
    retentionDays: z
      .union(retention.map((days) => z.literal(days)))
      .default(365)
      .describe('Days to keep logs.'),
    alarmMail: mailAddress.optional().describe('Mail address that receives alarms.'),
    dashboard: flag(true).describe('Create a CloudWatch dashboard.'),
    detailed: flag(false).describe('Container Insights with enhanced observability, at extra cost.'),
  },
  'Logs, alarms, dashboard.',
);

/** The `protection:` section of an environment. */
export const protectionSchema = section(
  {
    deletion: flag(true).describe('Protect databases, file systems and load balancers from deletion.'),
    termination: flag(false).describe('Protect stacks from deletion.'),
    kmsDays: whole(7, 30, 30).describe('Days in which a deleted KMS key can be restored.'),
  },
  'Protection against deletion by mistake.',
);

/** The `budget:` section of an environment. */
export const budgetSchema = z
  .strictObject({
    monthly: z
      .int()
      .min(1)
      .describe('Budget in US dollars a month; alarmMail is warned before it is exceeded.'),
  })
  .describe('Budget of the environment.');

/** The `pipeline:` section of an environment. */
export const pipelineSchema = z
  .strictObject({
    repository: like(/^[\w.-]+\/[\w.-]+$/, 'OWNER/NAME').describe('GitHub repository that may deploy.'),
    branch: like(/^[\w./-]+$/, 'a branch')
      .default('main')
      .describe('The branch whose images are pushed.'),
    provider: arn.optional().describe('The OIDC provider for GitHub, if the account already has one.'),
  })
  .describe('Continuous deployment by GitHub Actions.');
