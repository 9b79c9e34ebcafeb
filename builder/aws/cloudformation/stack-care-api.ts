import type * as Sdk from '@aws-sdk/client-cloudformation';
import type { AwsApi } from '../aws-api.js';
import { type AwsPlace, type CallOptions, awsClient } from '../aws-client.js';
import type { ResourceDrift, StackEvent, StackResource } from './stack.js';

/** What CloudFormation knows of stacks beside their deployment: templates, resources, policies, drift. */
export class StackCareApi {
  readonly #api: AwsApi<typeof Sdk, Sdk.CloudFormationClient>;

  constructor(place: AwsPlace) {
    this.#api = awsClient(
      place,
      () => import('@aws-sdk/client-cloudformation'),
      (sdk, settings) => new sdk.CloudFormationClient(settings),
    );
  }

  /** The template as it was given. */
  async template(name: string, options: CallOptions = {}): Promise<string> {
    const call = { action: 'cloudformation:GetTemplate', doing: `read the template of ${name}` };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.GetTemplateCommand({ StackName: name, TemplateStage: 'Original' }), http),
    );
    return answer?.TemplateBody ?? '';
  }

  async resources(name: string, options: CallOptions = {}): Promise<StackResource[]> {
    const call = { action: 'cloudformation:ListStackResources', doing: `list what is in ${name}` };
    const found: StackResource[] = [];
    for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
      const input = { StackName: name, ...(next === undefined ? {} : { NextToken: next }) };
      const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
        client.send(new sdk.ListStackResourcesCommand(input), http),
      );
      for (const one of answer?.StackResourceSummaries ?? [])
        found.push({
          logicalId: one.LogicalResourceId ?? '',
          physicalId: one.PhysicalResourceId ?? '',
          type: one.ResourceType ?? '',
          status: one.ResourceStatus ?? '',
          drift: one.DriftInformation?.StackResourceDriftStatus ?? 'NOT_CHECKED',
        });
      next = answer?.NextToken;
    }
    return found;
  }

  /** Says what updates of a stack may do to its resources (User Guide, "Prevent updates to stack resources"). */
  async setPolicy(name: string, policy: string, options: CallOptions = {}): Promise<void> {
    const call = { action: 'cloudformation:SetStackPolicy', doing: `set the policy of the stack ${name}` };
    await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.SetStackPolicyCommand({ StackName: name, StackPolicyBody: policy }), http),
    );
  }

  async setProtection(name: string, isProtected: boolean, options: CallOptions = {}): Promise<void> {
    const call = {
      action: 'cloudformation:UpdateTerminationProtection',
      doing: `${isProtected ? 'protect' : 'release'} the stack ${name}`,
    };
    const input = { StackName: name, EnableTerminationProtection: isProtected };
    await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.UpdateTerminationProtectionCommand(input), http),
    );
  }

  /** Goes on with a roll-back that failed. */
  async continueRollback(name: string, options: CallOptions = {}): Promise<void> {
    const call = {
      action: 'cloudformation:ContinueUpdateRollback',
      doing: `go on with the roll-back of ${name}`,
    };
    await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.ContinueUpdateRollbackCommand({ StackName: name }), http),
    );
  }

  /** Why a comparison failed, as the validation before it says (DescribeEvents). None where the region does not know. */
  async validationFailures(
    name: string,
    changeSet: string,
    options: CallOptions = {},
  ): Promise<Pick<StackEvent, 'logicalId' | 'reason'>[]> {
    const call = {
      action: 'cloudformation:DescribeEvents',
      doing: `read why ${name} can't be changed`,
      expected: [
        'AccessDenied',
        'AccessDeniedException',
        'InvalidAction',
        'NotImplemented',
        'InternalFailure',
      ],
    };
    const input = { StackName: name, ChangeSetName: changeSet, Filters: { FailedEvents: true } };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DescribeEventsCommand(input), http),
    );
    return (answer?.OperationEvents ?? []).flatMap(
      ({ LogicalResourceId, ValidationStatusReason: reason, ResourceStatusReason: other }) =>
        reason === undefined && other === undefined
          ? []
          : [{ logicalId: LogicalResourceId ?? '', reason: reason ?? other }],
    );
  }

  /** Begins to compare a stack with what is there; its progress by `driftDone`. */
  async detectDrift(name: string, options: CallOptions = {}): Promise<string> {
    const call = { action: 'cloudformation:DetectStackDrift', doing: `look for drift in ${name}` };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DetectStackDriftCommand({ StackName: name }), http),
    );
    return answer?.StackDriftDetectionId ?? '';
  }

  /** Undefined while it goes on; whole where no resource failed to be compared. */
  async driftDone(
    id: string,
    options: CallOptions = {},
  ): Promise<{ readonly isWhole: boolean; readonly reason?: string | undefined } | undefined> {
    const call = { action: 'cloudformation:DescribeStackDriftDetectionStatus', doing: 'look for drift' };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId: id }), http),
    );
    if (answer?.DetectionStatus === 'DETECTION_IN_PROGRESS') return undefined;
    return {
      isWhole: answer?.DetectionStatus === 'DETECTION_COMPLETE',
      reason: answer?.DetectionStatusReason,
    };
  }

  /** What is not as the template has it. */
  async drifts(name: string, options: CallOptions = {}): Promise<ResourceDrift[]> {
    const call = { action: 'cloudformation:DescribeStackResourceDrifts', doing: `read the drift of ${name}` };
    const found: ResourceDrift[] = [];
    for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
      const input: Sdk.DescribeStackResourceDriftsCommandInput = {
        StackName: name,
        StackResourceDriftStatusFilters: ['MODIFIED', 'DELETED'],
        ...(next === undefined ? {} : { NextToken: next }),
      };
      const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
        client.send(new sdk.DescribeStackResourceDriftsCommand(input), http),
      );
      found.push(...(answer?.StackResourceDrifts ?? []).map(driftOf));
      next = answer?.NextToken;
    }
    return found;
  }
}

function driftOf(one: Sdk.StackResourceDrift): ResourceDrift {
  return {
    logicalId: one.LogicalResourceId ?? '',
    type: one.ResourceType ?? '',
    status: one.StackResourceDriftStatus ?? '',
    properties: (one.PropertyDifferences ?? []).map(
      ({ PropertyPath: path = '', ExpectedValue: expected = '', ActualValue: actual = '' }) => ({
        path,
        expected,
        actual,
      }),
    ),
  };
}
