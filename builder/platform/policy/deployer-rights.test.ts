import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadPlatform } from '../graph/load-platform.js';

/** A pipeline deploys; a person backs up, destroys, renews prices and makes repositories, with rights of their own. */
const notOfPipelines = [
  'backup:DeleteBackupVault',
  'backup:DeleteRecoveryPoint',
  'backup:DescribeBackupJob',
  'backup:ListRecoveryPointsByBackupVault',
  'backup:ListTags',
  'backup:StartBackupJob',
  'ecr:CreateRepository',
  'ecr:DescribeRepositories',
  'ecr:PutLifecyclePolicy',
  'ecr:StartImageScan',
  'elasticfilesystem:DeleteFileSystem',
  'elasticfilesystem:DescribeFileSystems',
  'elasticloadbalancing:ModifyLoadBalancerAttributes',
  'logs:DeleteLogGroup',
  'logs:ListTagsForResource',
  'pricing:GetProducts',
  'rds:CreateDBSnapshot',
  'rds:DeleteDBSnapshot',
  'rds:DescribeDBSnapshots',
  'rds:ModifyDBInstance',
  's3:DeleteObjectVersion',
  's3:ListBucketVersions',
  'secretsmanager:DeleteSecret',
  'secretsmanager:ListSecrets',
  'ssm:DeleteParameter',
  // Nobody needs a right for it.
  'sts:GetCallerIdentity',
];

/** What the code asks of AWS, as each call names it for its messages. */
function actionsAsked(): string[] {
  const files = readdirSync('builder', { recursive: true, encoding: 'utf8' });
  const action = /action: '([a-z0-9]+:[A-Z][A-Za-z]+)'/g;
  const found = files
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .flatMap((path) => [...readFileSync(join('builder', path), 'utf8').matchAll(action)])
    .map(([, name = '']) => name);
  return [...new Set(found)].sort();
}

t.test("the pipeline's role may do all that a deployment asks for, and nothing that destroys", async (t) => {
  const allowed = readFileSync('infra-cfn/stacks/deployer.yaml', 'utf8').match(
    /\b[a-z0-9]+:[A-Z][A-Za-z]+\b/g,
  );
  const asked = actionsAsked();
  t.ok(asked.length > 30, `${asked.length} actions`);
  for (const name of asked.filter((one) => !notOfPipelines.includes(one)))
    t.ok(allowed?.includes(name), name);
  for (const name of notOfPipelines) t.notOk(allowed?.includes(name), name);
});

t.test('it may compare every stack of the account, and change none', async (t) => {
  const text = readFileSync('infra-cfn/stacks/deployer.yaml', 'utf8');
  const [, statement = ''] =
    /# Stacks of the account are compared;.*\n( +- Effect: Allow\n[^]*?)\n +- Effect:/.exec(text) ?? [];
  const named = [...statement.matchAll(/:stack\/platen-([a-z-]+)\/\*/g)].map(([, name]) => name);
  const { stacks } = loadPlatform('.');
  const ofAccount = Object.keys(stacks).filter((name) => stacks[name]?.scope === 'account');
  t.strictSame(named, ofAccount.toSorted());
  t.match(statement, 'cloudformation:GetTemplate');
  t.notMatch(statement, /Execute|UpdateStack|DeleteStack/);
});
