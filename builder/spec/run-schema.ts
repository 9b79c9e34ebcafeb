import { z } from 'zod';

const argv = z.array(z.string()).min(1);
const absolutePath = z.string().regex(/^\/[^\0]*$/, { error: 'must be an absolute path' });
const seconds = z.number().min(0).max(86400);

const aPort = { error: 'must be a port, like 8080/tcp' };
const port = z
  .union([z.string().regex(/^\d{1,5}(\/(tcp|udp))?$/, aPort), z.int().min(1).max(65535)], aPort)
  .refine((value) => !(Number.parseInt(String(value)) > 65535), aPort)
  .transform((value) => (String(value).includes('/') ? String(value) : `${value}/tcp`));

const aUser = { error: 'must be a user, like www-data, 33 or 33:33' };
const user = z
  .union([z.string().regex(/^[^\s:]+(:[^\s:]+)?$/, aUser), z.int().min(0)], aUser)
  .transform(String);

const healthCheckSchema = z.strictObject({
  command: argv.describe('Run in the container, which is healthy while this exits with 0.'),
  intervalSeconds: seconds.default(30).describe('Time from one check to the next.'),
  timeoutSeconds: seconds.default(5).describe('A check that takes longer has failed.'),
  retries: z.int().min(1).default(3).describe('This many failures in a row make the container unhealthy.'),
  startPeriodSeconds: seconds.default(0).describe('Failures do not count while the container starts.'),
});

/** How a container of the image runs: the `config` of an OCI image (image specification, config.md). */
export const runSchema = z
  .strictObject({
    entrypoint: argv.optional().describe('The program that is always run.'),
    command: argv.optional().describe("The entrypoint's arguments, or the whole command without one."),
    user: user.optional().describe('The user: name or number, and optionally `:group`.'),
    workingDirectory: absolutePath.optional().describe('The working directory.'),
    environment: z
      .record(z.string().regex(/^[^=\0]+$/), z.string())
      .default({})
      .describe('Environment variables.'),
    ports: z.array(port).default([]).describe('Ports that the container listens on, like 8080/tcp.'),
    volumes: z.array(absolutePath).default([]).describe('Folders that hold data.'),
    labels: z
      .record(z.string().min(1), z.string())
      .default({})
      .describe('Labels, such as org.opencontainers.image.*.'),
    stopSignal: z
      .string()
      .regex(/^SIG[A-Z0-9+-]+$/, { error: 'must be a signal, like SIGTERM' })
      .optional()
      .describe('The signal that stops the container.'),
    healthCheck: healthCheckSchema.optional().describe('The health check.'),
  })
  .prefault({})
  .describe('How a container of the image runs.');
