import t from 'tap';
import type { AwsServices } from '../../../aws/aws-services.js';
import type { EcsDeployment, EcsService } from '../../../aws/ecs/ecs-service.js';
import type { PlatenEvent } from '../../../reporter.js';
import { environmentOf } from '../../../testing/platform-variants.js';
import type { AwsContext } from '../aws-context.js';
import { addressCheck } from './address-check.js';
import type { Check, Deployed } from './check.js';
import { databaseCheck } from './database-check.js';
import { mountTargetCheck } from './mount-target-check.js';
import { serviceCheck } from './service-check.js';
import { targetCheck } from './target-check.js';
import { verifyPlatform } from './verify-platform.js';

const wanted = 'arn:aws:ecs:eu-central-1:1:task-definition/prod-wordpress:7';
const deployed: Deployed = {
  stacks: [],
  outputs: new Map([
    ['database', { InstanceId: 'db' }],
    ['files', { FileSystemId: 'fs-1' }],
    ['cluster', { ClusterName: 'prod' }],
    ['service', { ServiceName: 'prod-wordpress', TaskDefinitionArn: wanted }],
    ['cdn', { Address: 'https://d1.cloudfront.net' }],
  ]),
};

function service(primary: Partial<EcsDeployment>, more: Partial<EcsService> = {}): EcsService {
  const deployment = { id: 'd', status: 'PRIMARY', definition: wanted, desired: 2, running: 2, failed: 0 };
  return {
    name: 'prod-wordpress',
    arn: 'arn',
    desired: 2,
    running: 2,
    pending: 0,
    definition: wanted,
    deployments: [{ ...deployment, rollout: 'COMPLETED', ...primary }],
    targetGroups: ['group'],
    events: [],
    ...more,
  };
}

/** A platform that is well, with what is otherwise. */
function contextWith(
  services: Record<string, unknown>,
  ask: number | undefined = 302,
  text = '',
): AwsContext {
  const well = {
    rds: {
      instance: async () => ({ status: 'available', multiAz: true, backupDays: 14, isProtected: true }),
    },
    efs: {
      mountTargets: async () => ['a', 'b'].map((zone) => ({ id: zone, zone, state: 'available' })),
    },
    ecs: { service: async () => service({}) },
    elb: { targets: async () => ['1', '2'].map((target) => ({ target, state: 'healthy' })) },
    ...services,
  };
  return {
    spec: environmentOf(`region: eu-central-1\n${text}`),
    services: () => well as unknown as AwsServices,
    ask: async () => ask,
    reporter: { report: () => {} },
    signal: new AbortController().signal,
    wait: async () => {},
  } as unknown as AwsContext;
}

const checks = [databaseCheck, mountTargetCheck, serviceCheck, targetCheck, addressCheck];

t.test('a platform that is well', async (t) => {
  const told: PlatenEvent[] = [];
  const context = { ...contextWith({}), reporter: { report: (event: PlatenEvent) => void told.push(event) } };
  await verifyPlatform(context, deployed, checks);
  t.equal(told.filter(({ kind }) => kind === 'part-healthy').length, checks.length);
});

const wrong: readonly (readonly [
  name: string,
  check: Check,
  services: Record<string, unknown>,
  said: RegExp,
])[] = [
  [
    'a database without its standby',
    databaseCheck,
    { rds: { instance: async () => ({ status: 'available', multiAz: false, backupDays: 14 }) } },
    /db has no standby/,
  ],
  [
    'a database that is stopped',
    databaseCheck,
    { rds: { instance: async () => ({ status: 'stopped', multiAz: true, backupDays: 14 }) } },
    /db is stopped/,
  ],
  [
    'a database without backups',
    databaseCheck,
    { rds: { instance: async () => ({ status: 'available', multiAz: true, backupDays: 0 }) } },
    /no backups/,
  ],
  [
    'a zone where the web root can not be mounted',
    mountTargetCheck,
    {
      efs: {
        mountTargets: async () => [
          { id: 'a', zone: 'a', state: 'available' },
          { id: 'b', zone: 'b', state: 'creating' },
        ],
      },
    },
    /in 1 of 2 zones/,
  ],
  [
    'a service that was rolled back, though it is steady',
    serviceCheck,
    { ecs: { service: async () => service({ definition: wanted.replace(':7', ':6') }) } },
    /runs revision 6; revision 7 was wanted/,
  ],
  [
    'a service that is not steady',
    serviceCheck,
    { ecs: { service: async () => service({ rollout: 'IN_PROGRESS' }) } },
    /revision 7, 2 of 2/,
  ],
  [
    'a sick target',
    targetCheck,
    {
      elb: {
        targets: async () => [
          { target: '10.0.0.1', state: 'healthy' },
          { target: '10.0.0.2', state: 'unhealthy', reason: 'Health checks failed with these codes: [503]' },
        ],
      },
    },
    /1 of 2 healthy: 10\.0\.0\.2, Health checks failed/,
  ],
];

for (const [name, check, services, said] of wrong)
  t.test(name, async (t) => {
    await t.rejects(verifyPlatform(contextWith(services), deployed, [check]), {
      code: 'failed',
      message: said,
    });
  });

t.test('an address that answers with an error, once the site is open', async (t) => {
  const open = contextWith({}, 503, 'edge: { open: true }\n');
  await t.rejects(verifyPlatform(open, deployed, [addressCheck]), { message: /cloudfront\.net answers 503/ });
  await t.resolves(
    verifyPlatform(contextWith({}, undefined), deployed, [addressCheck]),
    'closed: it may be right',
  );
});

t.test('what gets well is waited for', async (t) => {
  let looks = 0;
  const rds = {
    instance: async () => ({ status: ++looks < 3 ? 'modifying' : 'available', multiAz: true, backupDays: 1 }),
  };
  await verifyPlatform(contextWith({ rds }), deployed, [databaseCheck]);
  t.equal(looks, 3);
});
