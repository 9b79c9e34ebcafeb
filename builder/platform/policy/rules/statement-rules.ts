import type { Rule, Subject } from '../rule.js';

interface Statement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
}

/** Every statement of a policy, wherever it lies in a resource. */
function statementsOf(value: unknown): Statement[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(statementsOf);
  if ('Effect' in value && ('Action' in value || 'NotAction' in value)) return [value as Statement];
  return Object.values(value).flatMap(statementsOf);
}

const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).map((one) =>
    typeof one === 'string' ? one : JSON.stringify(one ?? ''),
  );
const allowing = ({ properties }: Subject): Statement[] =>
  statementsOf(properties).filter(({ Effect: effect }) => effect === 'Allow');

const withPolicies = [
  'AWS::IAM::Group',
  'AWS::IAM::GroupPolicy',
  'AWS::IAM::Role',
  'AWS::IAM::Policy',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::RolePolicy',
  'AWS::IAM::UserPolicy',
  'AWS::IAM::User',
  'AWS::KMS::Key',
  'AWS::S3::BucketPolicy',
  'AWS::EFS::FileSystem',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::ECR::Repository',
  'AWS::SecretsManager::ResourcePolicy',
  'AWS::EC2::VPCEndpoint',
];

/** Every statement names its actions and its resources. */
export const statementRules: readonly Rule[] = [
  {
    id: 'action-star',
    title: 'Statements that allow name their actions',
    types: withPolicies,
    passes: (subject) =>
      allowing(subject).every(
        ({ Action: action, NotAction: but }) =>
          but === undefined && texts(action).every((one) => !/^\*$|^[a-z0-9-]+:\*$/.test(one)),
      ),
  },
  {
    id: 'resource-star',
    alias: 'AwsSolutions-IAM5[Resource::*]',
    title: 'Statements that allow name their resources',
    types: withPolicies,
    passes: (subject) =>
      allowing(subject).every(
        ({ Resource: resource, NotResource: but }) =>
          but === undefined && texts(resource).every((one) => one !== '*'),
      ),
  },
];
