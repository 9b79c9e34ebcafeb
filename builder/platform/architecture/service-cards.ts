import type { Card } from './card.js';
import { counted, countOf, oneOf, type PlatformFacts } from './platform-facts.js';

const joined = (...words: readonly string[]): string => words.filter((one) => one !== '').join(' · ');

/** What stands before the region: visitors, firewall, CloudFront. */
export function edgeCards(facts: PlatformFacts): Card[] {
  const cards: Card[] = [{ kind: 'people', sign: 'people', title: 'Visitors' }];
  const firewall = oneOf(facts, 'WAFv2::WebACL');
  if (firewall !== undefined)
    cards.push({
      kind: 'guard',
      sign: 'shield',
      title: 'AWS WAF',
      lines: [
        `${firewall.list('Rules').length} rules`,
        isCounting(firewall.list('Rules')) ? 'managed ones count' : 'blocking',
      ],
    });
  if (countOf(facts, 'CloudFront::Distribution') > 0)
    cards.push({ kind: 'edge', sign: 'globe', title: 'CloudFront', lines: ['HTTPS · VPC origin'] });
  return cards;
}

/** Whether the rules that AWS manages only count what they would block. */
function isCounting(rules: readonly unknown[]): boolean {
  return JSON.stringify(rules).includes('"OverrideAction":{"Count"');
}

/** What of the region works for the platform, outside of its network. */
export function serviceCards(facts: PlatformFacts): Card[] {
  return [images, secrets, watching, telling, backups, endpoints, redeploys, names, mail].flatMap((card) => {
    const made = card(facts);
    return made === undefined ? [] : [made];
  });
}

type MakeCard = (facts: PlatformFacts) => Card | undefined;

const images: MakeCard = (facts) =>
  countOf(facts, 'ECR::Repository') === 0
    ? undefined
    : {
        kind: 'compute',
        sign: 'layers',
        title: 'ECR',
        lines: ['images by digest, scanned', 'tags are never moved'],
      };

const secrets: MakeCard = (facts) => {
  const days = /\((\d+) days\)/.exec(
    JSON.stringify(oneOf(facts, 'SecretsManager::RotationSchedule')?.('RotationRules') ?? ''),
  )?.[1];
  return {
    kind: 'guard',
    sign: 'key',
    title: 'Secrets Manager, KMS',
    lines: [
      joined(counted(facts, 'SecretsManager::Secret', 'secret'), counted(facts, 'KMS::Key', 'key')),
      days === undefined ? '' : `password rotated every ${days} days`,
    ],
  };
};

const watching: MakeCard = (facts) => ({
  kind: 'watch',
  sign: 'eye',
  title: 'CloudWatch',
  lines: [
    joined(counted(facts, 'Logs::LogGroup', 'log group'), counted(facts, 'CloudWatch::Alarm', 'alarm')),
    joined(
      counted(facts, 'Logs::MetricFilter', 'log metric'),
      counted(facts, 'CloudWatch::Dashboard', 'dashboard'),
    ),
  ],
});

const telling: MakeCard = (facts) =>
  countOf(facts, 'SNS::Topic') === 0
    ? undefined
    : {
        kind: 'watch',
        sign: 'mail',
        title: 'SNS',
        lines: [joined('alarms and events', countOf(facts, 'Budgets::Budget') > 0 ? 'budget' : '')],
      };

const backups: MakeCard = (facts) => {
  const plan = oneOf(facts, 'Backup::BackupPlan');
  const rule = plan?.each('BackupPlan.BackupPlanRule')[0];
  if (rule === undefined) return undefined;
  const copy = facts.byType.get('Backup::BackupVault')?.find(({ stack }) => stack.name === 'backup-copy');
  return {
    kind: 'data',
    sign: 'archive',
    title: 'AWS Backup',
    lines: [
      `daily, kept ${String(rule('Lifecycle.DeleteAfterDays'))} days`,
      copy === undefined ? '' : `copied to ${copy.stack.region ?? ''}`,
    ],
  };
};

const endpoints: MakeCard = (facts) => {
  const all = (facts.byType.get('EC2::VPCEndpoint') ?? []).map(
    ({ properties }) => properties.VpcEndpointType,
  );
  const interfaces = all.filter((type) => type === 'Interface').length;
  return {
    kind: 'network',
    sign: 'gate',
    title: 'VPC endpoints, flow logs',
    lines: [joined('S3 by a gateway', interfaces === 0 ? '' : `${interfaces} interfaces`)],
  };
};

const redeploys: MakeCard = (facts) =>
  countOf(facts, 'StepFunctions::StateMachine') === 0
    ? undefined
    : {
        kind: 'compute',
        sign: 'cycle',
        title: 'Step Functions',
        lines: ['new tasks after a rotation,', 'told by EventBridge'],
      };

const names: MakeCard = (facts) =>
  countOf(facts, 'Route53::RecordSet') + countOf(facts, 'CertificateManager::Certificate') === 0
    ? undefined
    : {
        kind: 'edge',
        sign: 'globe',
        title: 'Route 53, ACM',
        lines: [
          joined(
            counted(facts, 'Route53::RecordSet', 'record'),
            counted(facts, 'CertificateManager::Certificate', 'certificate'),
          ),
        ],
      };

const mail: MakeCard = (facts) =>
  countOf(facts, 'SES::EmailIdentity') === 0
    ? undefined
    : { kind: 'watch', sign: 'mail', title: 'SES', lines: ['mail of the site, signed by DKIM'] };
