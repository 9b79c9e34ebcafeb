import { type Properties, type Rule, type Subject, rule } from '../rule.js';

const everybody = (p: Properties): boolean => p('CidrIp') === '0.0.0.0/0' || p('CidrIpv6') === '::/0';
/** Ports that EC2.19 names: nobody serves the world by them. */
const highRisk = [
  20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500, 5601, 8080,
  8088, 8888, 9200, 9300,
];
const covers = (p: Properties, port: number): boolean =>
  p('IpProtocol') === '-1' || (Number(p('FromPort')) <= port && port <= Number(p('ToPort')));
const others = (subject: Subject, type: string): readonly Subject[] =>
  subject.all.filter((one) => one.type === `AWS::${type}`);
const isIpv4Block = (text: unknown): boolean => /^\d+\.\d+\.\d+\.\d+\/\d+$/.test(String(text));

/** EC2, of AWS Security Hub's Foundational Security Best Practices. */
export const networkRules: readonly Rule[] = [
  rule('EC2.2', 'The default security group lets nothing through', 'EC2::VPC', (_, subject) =>
    subject.all.some(({ type }) => type === 'Custom::ClosedGroup'),
  ),
  rule(
    'EC2.6',
    'Connections of the VPC are logged',
    'EC2::VPC',
    (_, subject) => others(subject, 'EC2::FlowLog').length > 0,
  ),
  rule('EC2.10', "EC2's interface is reached by an endpoint", 'EC2::VPC', (_, subject) =>
    others(subject, 'EC2::VPCEndpoint').some(({ properties }) =>
      String(properties.ServiceName).endsWith('.ec2'),
    ),
  ),
  rule('EC2.15', 'Subnets give no public addresses', 'EC2::Subnet', (p) => !p.isTrue('MapPublicIpOnLaunch')),
  rule('EC2.21', 'Access lists do not open SSH or RDP', 'EC2::NetworkAclEntry', () => false),
  rule('EC2.13', 'SSH is not open', 'EC2::SecurityGroupIngress', (p) => !(everybody(p) && covers(p, 22))),
  rule('EC2.14', 'RDP is not open', 'EC2::SecurityGroupIngress', (p) => !(everybody(p) && covers(p, 3389))),
  rule(
    'EC2.18',
    'Only 80 and 443 are open to everybody',
    'EC2::SecurityGroupIngress',
    (p) => !everybody(p) || ([80, 443].includes(Number(p('FromPort'))) && p('FromPort') === p('ToPort')),
  ),
  rule(
    'EC2.19',
    'Ports of high risk are not open',
    'EC2::SecurityGroupIngress',
    (p) => !everybody(p) || !highRisk.some((port) => covers(p, port)),
  ),
  rule(
    'rules-apart',
    'Groups have no rules of their own but that for nothing',
    'EC2::SecurityGroup',
    (p) =>
      p.list('SecurityGroupIngress').length === 0 &&
      p.list('SecurityGroupEgress').length === 1 &&
      p.each('SecurityGroupEgress').every((one) => one('CidrIp') === '255.255.255.255/32'),
  ),
  rule(
    'described',
    'Rules say what they are for',
    'EC2::SecurityGroupIngress',
    (p) => String(p('Description') ?? '') !== '',
  ),
  rule('EC2.3', 'Disks of instances are encrypted', 'EC2::LaunchTemplate', (p) =>
    p.each('LaunchTemplateData.BlockDeviceMappings').every((one) => one.isTrue('Ebs.Encrypted')),
  ),
  rule(
    'EC2.8',
    'Metadata of instances takes a token',
    'EC2::LaunchTemplate',
    (p) => p('LaunchTemplateData.MetadataOptions.HttpTokens') === 'required',
  ),
  rule('EC2.9', 'Instances are not on the internet', 'EC2::LaunchTemplate', (p) =>
    p.each('LaunchTemplateData.NetworkInterfaces').some((one) => one.isFalse('AssociatePublicIpAddress')),
  ),
  rule('EC2.25', 'Instances get no public addresses', 'EC2::LaunchTemplate', (p) =>
    p.each('LaunchTemplateData.NetworkInterfaces').every((one) => one.isFalse('AssociatePublicIpAddress')),
  ),
  rule(
    'AutoScaling.4',
    "Metadata is one hop away: no container's",
    'EC2::LaunchTemplate',
    (p) => p('LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit') === 1,
  ),
  rule(
    'AutoScaling.1',
    'Instances are as healthy as the load balancer says',
    'AutoScaling::AutoScalingGroup',
    (p) => p('HealthCheckType') === 'ELB',
  ),
  rule('AutoScaling.2', 'Instances are in several zones', 'AutoScaling::AutoScalingGroup', (p) => {
    const subnets = p('VPCZoneIdentifier');
    return !Array.isArray(subnets) || subnets.length > 1;
  }),
  rule(
    'AutoScaling.6',
    'Several types of instances',
    'AutoScaling::AutoScalingGroup',
    (p) => p.list('MixedInstancesPolicy.LaunchTemplate.Overrides').length > 1,
  ),
  rule(
    'AutoScaling.9',
    'Instances come of a launch template',
    'AutoScaling::AutoScalingGroup',
    (p) => p('LaunchTemplate') !== undefined || p('MixedInstancesPolicy.LaunchTemplate') !== undefined,
  ),
  rule(
    'vpc-names',
    'EFS and RDS are found by name',
    'EC2::VPC',
    (p) => p.isTrue('EnableDnsHostnames') && p.isTrue('EnableDnsSupport') && isIpv4Block(p('CidrBlock')),
  ),
];
