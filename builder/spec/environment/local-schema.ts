import { z } from 'zod';
import { whole } from './setting.js';

const port = (standard: number) => z.int().min(1).max(65535).default(standard);
const imageName = (standard: string) => z.string().min(1).default(standard);

/** The `local:` section of an environment, which makes it one of this machine: how the platform is reached, and of which images it is. */
export const localSchema = z
  .strictObject({
    address: z
      .union([z.ipv4(), z.ipv6()])
      .default('127.0.0.1')
      .describe('Who may come: 127.0.0.1 is this machine alone, 0.0.0.0 anyone who reaches it.'),
    httpsPort: port(8443).describe('The site.'),
    httpPort: port(8080).describe('Leads to the site.'),
    registryPort: port(5000).describe('The registry, which takes images like ECR.'),
    mailPort: port(8025).describe('A page with the mails that the site sent.'),
    deregistrationSeconds: whole(0, 3600, 2).describe(
      'A task that is to go gets so long to answer what it was asked.',
    ),
    drainSeconds: whole(0, 57, 2).describe('And takes requests for so long after it is asked to stop.'),
    healthCheckSeconds: whole(1, 300, 1).describe('How often the load balancer asks each task.'),
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
      .describe('Names of images in Docker; those of this project are built where they are missing.'),
  })
  .describe('Run on this machine.');

export type LocalSettings = z.output<typeof localSchema>;
