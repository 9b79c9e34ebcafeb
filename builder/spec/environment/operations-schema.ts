import { z } from 'zod';
import { arn, flag, like, mailAddress, section, whole } from './setting.js';

/** CloudWatch Logs takes no other numbers. */
const retention = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653] as const;

/** The `observability:` section of an environment. */
export const observabilitySchema = section(
  {
    retentionDays: z
      .union(retention.map((days) => z.literal(days)))
      .default(365)
      .describe('Logs are kept so long.'),
    alarmMail: mailAddress.optional().describe('Who is told of alarms.'),
    dashboard: flag(true).describe('A dashboard.'),
    detailed: flag(false).describe('Container Insights with enhanced observability, at a price.'),
  },
  'Logs, alarms, dashboard.',
);

/** The `protection:` section of an environment. */
export const protectionSchema = section(
  {
    deletion: flag(true).describe('Databases, file systems and load balancers refuse to be deleted.'),
    termination: flag(false).describe('And so do stacks.'),
    kmsDays: whole(7, 30, 30).describe('A key that is deleted can be brought back for so long.'),
  },
  'What must not be lost by mistake.',
);

/** The `budget:` section of an environment. */
export const budgetSchema = z
  .strictObject({
    monthly: z.int().min(1).describe('US dollars a month; who gets alarms is told before it is exceeded.'),
  })
  .describe('What it may cost.');

/** The `pipeline:` section of an environment. */
export const pipelineSchema = z
  .strictObject({
    repository: like(/^[\w.-]+\/[\w.-]+$/, 'OWNER/NAME').describe('Repository of GitHub that may deploy.'),
    branch: like(/^[\w./-]+$/, 'a branch')
      .default('main')
      .describe('The branch whose images are pushed.'),
    provider: arn.optional().describe("The account's OIDC provider, where it has one already."),
  })
  .describe('Continuous deployment by GitHub Actions.');
