import { z } from 'zod';
import { flag, like, section, whole } from './setting.js';

/** The `compute:` section of an environment: the capacity that tasks run on. */
export const computeSchema = section(
  {
    kind: z.enum(['ec2', 'fargate']).default('ec2').describe('EC2 instances of your own, or Fargate.'),
    architecture: z
      .enum(['X86_64', 'ARM64'])
      .default('X86_64')
      .describe('CPU architecture of tasks and instances.'),
    instanceTypes: z
      .array(like(/^[a-z0-9-]+\.[a-z0-9]+$/, 'an instance type, like m6i.large'))
      .min(1)
      .default(['m6i.large', 'm5.large'])
      .describe('Instance types, the preferred first; they should have the same size.'),
    ami: like(/^ami-[0-9a-f]{8,17}$/, 'an image, like ami-0123456789abcdef0')
      .optional()
      .describe('AMI of ECS-optimised Amazon Linux 2023, pinned: only a change of it replaces instances.'),
    minimum: whole(0, 100, 2).describe('Minimum number of instances.'),
    maximum: whole(1, 100, 6).describe('Maximum number of instances.'),
    onDemandPercent: whole(0, 100, 100).describe(
      'Percentage of on-demand instances beyond the minimum; the rest are spot instances.',
    ),
    spot: flag(false).describe('Fargate: run three of four tasks beyond the first on Fargate Spot.'),
    trunking: flag(false).describe(
      'Turn awsvpcTrunking on for the account in this region: more tasks fit on an instance that starts later.',
    ),
  },
  'Capacity that tasks run on.',
);

const officeHours = z
  .strictObject({
    startHour: z.int().min(0).max(23).describe('Hour at which tasks start, on working days.'),
    stopHour: z.int().min(0).max(23).describe('Hour at which tasks stop.'),
    timeZone: like(/^([A-Za-z_]+\/[A-Za-z_]+|UTC)$/, 'a time zone, like Europe/Berlin').default('UTC'),
  })
  .optional();

/** The `service:` section of an environment: how many tasks, how big, how they are replaced. */
export const serviceSchema = section(
  {
    cpu: z
      .union([z.literal(256), z.literal(512), z.literal(1024), z.literal(2048), z.literal(4096)])
      .default(512)
      .describe('CPU of a task: 1024 is one processor.'),
    memory: whole(512, 30720, 1024).describe('Memory of a task, in MiB.'),
    minimum: whole(1, 200, 2).describe('Minimum number of tasks.'),
    maximum: whole(1, 200, 6).describe('Maximum number of tasks.'),
    maximumPercent: whole(100, 200, 200).describe(
      'Maximum percentage of the desired tasks that run during a deployment.',
    ),
    strategy: z
      .enum(['rolling', 'blue-green', 'rolling-after'])
      .default('rolling')
      .describe(
        'Deployment strategy; rolling-after: rolling again after blue/green, by its target groups, without an interruption.',
      ),
    bakeMinutes: whole(0, 1440, 5).describe(
      'Blue/green: minutes that the old release stays ready beside the new one.',
    ),
    targetCpu: whole(10, 90, 60).describe('Scaling target: average CPU, in percent.'),
    targetMemory: whole(10, 95, 75).describe('Scaling target: average memory, in percent.'),
    targetRequests: whole(1, 100_000, 600).describe('Scaling target: requests per task and minute.'),
    officeHours: officeHours.describe('Run tasks only in these hours on working days.'),
    exec: flag(false).describe('Allow commands in running tasks.'),
  },
  'The WordPress tasks: number, size, deployment and scaling.',
);
