import { type Properties, type Rule, rule } from '../rule.js';

const containers = (p: Properties): readonly Properties[] => p.each('ContainerDefinitions');
const secretName = /password|secret|token|private_?key/i;

/** ECS, load balancing, CloudFront, WAF, SNS, ACM: AWS Security Hub's Foundational Security Best Practices. */
export const serviceRules: readonly Rule[] = [
  rule(
    'ECS.2',
    'Tasks get no public addresses',
    'ECS::Service',
    (p) => p('NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp') === 'DISABLED',
  ),
  rule(
    'ECS.3',
    "Tasks do not share the host's processes",
    'ECS::TaskDefinition',
    (p) => p('PidMode') !== 'host',
  ),
  rule('ECS.4', 'Containers are not privileged', 'ECS::TaskDefinition', (p) =>
    containers(p).every((one) => !one.isTrue('Privileged')),
  ),
  rule('ECS.5', 'Roots are read-only', 'ECS::TaskDefinition', (p) =>
    containers(p).every((one) => one.isTrue('ReadonlyRootFilesystem')),
  ),
  rule('ECS.8', 'Secrets are no variables', 'ECS::TaskDefinition', (p) =>
    containers(p).every((one) =>
      one.each('Environment').every((variable) => !secretName.test(String(variable('Name')))),
    ),
  ),
  rule('ECS.9', 'Containers log', 'ECS::TaskDefinition', (p) =>
    containers(p).every((one) => one('LogConfiguration.LogDriver') !== undefined),
  ),
  rule('ECS.12', 'Container Insights are on', 'ECS::Cluster', (p) =>
    p
      .each('ClusterSettings')
      .some((one) => one('Name') === 'containerInsights' && one('Value') !== 'disabled'),
  ),
  rule(
    'ECS.17',
    "Tasks do not share the host's network",
    'ECS::TaskDefinition',
    (p) => p('NetworkMode') !== 'host',
  ),
  rule('ECS.18', 'Files travel encrypted', 'ECS::TaskDefinition', (p) =>
    p
      .each('Volumes')
      .every(
        (one) =>
          one('EFSVolumeConfiguration') === undefined ||
          one('EFSVolumeConfiguration.TransitEncryption') === 'ENABLED',
      ),
  ),
  rule(
    'ECS.19',
    'Instances with tasks are not ended',
    'ECS::CapacityProvider',
    (p) => p('AutoScalingGroupProvider.ManagedTerminationProtection') === 'ENABLED',
  ),
  rule('ECS.20', 'Nobody is root', 'ECS::TaskDefinition', (p) =>
    containers(p).every((one) => !['', 'root', '0', '0:0'].includes(String(one('User') ?? ''))),
  ),
  rule(
    'ELB.1',
    'HTTP leads to HTTPS',
    'ElasticLoadBalancingV2::Listener',
    (p) => p('Protocol') !== 'HTTP' || p.each('DefaultActions').every((one) => one('Type') === 'redirect'),
  ),
  rule(
    'ELB.4',
    'Headers that are none are dropped',
    'ElasticLoadBalancingV2::LoadBalancer',
    (p) =>
      p.attribute('LoadBalancerAttributes', 'routing.http.drop_invalid_header_fields.enabled') === 'true',
  ),
  rule(
    'ELB.5',
    'Accesses are logged',
    'ElasticLoadBalancingV2::LoadBalancer',
    (p) => p.attribute('LoadBalancerAttributes', 'access_logs.s3.enabled') === 'true',
  ),
  rule(
    'ELB.6',
    'The load balancer refuses to be deleted',
    'ElasticLoadBalancingV2::LoadBalancer',
    (p) => p.attribute('LoadBalancerAttributes', 'deletion_protection.enabled') === 'true',
  ),
  rule('ELB.12', 'It is defensive', 'ElasticLoadBalancingV2::LoadBalancer', (p) =>
    ['defensive', 'strictest'].includes(
      p.attribute('LoadBalancerAttributes', 'routing.http.desync_mitigation_mode'),
    ),
  ),
  rule('ELB.13', 'It is in several zones', 'ElasticLoadBalancingV2::LoadBalancer', (_, { stack }) =>
    JSON.stringify(stack.parameters.Subnets ?? '').includes('Subnets'),
  ),
  rule(
    'ELB.16',
    'A firewall stands before it',
    'ElasticLoadBalancingV2::LoadBalancer',
    (p, { all }) =>
      p('Scheme') === 'internal' || all.some(({ type }) => type === 'AWS::WAFv2::WebACLAssociation'),
  ),
  rule(
    'ELB.17',
    'TLS is of today',
    'ElasticLoadBalancingV2::Listener',
    (p) =>
      p('Protocol') !== 'HTTPS' ||
      ['ELBSecurityPolicy-TLS13-1-2-2021-06', 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09'].includes(
        String(p('SslPolicy')),
      ),
  ),
  rule(
    'CloudFront.1',
    'It has a page for /',
    'CloudFront::Distribution',
    (p) => p('DistributionConfig.DefaultRootObject') !== undefined,
  ),
  rule(
    'CloudFront.4',
    'A second origin takes over',
    'CloudFront::Distribution',
    (p) => p('DistributionConfig.OriginGroups') !== undefined,
  ),
  rule('CloudFront.9', 'The origin is reached by HTTPS', 'CloudFront::Distribution', (p) =>
    p
      .each('DistributionConfig.Origins')
      .every((one) => one('CustomOriginConfig.OriginProtocolPolicy') === 'https-only'),
  ),
  rule(
    'CloudFront.3',
    'Visitors come by HTTPS',
    'CloudFront::Distribution',
    (p) =>
      ['https-only', 'redirect-to-https'].includes(
        String(p('DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy')),
      ) &&
      p
        .each('DistributionConfig.CacheBehaviors')
        .every((one) => ['https-only', 'redirect-to-https'].includes(String(one('ViewerProtocolPolicy')))),
  ),
  rule(
    'CloudFront.5',
    'Accesses are logged',
    'CloudFront::Distribution',
    (p, { all }) =>
      p('DistributionConfig.Logging') !== undefined || all.some(({ type }) => type === 'AWS::Logs::Delivery'),
  ),
  rule(
    'CloudFront.6',
    'A firewall stands before it',
    'CloudFront::Distribution',
    (p) => p('DistributionConfig.WebACLId') !== undefined,
  ),
  rule(
    'CloudFront.7',
    'It has a certificate of its own',
    'CloudFront::Distribution',
    (p) => p('DistributionConfig.ViewerCertificate.AcmCertificateArn') !== undefined,
  ),
  rule(
    'CloudFront.8',
    'Names are told in the handshake',
    'CloudFront::Distribution',
    (p) =>
      p('DistributionConfig.ViewerCertificate.AcmCertificateArn') === undefined ||
      p('DistributionConfig.ViewerCertificate.SslSupportMethod') === 'sni-only',
  ),
  rule('CloudFront.10', 'The origin has TLS of today', 'CloudFront::Distribution', (p) =>
    p
      .each('DistributionConfig.Origins')
      .every((one) =>
        one.list('CustomOriginConfig.OriginSSLProtocols').every((protocol) => protocol === 'TLSv1.2'),
      ),
  ),
  rule('CloudFront.15', 'Visitors have TLS of today', 'CloudFront::Distribution', (p) =>
    ['TLSv1.2_2021', 'TLSv1.2_2025', 'TLSv1.3_2025'].includes(
      String(p('DistributionConfig.ViewerCertificate.MinimumProtocolVersion')),
    ),
  ),
  rule('WAF.10', 'A web ACL has rules', 'WAFv2::WebACL', (p) => p.list('Rules').length > 0),
  rule('WAF.11', 'What it does is logged', 'WAFv2::WebACL', (_, { all, stack }) =>
    all.some((one) => one.type === 'AWS::WAFv2::LoggingConfiguration' && one.stack === stack),
  ),
  rule('WAF.12', 'Its rules are measured', 'WAFv2::WebACL', (p) =>
    p.each('Rules').every((one) => one.isTrue('VisibilityConfig.CloudWatchMetricsEnabled')),
  ),
  rule('SNS.1', 'Topics are encrypted', 'SNS::Topic', (p) => p('KmsMasterKeyId') !== undefined),
  rule(
    'ACM.1',
    'Certificates renew themselves',
    'CertificateManager::Certificate',
    (p) => p('ValidationMethod') === 'DNS',
  ),
  rule(
    'ACM.2',
    'Keys are long enough',
    'CertificateManager::Certificate',
    (p) => p('KeyAlgorithm') !== 'RSA_1024',
  ),
  rule('log-end', 'Logs come to an end', 'Logs::LogGroup', (p) => Number(p('RetentionInDays')) > 0),
];
