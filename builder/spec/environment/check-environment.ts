import type { z } from 'zod';
import type { environmentSettings } from './environment-settings.js';

type Environment = z.output<typeof environmentSettings>;
type Rule = readonly [
  path: readonly string[],
  message: string,
  broken: (environment: Environment) => boolean,
];

/** What settings need of each other. What would be without effect is refused: who wrote it relies on it. */
const rules: readonly Rule[] = [
  [
    ['service', 'minimum'],
    'must be at most service.maximum',
    ({ service }) => service.minimum > service.maximum,
  ],
  [
    ['compute', 'minimum'],
    'must be at most compute.maximum',
    ({ compute }) => compute.minimum > compute.maximum,
  ],
  [
    ['compute', 'trunking'],
    'goes only with kind: ec2',
    ({ compute }) => compute.trunking && compute.kind === 'fargate',
  ],
  [
    ['database', 'maximumStorage'],
    'must be at least database.storage',
    ({ database }) => database.maximumStorage < database.storage,
  ],
  [
    ['edge', 'plainHttp'],
    'goes only without a domain and with cdn: false',
    ({ edge, domain }) => edge.plainHttp && (edge.cdn || domain !== undefined),
  ],
  [
    ['edge', 'cdn'],
    'can be turned off only with a domain, which has a certificate, or with plainHttp: true',
    ({ edge, domain }) => !edge.cdn && domain === undefined && !edge.plainHttp,
  ],
  [['edge', 'admit'], 'goes only with open: false', ({ edge }) => edge.open && edge.admit.length > 0],
  [
    ['domain', 'healthCheck'],
    'goes only with edge.open: true',
    ({ edge, domain }) => domain?.healthCheck === true && !edge.open,
  ],
  [['mail', 'relay'], 'is missing', ({ mail }) => mail.kind === 'relay' && mail.relay === undefined],
  [
    ['mail', 'relay'],
    'goes only with kind: relay',
    ({ mail }) => mail.kind !== 'relay' && mail.relay !== undefined,
  ],
  [['mail', 'from'], 'is missing', ({ mail }) => mail.kind !== 'none' && mail.from === undefined],
  [
    ['network', 'nat'],
    'can be none only where all endpoints but rds are there',
    ({ network: { nat, endpoints } }) =>
      nat === 'none' &&
      !(endpoints.ecr && endpoints.logs && endpoints.secrets && endpoints.ssm && endpoints.ecs),
  ],
  [
    ['files', 'copyRegion'],
    'must be another region',
    ({ files, region }) => files.copyRegion !== undefined && files.copyRegion === region,
  ],
];

/** Tells which settings do not go together. */
export function checkEnvironment(environment: Environment, context: z.RefinementCtx): void {
  for (const [path, message, broken] of rules)
    if (broken(environment)) context.addIssue({ code: 'custom', path: [...path], message });
}
