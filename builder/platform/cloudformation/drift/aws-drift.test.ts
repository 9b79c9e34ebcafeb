import t from 'tap';
import { CloudWatchLogsClient, PutRetentionPolicyCommand } from '@aws-sdk/client-cloudwatch-logs';
import { awsServices } from '../../../aws/aws-services.js';
import type { ResourceDrift } from '../../../aws/cloudformation/stack.js';
import { BuilderError } from '../../../errors.js';
import { CloudFormationDeploy } from '../../../testing/cloudformation-deploy.js';
import { startMinistack } from '../../../testing/ministack-server.js';
import { environmentOf } from '../../../testing/platform-variants.js';
import { setVariables } from '../../../testing/set-variables.js';
import { loadPlatform } from '../../graph/load-platform.js';
import { resolvePlatform } from '../../graph/resolve-platform.js';
import type { AwsContext } from '../aws-context.js';
import { awsDrift } from './aws-drift.js';

const spec = environmentOf("account: '123456789012'\nregion: eu-central-1\n", 'dev');
const platform = loadPlatform('.');

function contextOf(services: object): AwsContext {
  return {
    name: 'dev',
    spec,
    platform,
    services: () => services,
    registry: () => undefined,
    identity: async () => ({ account: '123456789012', arn: 'arn:aws:iam::123456789012:user/kim' }),
    releases: { newest: () => undefined },
    signal: new AbortController().signal,
    wait: async () => undefined,
  } as unknown as AwsContext;
}

t.test('what somebody changed is found by CloudFormation itself', { timeout: 120_000 }, async (t) => {
  const url = await startMinistack(t);
  setVariables(t, {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'example',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  });
  const stack = resolvePlatform(platform, { name: 'dev', environment: spec }).find(
    ({ name }) => name === 'observability',
  )!;
  const key = 'arn:aws:kms:eu-central-1:123456789012:key/0';
  await new CloudFormationDeploy(url).deploy(stack, new Map([['keys', { LogKeyArn: key, DataKeyArn: key }]]));
  const context = contextOf({
    ...awsServices('eu-central-1'),
    // What else a deployment would look up.
    ssm: { parameter: async () => 'ami-1' },
    ec2: { prefixList: async () => 'pl-1' },
  });
  t.strictSame((await awsDrift(context)).drifts, [], 'as it was made');
  await new CloudWatchLogsClient({ region: 'eu-central-1' }).send(
    new PutRetentionPolicyCommand({ logGroupName: '/platen/dev/wordpress', retentionInDays: 1 }),
  );
  const { drifts, failed } = await awsDrift(context);
  t.match(drifts, [
    {
      resource: 'observability/TaskLog',
      type: 'AWS::Logs::LogGroup',
      status: 'modified',
      properties: [{ path: '/RetentionInDays', expected: /\d+/, actual: '1' }],
    },
  ]);
  t.equal(drifts.length, 1);
  t.strictSame(failed, []);
});

/** Stacks that are there, and what CloudFormation finds in each: in its documented shapes. */
function comparing(
  statuses: Readonly<Record<string, string>>,
  found: Readonly<Record<string, readonly ResourceDrift[]>>,
  more: object = {},
) {
  const looks = new Map<string, number>();
  const short = (name: string): string => name.replace('platen-dev-', '');
  return contextOf({
    cloudformation: {
      names: async () => [],
      stack: async (name: string) => {
        const status = statuses[short(name)];
        return status && { id: name, name, status, outputs: {}, parameters: {}, isProtected: false };
      },
    },
    ssm: { parameter: async () => 'ami-1' },
    ec2: { prefixList: async () => 'pl-1' },
    stackCare: {
      detectDrift: async (name: string) => name,
      driftDone: async (id: string) => {
        looks.set(id, (looks.get(id) ?? 0) + 1);
        return looks.get(id)! < 3 ? undefined : { isWhole: true };
      },
      drifts: async (name: string) => found[short(name)] ?? [],
      resources: async () => [],
      ...more,
    },
  });
}

const modified = (logicalId: string, type: string, ...all: [string, string, string][]): ResourceDrift => ({
  logicalId,
  type,
  status: 'MODIFIED',
  properties: all.map(([path, expected, actual]) => ({ path, expected, actual })),
});

t.test(
  'what always differs is listed apart, with its reason; the rest of the same resource is not',
  async (t) => {
    const context = comparing(
      { service: 'UPDATE_COMPLETE', database: 'CREATE_COMPLETE' },
      {
        service: [
          modified('Service', 'AWS::ECS::Service', ['/DesiredCount', '2', '5']),
          {
            logicalId: 'Group',
            type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
            status: 'DELETED',
            properties: [],
          },
        ],
        database: [
          modified(
            'Instance',
            'AWS::RDS::DBInstance',
            ['/EngineVersion', '11.8', '11.8.5'],
            ['/AllocatedStorage', '100', '50'],
            ['/BackupRetentionPeriod', '14', '1'],
          ),
        ],
      },
    );
    const { drifts, noise } = await awsDrift(context);
    t.strictSame(
      drifts.map(({ resource, status, properties }) => [
        resource,
        status,
        properties.map(({ path }) => path),
      ]),
      [
        ['database/Instance', 'modified', ['/AllocatedStorage', '/BackupRetentionPeriod']],
        ['service/Group', 'deleted', []],
      ],
    );
    t.match(noise, [
      {
        resource: 'database/Instance',
        properties: [{ path: '/EngineVersion' }],
        reason: /newer ones by itself/,
      },
      { resource: 'service/Service', properties: [{ path: '/DesiredCount' }], reason: /scaling/ },
    ]);
  },
);

t.test('what can not be compared is named, and the rest is compared', async (t) => {
  const { failed } = await awsDrift(
    comparing(
      { service: 'UPDATE_IN_PROGRESS', database: 'CREATE_COMPLETE' },
      {},
      {
        driftDone: async () => ({ isWhole: false, reason: 'Failed to detect drift on resources [Secret]' }),
      },
    ),
  );
  t.strictSame(failed, [
    { stack: 'database', reason: 'Failed to detect drift on resources [Secret]' },
    { stack: 'service', reason: 'it is in UPDATE_IN_PROGRESS' },
  ]);
});

t.test("somebody else's comparison is waited for, then it is compared anew", async (t) => {
  let tries = 0;
  const detectDrift = async (name: string) => {
    if (++tries < 3)
      throw new BuilderError('Drift detection is already in progress for stack', { code: 'failed' });
    return name;
  };
  await awsDrift(comparing({ database: 'CREATE_COMPLETE' }, {}, { detectDrift }));
  t.equal(tries, 3);
});

t.test('an environment that is not there', async (t) => {
  await t.rejects(awsDrift(comparing({}, {})), { code: 'not-found', message: 'dev is not there' });
});
