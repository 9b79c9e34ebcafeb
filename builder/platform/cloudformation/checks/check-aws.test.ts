import t from 'tap';
import { awsError } from '../../../aws/aws-error.js';
import type { RightsQuestion } from '../../../aws/iam/iam-api.js';
import { BuilderError } from '../../../errors.js';
import { environmentOf } from '../../../testing/platform-variants.js';
import type { PlatformCheck } from '../../driver.js';
import { loadPlatform } from '../../graph/load-platform.js';
import type { AwsContext } from '../aws-context.js';
import { checkAws } from './check-aws.js';

const region = 'eu-central-1';
const zones = ['a', 'b', 'c'].map((letter) => region + letter);
const platform = loadPlatform('.');

interface Account {
  /** Added to the environment's file. */
  readonly settings?: string;
  readonly identity?: AwsContext['identity'];
  /** By the stack's name. */
  readonly statuses?: Readonly<Record<string, string>>;
  /** Per service: what answers otherwise than in an account where all is well. */
  readonly services?: Readonly<Record<string, object>>;
}

/** An account in which nothing stands in the way, but for what a test says. */
function contextOf({ settings = '', identity, statuses = {}, services = {} }: Account = {}): AwsContext {
  const stack = async (name: string) =>
    name in statuses
      ? { id: `arn:${name}`, name, status: statuses[name], outputs: {}, parameters: {}, isProtected: false }
      : undefined;
  const well: Record<string, object> = {
    cloudformation: { stack, names: async () => [], events: async () => [] },
    ssm: { parameter: async () => 'ami-1' },
    iam: {
      roleArn: async (name: string) => `arn:aws:iam::123456789012:role/sso/${name}`,
      simulate: async ({ actions }: RightsQuestion) =>
        actions.map((action) => ({ action, isAllowed: true, missingContext: [] })),
    },
    ec2: {
      prefixList: async () => 'pl-1',
      zones: async () => zones,
      instanceTypeZones: async (types: readonly string[]) =>
        types.flatMap((type) => zones.map((zone) => ({ type, zone }))),
      vpcCount: async () => 1,
      addressCount: async () => 0,
      standardVcpus: async () => ({ onDemand: 0, spot: 0 }),
    },
    rds: {
      instance: async () => undefined,
      engineVersions: async () => ['11.8.3', '11.8.5'],
      classZones: async () => zones,
    },
    logs: { hasGroup: async () => false },
    backup: { hasVault: async () => false },
    quotas: { quota: async () => 64 },
  };
  const all = Object.fromEntries(
    Object.entries(well).map(([name, service]) => [name, { ...service, ...services[name] }]),
  );
  return {
    name: 'prod',
    spec: environmentOf(`account: '123456789012'\nregion: ${region}\n${settings}`, 'prod'),
    platform,
    services: () => all,
    registry: () => undefined,
    identity:
      identity ??
      (async () => ({
        account: '123456789012',
        arn: 'arn:aws:sts::123456789012:assumed-role/Admin/ann',
      })),
    path: undefined,
    profile: undefined,
    releases: { newest: () => undefined },
    signal: new AbortController().signal,
  } as unknown as AwsContext;
}

/** What is wrong, as "check: message | hint". */
async function problems(account: Account): Promise<string[]> {
  return (await checkAws(contextOf(account))).flatMap(({ name, problems: found }) =>
    found.map(({ message, hint }) => `${name}: ${message} | ${hint}`),
  );
}

t.test('where all is well, each check says what it looked at', async (t) => {
  const checks = await checkAws(contextOf());
  t.same(
    checks.flatMap((check) => check.problems),
    [],
  );
  const detail = (name: string): string | undefined =>
    checks.find((check: PlatformCheck) => check.name === name)?.detail;
  t.match(detail('credentials'), /Admin\/ann, account 123456789012, region eu-central-1/);
  t.match(detail('zones'), 'eu-central-1a, eu-central-1b, with m6i.large, m5.large');
  t.match(detail('database'), 'mariadb 11.8.5 on db.t4g.medium');
  t.match(detail('quotas'), /VPCs per region: 1 more, 1 of 64 used; Elastic IPs: 2 more, 0 of 64 used/);
  t.match(detail('stacks'), /^0 of \d+ are there$/);
});

t.test(
  'credentials that are missing, have expired or are of another account end it, with the mend',
  async (t) => {
    const refused = (name: string) => async () => {
      throw awsError(Object.assign(new Error('The security token has expired'), { name }), {
        action: 'sts:GetCallerIdentity',
        doing: 'find out whose AWS credentials these are',
      });
    };
    t.match(await problems({ identity: refused('ExpiredToken') }), [
      /^credentials: .*the AWS credentials have expired \| Get new ones/,
    ]);
    t.match(await problems({ identity: refused('CredentialsProviderError') }), [
      /^credentials: .* \| (Log in|Set AWS_PROFILE)/,
    ]);
    const other = async () => ({ account: '999999999999', arn: 'arn:aws:iam::999999999999:user/kim' });
    t.match(await problems({ identity: other }), [
      /^credentials: These credentials are of the AWS account 999999999999 .*prod is in 123456789012.* \| Set AWS_PROFILE/,
    ]);
  },
);

t.test('a permission that is missing is named, with what it is needed on and who lacks it', async (t) => {
  const asked: RightsQuestion[] = [];
  const simulate = async (question: RightsQuestion) => {
    asked.push(question);
    return question.actions.map((action) => ({
      action,
      isAllowed: !/ExecuteChangeSet|CreateVpc$|PutMetricAlarm|CreateKey/.test(action),
      missingContext: action === 'cloudwatch:PutMetricAlarm' ? ['aws:RequestTag/team'] : [],
      refusedBy: action === 'kms:CreateKey' ? 'organization' : undefined,
    }));
  };
  const found = await problems({ services: { iam: { simulate } } });
  t.match(found, [
    /^permissions: arn:aws:iam::123456789012:role\/sso\/Admin may not do cloudformation:ExecuteChangeSet on arn:aws:cloudformation:eu-central-1:123456789012:stack\/platen-prod-network\/0 \| Allow cloudformation:ExecuteChangeSet/,
    /kms:CreateKey \| kms:CreateKey: a policy of the organization refuses it/,
    /may not do ec2:CreateVpc on arn:aws:ec2:/,
  ]);
  t.equal(found.length, 3, 'what a condition decides that nobody knows is no problem');

  asked.length = 0;
  const role = 'arn:aws:iam::123456789012:role/making';
  await problems({ settings: `cloudFormationRole: ${role}\n`, services: { iam: { simulate } } });
  t.ok(
    asked.some(({ principal, actions }) => principal === role && actions.includes('ec2:CreateVpc')),
    'the role makes the resources',
  );
  t.ok(asked.some(({ actions, resource }) => actions.includes('iam:PassRole') && resource === role));
});

t.test('who may not ask IAM is told so; what IAM does not tell is no problem', async (t) => {
  const call = { action: 'iam:SimulatePrincipalPolicy', doing: 'find out what kim may do' };
  const refused = (name: string) => async () => {
    throw awsError(Object.assign(new Error('no'), { name }), call);
  };
  t.match(await problems({ services: { iam: { simulate: refused('AccessDenied') } } }), [
    /^permissions: .*AWS does not allow iam:SimulatePrincipalPolicy/,
  ]);
  t.same(await problems({ services: { iam: { simulate: refused('InvalidInput') } } }), []);
});

t.test('a quota that would be passed is named, with what is used and what is needed', async (t) => {
  const quota = async (_: string, code: string) => ({ 'L-F678F1CE': 5, 'L-0263D0A3': 5 })[code];
  const ec2 = { vpcCount: async () => 5, addressCount: async () => 4 };
  t.match(await problems({ services: { quotas: { quota }, ec2 } }), [
    /^quotas: The quota "VPCs per region" \(L-F678F1CE\) is 5; 5 are used, and 1 more are needed \| Ask for more/,
    /"Elastic IPs" \(L-0263D0A3\) is 5; 4 are used, and 2 more/,
  ]);
  t.same(
    await problems({
      services: { quotas: { quota }, ec2 },
      statuses: { 'platen-prod-network': 'CREATE_COMPLETE', 'platen-prod-nat': 'CREATE_COMPLETE' },
    }),
    [],
    'what is there needs no more',
  );
});

t.test('the least instances are on demand, whatever share of the others is spot', async (t) => {
  const checks = await checkAws(contextOf({ settings: 'compute: { onDemandPercent: 0 }\n' }));
  const detail = checks.find(({ name }) => name === 'quotas')?.detail;
  t.match(detail, /on-demand standard instances: 4 more, .*standard spot instances: 8 more/);
});

t.test('names that are taken', async (t) => {
  const taken = {
    rds: { instance: async () => ({ status: 'available' }) },
    backup: { hasVault: async () => true },
  };
  t.match(await problems({ services: taken }), [
    /^names: A database called platen-prod is there, and no stack of prod has it: platen-prod-database can't make it \| Remove or rename/,
    /A vault of backups called platen-prod is there.*--with-data/,
  ]);
  const statuses = { 'platen-prod-database': 'CREATE_COMPLETE', 'platen-prod-backup': 'CREATE_COMPLETE' };
  t.same(await problems({ services: taken, statuses }), [], 'its own are no problem');
});

t.test('stacks that stand still are problems; leftovers are mended by provision', async (t) => {
  const statuses = {
    'platen-prod-network': 'DELETE_FAILED',
    'platen-prod-keys': 'ROLLBACK_COMPLETE',
    'platen-prod-security': 'UPDATE_IN_PROGRESS',
  };
  t.match(await problems({ statuses }), [/^stacks: The stack platen-prod-network is in DELETE_FAILED/]);
  const { detail } = (await checkAws(contextOf({ statuses }))).find(({ name }) => name === 'stacks') ?? {};
  t.match(detail, /keys is in ROLLBACK_COMPLETE: provision removes it/);
  t.match(detail, /security is being changed/);
});

t.test('a certificate that waits for its records', async (t) => {
  const reason =
    'Content of DNS Record is: {Name: _a1b2.www.example.org.,Type: CNAME,Value: _c3d4.acm-validations.aws.}';
  const found = await problems({
    settings: 'domain: { name: www.example.org }\n',
    statuses: { 'platen-prod-certificate': 'CREATE_IN_PROGRESS' },
    services: { cloudformation: { events: async () => [{ reason }, {}] } },
  });
  t.match(found, [
    /^certificate: The certificate for www.example.org is not validated.* \| .*_a1b2\.www\.example\.org\. CNAME _c3d4\.acm-validations\.aws\.\. Or set domain\.hostedZone/,
  ]);
});

t.test('a region without the version, the class, the zones or the instances', async (t) => {
  t.match(await problems({ services: { rds: { engineVersions: async () => [] } } }), [
    /^database: eu-central-1 does not have mariadb 11\.8 \| Take another region/,
  ]);
  t.match(await problems({ services: { rds: { classZones: async () => [] } } }), [
    /^database: eu-central-1 does not run mariadb 11\.8\.5 on db\.t4g\.medium \|/,
  ]);
  t.match(await problems({ services: { rds: { classZones: async () => ['eu-central-1a'] } } }), [
    /in eu-central-1a alone; a standby needs another zone/,
  ]);
  t.match(
    await problems({
      settings: 'network: { zones: 3 }\n',
      services: { ec2: { zones: async () => zones.slice(1) } },
    }),
    [/^zones: eu-central-1 has 2 zones for this account; network\.zones is 3/],
  );
  const instanceTypeZones = async () => [{ type: 'm5.large', zone: 'eu-central-1a' }];
  t.match(await problems({ services: { ec2: { instanceTypeZones } } }), [
    /^zones: eu-central-1b has none of compute\.instanceTypes: m6i\.large, m5\.large \|/,
  ]);
});

t.test('the plugin, where commands in running tasks are wanted', async (t) => {
  t.match(await problems({ settings: 'service: { exec: true }\n' }), [
    /^plugin: service\.exec is on, and session-manager-plugin is not installed \| See "Install/,
  ]);
});

t.test('what can not be looked at is a problem of its own, and the others are told', async (t) => {
  const vpcCount = async () => {
    throw new BuilderError("Can't count the VPCs of the region: AWS does not allow ec2:DescribeVpcs (no)", {
      code: 'failed',
      hint: 'Allow ec2:DescribeVpcs in a policy of that user or role.',
    });
  };
  t.match(await problems({ services: { ec2: { vpcCount } } }), [
    /^quotas: .*ec2:DescribeVpcs \(no\) \| Allow/,
  ]);
});
