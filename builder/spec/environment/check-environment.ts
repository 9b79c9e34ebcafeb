import type { z } from 'zod';
import type { environmentSettings } from './environment-settings.js';

type Environment = z.output<typeof environmentSettings>;
type Rule = readonly [
  path: readonly string[],
  message: string,
  broken: (environment: Environment) => boolean,
];

/** Rules between settings. A setting without effect is refused, because its author relies on it. */
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
    'works only with kind: ec2',
    ({ compute }) => compute.trunking && compute.kind === 'fargate',
  ],
  [
    ['database', 'maximumStorage'],
    'must be at least database.storage',
    ({ database }) => database.maximumStorage < database.storage,
  ],
  [
    ['edge', 'plainHttp'],
    'works only without a domain and with cdn: false',
    ({ edge, domain }) => edge.plainHttp && (edge.cdn || domain !== undefined),
  ],
  [
    ['edge', 'cdn'],
    'can be turned off only with a domain, which has a certificate, or with plainHttp: true',
    ({ edge, domain }) => !edge.cdn && domain === undefined && !edge.plainHttp,
  ],
  [['edge', 'admit'], 'works only with open: false', ({ edge }) => edge.open && edge.admit.length > 0],
  [
    ['domain', 'healthCheck'],
    'works only with edge.open: true',
    ({ edge, domain }) => domain?.healthCheck === true && !edge.open,
  ],
  [['mail', 'relay'], 'is missing', ({ mail }) => mail.kind === 'relay' && mail.relay === undefined],
  [
    ['mail', 'relay'],
    'works only with kind: relay',
    ({ mail }) => mail.kind !== 'relay' && mail.relay !== undefined,
  ],
  [['mail', 'from'], 'is missing', ({ mail }) => mail.kind !== 'none' && mail.from === undefined],
  [
    ['network', 'nat'],
    'can be none only if the endpoints ecr, logs, secrets, ssm and ecs are all true',
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

/** Reports settings that contradict each other. */
export function checkEnvironment(environment: Environment, context: z.RefinementCtx): void {
  for (const [path, message, broken] of rules)
    if (broken(environment)) context.addIssue({ code: 'custom', path: [...path], message });
}
