import t from 'tap';
import { byHandVariant, environmentOf, platformVariants } from '../../testing/platform-variants.js';
import { policyRules, subjectsOf } from './check-policy.js';
import type { Subject } from './rule.js';

type Bad = Readonly<Record<string, unknown>>;
const open = { CidrIp: '0.0.0.0/0', IpProtocol: 'tcp' };
const allow = (more: Bad) => ({ PolicyDocument: { Statement: [{ Effect: 'Allow', ...more }] } });
const container = (more: Bad) => ({ ContainerDefinitions: [more] });

/** Properties that break a rule which nothing at all would not break; each rule has at least one. */
const bad: Readonly<Record<string, readonly Bad[]>> = {
  'EC2.13': [
    { ...open, FromPort: 0, ToPort: 65535 },
    { CidrIpv6: '::/0', IpProtocol: '-1' },
  ],
  'EC2.14': [{ ...open, FromPort: 3389, ToPort: 3389 }],
  'EC2.15': [{ MapPublicIpOnLaunch: 'true' }],
  'EC2.18': [
    { ...open, FromPort: 8443, ToPort: 8443 },
    { ...open, FromPort: 80, ToPort: 443 },
  ],
  'EC2.19': [{ ...open, FromPort: 3306, ToPort: 3306 }],
  'EC2.25': [{ LaunchTemplateData: { NetworkInterfaces: [{ AssociatePublicIpAddress: true }] } }],
  'EC2.3': [{ LaunchTemplateData: { BlockDeviceMappings: [{ Ebs: { Encrypted: false } }] } }],
  'AutoScaling.2': [{ VPCZoneIdentifier: ['subnet-1'] }],
  'AutoScaling.4': [{ LaunchTemplateData: { MetadataOptions: { HttpPutResponseHopLimit: 2 } } }],
  'RDS.23': [{ Port: 3306 }],
  'RDS.25': [{ MasterUsername: 'admin' }, { MasterUsername: 'root' }],
  'no-paid-extension': [
    { Engine: 'mysql' },
    { Engine: 'mariadb', EngineLifecycleSupport: 'open-source-rds-extended-support' },
  ],
  'small-gp3': [{ StorageType: 'gp3', AllocatedStorage: 100, Iops: 4000 }],
  'S3.10': [{ VersioningConfiguration: { Status: 'Enabled' } }],
  'ECS.3': [{ PidMode: 'host' }],
  'ECS.4': [container({ Privileged: true })],
  'ECS.5': [container({ ReadonlyRootFilesystem: false })],
  'ECS.8': [container({ Environment: [{ Name: 'DB_PASSWORD', Value: 'x' }] })],
  'ECS.9': [container({})],
  'ECS.17': [{ NetworkMode: 'host' }],
  'ECS.18': [{ Volumes: [{ EFSVolumeConfiguration: { FilesystemId: 'fs-1' } }] }],
  'ECS.20': [container({ User: 'root' }), container({})],
  'ELB.1': [{ Protocol: 'HTTP', DefaultActions: [{ Type: 'forward' }] }],
  'ELB.16': [{ Scheme: 'internet-facing' }],
  'ELB.17': [{ Protocol: 'HTTPS' }, { Protocol: 'HTTPS', SslPolicy: 'ELBSecurityPolicy-2016-08' }],
  'CloudFront.8': [
    { DistributionConfig: { ViewerCertificate: { AcmCertificateArn: 'arn', SslSupportMethod: 'vip' } } },
  ],
  'CloudFront.9': [
    { DistributionConfig: { Origins: [{ CustomOriginConfig: { OriginProtocolPolicy: 'http-only' } }] } },
  ],
  'CloudFront.10': [
    { DistributionConfig: { Origins: [{ CustomOriginConfig: { OriginSSLProtocols: ['TLSv1'] } }] } },
  ],
  'WAF.12': [{ Rules: [{ VisibilityConfig: { CloudWatchMetricsEnabled: false } }] }],
  'ACM.2': [{ KeyAlgorithm: 'RSA_1024' }],
  'action-star': [allow({ Action: '*' }), allow({ Action: ['s3:*'] }), allow({ NotAction: 's3:GetObject' })],
  'resource-star': [
    allow({ Action: 's3:GetObject', Resource: '*' }),
    allow({ Action: 's3:GetObject', Resource: ['arn:aws:s3:::a', '*'] }),
    allow({ Action: 's3:GetObject', NotResource: 'arn:aws:s3:::a' }),
  ],
};

/** A resource by itself: no other stands beside it, and its stack is given nothing. */
function subject(type: string, properties: Bad): Subject {
  const environment = environmentOf('compute: { instanceTypes: [m6i.large], minimum: 1, maximum: 1 }\n');
  const stack = { name: 'example', parameters: {} } as unknown as Subject['stack'];
  const resource = { Type: type, Properties: properties } as unknown as Subject['resource'];
  return { id: 'Example', type, properties, resource, stack, environment, all: [] };
}

t.test('every rule of ours refuses something', async (t) => {
  for (const { id, types, passes } of policyRules)
    for (const properties of bad[id] ?? [{}])
      t.equal(passes(subject(types[0]!, properties)), false, `${id}: ${JSON.stringify(properties)}`);
});

t.test('whatever has statements is looked at, of whichever type it is', async (t) => {
  const { types } = policyRules.find(({ id }) => id === 'action-star')!;
  const found = new Set<string>();
  for (const { stacks, environment } of [...platformVariants(), byHandVariant()])
    for (const { type, properties } of subjectsOf(stacks, environment))
      if (/"Effect":"Allow"/.test(JSON.stringify(properties))) found.add(type);
  t.strictSame(
    [...found].filter((type) => !types.includes(type)),
    [],
  );
  t.ok(found.size > 5, `${found.size} types`);
});

t.test('examples are of rules that there are', async (t) => {
  const ids = policyRules.map(({ id }) => id);
  t.strictSame(
    Object.keys(bad).filter((id) => !ids.includes(id)),
    [],
  );
  t.equal(new Set(ids).size, ids.length, 'each rule has a name of its own');
});

t.test('a finding says what exactly is wrong where its title does not', async (t) => {
  const rule = policyRules.find(({ id }) => id === 'capacity')!;
  t.match(
    rule.explain?.(subject(rule.types[0]!, {})),
    /^12 tasks \(6, at 200 %\) do not fit 1 instances, which take 2 each\. Raise compute\.maximum/,
  );
});
