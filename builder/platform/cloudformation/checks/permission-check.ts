import { isDenied } from '../../../aws/aws-error.js';
import type { RightsAnswer } from '../../../aws/iam/iam-api.js';
import { BuilderError } from '../../../errors.js';
import type { PlatformStack } from '../../graph/platform.js';
import { servicesOf } from '../aws-account.js';
import type { AwsCheck, Looked, Problem } from './aws-check.js';
import { type AskedRight, creationRights, deploymentRights } from './deployment-rights.js';

/**
 * Whoever deploys may do what a deployment asks for, and CloudFormation may make the resources: as the environment's role where
 * it has one, else as whoever deploys. IAM is asked what the policies say; nothing is tried.
 */
export const permissionCheck: AwsCheck = {
  name: 'permissions',
  async look(looked) {
    const { context, identity } = looked;
    const caller = await principalOf(looked);
    if (caller === undefined) return { detail: `${identity.arn} may do all`, problems: [] };
    const role = context.spec.cloudFormationRole;
    const place = {
      account: identity.account,
      partition: partitionOf(identity.arn),
      region: context.spec.region,
    };
    const own = deploymentRights(context, { ...place, role });
    const { stacks, there } = looked.view;
    const making = (scope: PlatformStack['scope']): AskedRight[] =>
      creationRights(
        // Other environments have what the account has, and it is changed seldom.
        stacks.filter(
          (stack) => stack.scope === scope && (scope === 'environment' || !there.has(stack.name)),
        ),
        { ...place, environment: context.name },
      );
    const [ofAccount, ofEnvironment] = [making('account'), making('environment')];
    const found = await Promise.all([
      simulate(looked, caller, [...own, ...ofAccount]),
      simulate(looked, role ?? caller, ofEnvironment),
    ]);
    const unsure = [...new Set(found.flatMap((one) => one.unsure))];
    const count = own.length + ofAccount.length + ofEnvironment.length;
    const rest = unsure.length === 0 ? '' : `; IAM does not tell: ${unsure.join(', ')}`;
    return {
      detail: `${count} actions asked for${role === undefined ? '' : `, as ${role}`}${rest}`,
      problems: found.flatMap(({ problems }) => problems),
    };
  },
};

/** The user or role whose policies count; undefined for the account's root, which may do all. */
async function principalOf({ context, identity: { arn } }: Looked): Promise<string | undefined> {
  if (arn.endsWith(':root')) return undefined;
  const role = /:assumed-role\/([^/]+)\//.exec(arn)?.[1];
  return role === undefined ? arn : await servicesOf(context).iam.roleArn(role, context);
}

function partitionOf(arn: string): string {
  return arn.split(':')[1] ?? 'aws';
}

interface Simulated {
  readonly problems: readonly Problem[];
  /** What could not be told, and is not taken for a problem. */
  readonly unsure: readonly string[];
}

async function simulate(
  { context }: Looked,
  principal: string,
  rights: readonly AskedRight[],
): Promise<Simulated> {
  const { iam } = servicesOf(context);
  const groups = new Map<string, AskedRight[]>();
  for (const right of rights) {
    const key = JSON.stringify([right.resource, right.context]);
    groups.set(key, [...(groups.get(key) ?? []), right]);
  }
  const found = await Promise.all(
    [...groups.values()].map(async (group): Promise<Simulated> => {
      const { resource, context: keys } = group[0]!;
      const actions = [...new Set(group.map(({ action }) => action))];
      try {
        const question = { principal, actions, resource, ...(keys === undefined ? {} : { context: keys }) };
        return judge(await iam.simulate(question, context), { principal, resource });
      } catch (error) {
        // Some actions can't be asked for together. Who may not ask at all is told so.
        if (error instanceof BuilderError && error.code === 'failed' && !isDenied(error))
          return { problems: [], unsure: actions };
        throw error;
      }
    }),
  );
  return { problems: found.flatMap((one) => one.problems), unsure: found.flatMap((one) => one.unsure) };
}

function judge(
  answers: readonly RightsAnswer[],
  { principal, resource }: { principal: string; resource: string },
): Simulated {
  const refused = answers.filter(({ isAllowed }) => !isAllowed);
  const isProof = ({ missingContext, refusedBy }: RightsAnswer): boolean =>
    refusedBy !== undefined || missingContext.length === 0;
  return {
    problems: refused.filter(isProof).map((answer) => lacking(answer, { principal, resource })),
    unsure: refused.filter((answer) => !isProof(answer)).map(({ action }) => action),
  };
}

const refusals = {
  organization: 'a policy of the organization refuses it: its administrator can allow it',
  boundary: 'its permissions boundary refuses it: allow it there, too',
};

function lacking(
  { action, refusedBy }: RightsAnswer,
  { principal, resource }: { principal: string; resource: string },
): Problem {
  const on = resource === '*' ? '' : ` on ${resource}`;
  return {
    message: `${principal} may not do ${action}${on}`,
    hint:
      refusedBy === undefined
        ? `Allow ${action}${on} in a policy of it; infra-cfn/stacks/deployer.yaml and cloudformation-role.yaml have all that is needed.`
        : `${action}: ${refusals[refusedBy]}.`,
  };
}
