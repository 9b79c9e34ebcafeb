import { z } from 'zod';
import { flag, like, section, whole } from './setting.js';

/** The `compute:` section of an environment: what tasks run on. */
export const computeSchema = section(
  {
    kind: z.enum(['ec2', 'fargate']).default('ec2').describe('Instances of your own, or Fargate.'),
    architecture: z.enum(['X86_64', 'ARM64']).default('X86_64').describe('What the image is built for.'),
    instanceTypes: z
      .array(like(/^[a-z0-9-]+\.[a-z0-9]+$/, 'an instance type, like m6i.large'))
      .min(1)
      .default(['m6i.large', 'm5.large'])
      .describe('Instance types, the best first; they should have the same size.'),
    ami: like(/^ami-[0-9a-f]{8,17}$/, 'an image, like ami-0123456789abcdef0')
      .optional()
      .describe(
        'ECS-optimised Amazon Linux 2023, pinned: instances are replaced when it changes, and only then.',
      ),
    minimum: whole(0, 100, 2).describe('Instances at least.'),
    maximum: whole(1, 100, 6).describe('Instances at most.'),
    onDemandPercent: whole(0, 100, 100).describe(
      'So many of a hundred instances beyond the minimum; the rest is spot.',
    ),
    spot: flag(false).describe('Fargate: three of four further tasks run on spot.'),
    trunking: flag(false).describe('The account has awsvpcTrunking on: more tasks fit an instance.'),
  },
  'What tasks run on.',
);

const officeHours = z
  .strictObject({
    startHour: z.int().min(0).max(23).describe('Tasks start at this hour, on working days.'),
    stopHour: z.int().min(0).max(23).describe('And stop at this one.'),
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
    minimum: whole(1, 200, 2).describe('Tasks at least.'),
    maximum: whole(1, 200, 6).describe('Tasks at most.'),
    maximumPercent: whole(100, 200, 200).describe(
      'So many of a hundred tasks run while a deployment replaces them.',
    ),
    strategy: z
      .enum(['rolling', 'blue-green'])
      .default('rolling')
      .describe('How a release replaces another.'),
    bakeMinutes: whole(0, 1440, 5).describe('Blue/green: the old release waits so long beside the new one.'),
    targetCpu: whole(10, 90, 60).describe('Tasks are added above so many percent of CPU,'),
    targetMemory: whole(10, 95, 75).describe('or of memory,'),
    targetRequests: whole(1, 100_000, 600).describe('or so many requests a minute for each task.'),
    officeHours: officeHours.describe('No task runs outside these hours, nor on week-ends.'),
    exec: flag(false).describe('Allow commands in running tasks.'),
  },
  'The tasks of WordPress.',
);
