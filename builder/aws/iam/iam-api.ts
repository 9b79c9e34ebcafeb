import type * as Sdk from '@aws-sdk/client-iam';
import type { AwsApi } from '../aws-api.js';
import { type AwsPlace, type CallOptions, awsClient } from '../aws-client.js';

/** What is asked whether it is allowed. */
export interface RightsQuestion {
  /** ARN of a user or role; of a role, not of a session of it. */
  readonly principal: string;
  readonly actions: readonly string[];
  readonly resource: string;
  /** Keys of conditions, as "iam:PassedToService". */
  readonly context?: Readonly<Record<string, string>>;
}

/** What policies say to one action. */
export interface RightsAnswer {
  readonly action: string;
  readonly isAllowed: boolean;
  /** Keys of conditions that nobody gave: then a refusal proves nothing. */
  readonly missingContext: readonly string[];
  /** Who refuses, beside the principal's own policies. */
  readonly refusedBy?: 'organization' | 'boundary' | undefined;
}

/** IAM (AWS Identity and Access Management API reference); it has one endpoint a partition. */
export class IamApi {
  readonly #api: AwsApi<typeof Sdk, Sdk.IAMClient>;

  constructor(place: AwsPlace) {
    this.#api = awsClient(
      place,
      () => import('@aws-sdk/client-iam'),
      (sdk, settings) => new sdk.IAMClient(settings),
    );
  }

  /** The ARN of a role, with its path, which sessions of it do not tell. */
  async roleArn(name: string, options: CallOptions = {}): Promise<string | undefined> {
    const call = { action: 'iam:GetRole', doing: `look at the role ${name}`, expected: ['NoSuchEntity'] };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.GetRoleCommand({ RoleName: name }), http),
    );
    return answer?.Role?.Arn;
  }

  /** What the policies of a principal say to actions (SimulatePrincipalPolicy); nothing is done. */
  async simulate(
    { principal, actions, resource, context = {} }: RightsQuestion,
    options: CallOptions = {},
  ): Promise<RightsAnswer[]> {
    const call = { action: 'iam:SimulatePrincipalPolicy', doing: `find out what ${principal} may do` };
    const found: RightsAnswer[] = [];
    for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
      const input: Sdk.SimulatePrincipalPolicyCommandInput = {
        PolicySourceArn: principal,
        ActionNames: [...actions],
        ResourceArns: [resource],
        ContextEntries: Object.entries(context).map(([key, value]) => ({
          ContextKeyName: key,
          ContextKeyValues: [value],
          ContextKeyType: 'string',
        })),
        ...(next === undefined ? {} : { Marker: next }),
      };
      const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
        client.send(new sdk.SimulatePrincipalPolicyCommand(input), http),
      );
      found.push(...(answer?.EvaluationResults ?? []).map(answerOf));
      next = answer?.IsTruncated === true ? answer.Marker : undefined;
    }
    return found;
  }
}

function answerOf(one: Sdk.EvaluationResult): RightsAnswer {
  const { OrganizationsDecisionDetail: organization, PermissionsBoundaryDecisionDetail: boundary } = one;
  return {
    action: one.EvalActionName ?? '',
    isAllowed: one.EvalDecision === 'allowed',
    missingContext: one.MissingContextValues ?? [],
    refusedBy:
      organization?.AllowedByOrganizations === false
        ? 'organization'
        : boundary?.AllowedByPermissionsBoundary === false
          ? 'boundary'
          : undefined,
  };
}
