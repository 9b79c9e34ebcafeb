import { z } from 'zod';
import { whole } from './setting.js';

const port = (standard: number) => z.int().min(1).max(65535).default(standard);
const imageName = (standard: string) => z.string().min(1).default(standard);

/** The `local:` section of an environment, which makes the environment run on this machine: addresses, timeouts and images. */
export const localSchema = z
  .strictObject({
    address: z
      .union([z.ipv4(), z.ipv6()])
      .default('127.0.0.1')
      .describe(
        'Address to listen on: 127.0.0.1 for this machine only, 0.0.0.0 for every network interface.',
      ),
    httpsPort: port(8443).describe('Port of the site.'),
    httpPort: port(8080).describe('Port that redirects to the site.'),
    registryPort: port(5000).describe('Port of the registry, which stands in for ECR.'),
    mailPort: port(8025).describe('Port of a page that shows the mails of the site.'),
    deregistrationSeconds: whole(0, 3600, 2).describe(
      'Seconds that a deregistered task gets to finish its requests.',
    ),
    drainSeconds: whole(0, 57, 2).describe(
      'Seconds that a task still accepts requests after it is asked to stop.',
    ),
    healthCheckSeconds: whole(1, 300, 1).describe('Seconds between health checks of a task.'),
    images: z
      .strictObject({
        wordpress: imageName('wordpress'),
        database: imageName('mariadb'),
        cache: imageName('valkey'),
        loadbalancer: imageName('loadbalancer'),
        registry: imageName('registry'),
        mail: imageName('mailsink'),
      })
      .prefault({})
      .describe('Names of images in Docker; missing images of this project are built.'),
  })
  .describe('Run the platform on this machine.');

export type LocalSettings = z.output<typeof localSchema>;
