import { z } from 'zod';
import { flag, ipv4Block, like, section } from './setting.js';

/** The `network:` section of an environment. */
export const networkSchema = section(
  {
    cidr: like(/^(10|172|192)\.\d+\.\d+\.0\/16$/, 'a private block of 16 bits, like 10.0.0.0/16')
      .default('10.0.0.0/16')
      .describe('Address block of the VPC.'),
    zones: z
      .union([z.literal(2), z.literal(3)])
      .default(2)
      .describe('Number of availability zones.'),
    nat: z
      .enum(['none', 'one', 'zone', 'regional'])
      .default('zone')
      .describe('NAT gateways: none, one for all zones, one per zone, or a regional one.'),
    ipv6: flag(false).describe('Give subnets IPv6 addresses, too.'),
    endpoints: section(
      {
        ecr: flag(false).describe('Reach ECR without NAT (two endpoints).'),
        logs: flag(false).describe('Reach CloudWatch Logs without NAT.'),
        secrets: flag(false).describe('Reach Secrets Manager without NAT.'),
        ssm: flag(false).describe(
          'Reach Systems Manager, for parameters and commands in tasks, without NAT (two endpoints).',
        ),
        ecs: flag(false).describe('Reach ECS, for the agents of instances, without NAT (three endpoints).'),
        rds: flag(false).describe('Reach the RDS API, for password rotation, without NAT.'),
      },
      'Interface endpoints. Each is billed per zone: ten of them cost more than a NAT gateway. The S3 endpoint is free and always there.',
    ),
  },
  'The network.',
);

/** The `domain:` section of an environment. */
export const domainSchema = z
  .strictObject({
    name: like(/^([a-z0-9-]+\.)+[a-z]{2,}$/, 'a host name, like www.example.org').describe(
      'Host name of the site.',
    ),
    alternative: like(/^([a-z0-9-]+\.)+[a-z]{2,}$/, 'a host name, like example.org')
      .optional()
      .describe('A second host name of the same site.'),
    hostedZone: like(/^Z[A-Z0-9]+$/, "a hosted zone's id, like Z0123456789ABC")
      .optional()
      .describe('Route 53 zone of the domain; without it, create the records yourself.'),
    hstsSeconds: z
      .int()
      .min(0)
      .default(0)
      .describe('Max-age of HSTS: seconds for which browsers insist on HTTPS.'),
    healthCheck: flag(false).describe('Let Route 53 check the site every 30 s.'),
  })
  .describe("The site's domain. Without one, HTTPS uses CloudFront's own certificate.");

/** The `edge:` section of an environment: CloudFront, firewall and access to the site. */
export const edgeSchema = section(
  {
    cdn: flag(true).describe('Put CloudFront in front of the load balancer.'),
    admit: z
      .array(ipv4Block)
      .default([])
      .describe(
        'Address blocks that may reach the site before it is open, such as those of its administrators.',
      ),
    open: flag(false).describe('Open the site to everyone. Set it once WordPress is installed.'),
    plainHttp: flag(false).describe('Serve unencrypted HTTP, without CloudFront and certificate.'),
    waf: z
      .enum(['off', 'count', 'block'])
      .default('count')
      .describe(
        'Firewall: first only count the requests that its rules match; block after you have reviewed them.',
      ),
  },
  'CloudFront, firewall and access to the site.',
);
