import { z } from 'zod';
import { flag, ipv4Block, like, section } from './setting.js';

/** The `network:` section of an environment. */
export const networkSchema = section(
  {
    cidr: like(/^(10|172|192)\.\d+\.\d+\.0\/16$/, 'a private block of 16 bits, like 10.0.0.0/16')
      .default('10.0.0.0/16')
      .describe('Addresses of the VPC.'),
    zones: z
      .union([z.literal(2), z.literal(3)])
      .default(2)
      .describe('Availability zones.'),
    nat: z
      .enum(['none', 'one', 'zone', 'regional'])
      .default('zone')
      .describe('NAT gateways: none, one for all zones, one a zone, or one that spans the region.'),
    ipv6: flag(false).describe('Give subnets IPv6 as well.'),
    endpoints: section(
      {
        ecr: flag(false).describe('Images come without NAT (two endpoints).'),
        logs: flag(false).describe('Logs go without NAT.'),
        secrets: flag(false).describe('Secrets come without NAT.'),
        ssm: flag(false).describe('Parameters, and commands in tasks, without NAT (two endpoints).'),
        ecs: flag(false).describe("The agent's orders come without NAT (three endpoints)."),
        rds: flag(false).describe("RDS's interface, for rotation, without NAT."),
      },
      "Interface endpoints; each costs in each zone: ten of them more than a NAT gateway. S3's costs nothing and is always there.",
    ),
  },
  'The network.',
);

/** The `domain:` section of an environment. */
export const domainSchema = z
  .strictObject({
    name: like(/^([a-z0-9-]+\.)+[a-z]{2,}$/, 'a host name, like www.example.org').describe("The site's."),
    alternative: like(/^([a-z0-9-]+\.)+[a-z]{2,}$/, 'a host name, like example.org')
      .optional()
      .describe('A second name, which leads to the same site.'),
    hostedZone: like(/^Z[A-Z0-9]+$/, "a hosted zone's id, like Z0123456789ABC")
      .optional()
      .describe("Route 53's zone of the domain; without it, records are yours to make."),
    hstsSeconds: z.int().min(0).default(0).describe('So long browsers insist on HTTPS.'),
    healthCheck: flag(false).describe('Have Route 53 ask the site every 30 s.'),
  })
  .describe("Without a domain, HTTPS comes by CloudFront's own certificate.");

/** The `edge:` section of an environment: what stands between visitors and tasks. */
export const edgeSchema = section(
  {
    cdn: flag(true).describe('CloudFront in front of the load balancer.'),
    admit: z
      .array(ipv4Block)
      .default([])
      .describe('Addresses that reach the site until it is open: those of who sets it up.'),
    open: flag(false).describe('Whether the site is set up, and the world may come.'),
    plainHttp: flag(false).describe(
      'Without CloudFront and certificate: serve HTTP, where anyone may listen.',
    ),
    waf: z
      .enum(['off', 'count', 'block'])
      .default('count')
      .describe('Firewall: count what its rules match first; block when that has been looked at.'),
  },
  'What stands between visitors and the site.',
);
