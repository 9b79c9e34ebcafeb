import t from 'tap';
import { environmentOf } from '../../../testing/platform-variants.js';
import { loadPlatform } from '../../graph/load-platform.js';
import { resolvePlatform } from '../../graph/resolve-platform.js';
import { readTemplate } from '../../template/read-template.js';
import { resolveTemplate } from '../../template/resolve-template.js';
import { type AskedRight, creationRights, deploymentRights } from './deployment-rights.js';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

const role = 'arn:aws:iam::123456789012:role/platen-making';
const parameters: Readonly<Record<string, string>> = {
  EnvironmentName: 'prod',
  Repository: 'acme/site',
  ProviderArn: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com',
  ImageRepositoryArn: 'arn:aws:ecr:eu-central-1:123456789012:repository/wordpress',
  CloudFormationRoleArn: role,
  RoleName: 'making',
};

/** All statements of the policies of a template. */
function statements(file: string): Statement[] {
  const template = readTemplate(`infra-cfn/stacks/${file}.yaml`);
  const given = Object.fromEntries(
    Object.keys(template.Parameters).map((name) => [name, parameters[name] ?? '']),
  );
  const { resources } = resolveTemplate(template, { parameters: given });
  return Object.values(resources).flatMap(({ Properties }) => {
    const { Policies = [], PolicyDocument } = Properties as {
      Policies?: readonly { PolicyDocument: { Statement: Statement[] } }[];
      PolicyDocument?: { Statement: Statement[] };
    };
    return [...(PolicyDocument?.Statement ?? []), ...Policies.flatMap((one) => one.PolicyDocument.Statement)];
  });
}

/** As IAM matches ARNs: `*` is any text. */
function allows(all: readonly Statement[], { action, resource }: AskedRight): boolean {
  const fits = (pattern: string): boolean =>
    new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(resource);
  return all.some(
    ({ Effect, Action, Resource }) =>
      Effect === 'Allow' && [Action].flat().includes(action) && [Resource].flat().some(fits),
  );
}

const place = { account: '123456789012', partition: 'aws', region: 'eu-central-1' };

t.test("the pipeline's own role has all that doctor asks for", async (t) => {
  const deployer = statements('deployer');
  for (const right of deploymentRights({ name: 'prod' }, { ...place, role }))
    t.ok(allows(deployer, right), `${right.action} on ${right.resource}`);
});

t.test("CloudFormation's role may make each type that doctor asks about", async (t) => {
  const making = ['cloudformation-role', 'cloudformation-rights'].flatMap(statements);
  const spec = environmentOf(
    "account: '123456789012'\nregion: eu-central-1\ndomain: { name: www.example.org, hostedZone: Z1 }\n",
    'prod',
  );
  const stacks = resolvePlatform(loadPlatform('.'), { name: 'prod', environment: spec });
  const own = stacks.filter(({ scope }) => scope === 'environment');
  const rights = creationRights(own, { ...place, environment: 'prod' });
  t.ok(rights.length > 30, `${rights.length} actions`);
  for (const right of rights) t.ok(allows(making, right), `${right.action} on ${right.resource}`);
});
