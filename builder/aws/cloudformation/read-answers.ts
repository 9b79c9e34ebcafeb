import type * as Sdk from '@aws-sdk/client-cloudformation';
import type { ChangeSet, PropertyChange, ResourceChange, Stack, StackEvent } from './stack.js';

/** A stack of DescribeStacks. */
export function stackOf(found: Sdk.Stack): Stack {
  return {
    name: found.StackName ?? '',
    id: found.StackId ?? '',
    status: found.StackStatus ?? '',
    statusReason: found.StackStatusReason,
    outputs: Object.fromEntries(
      (found.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    ),
    isProtected: found.EnableTerminationProtection === true,
    parameters: Object.fromEntries(
      (found.Parameters ?? []).map(({ ParameterKey = '', ParameterValue = '' }) => [
        ParameterKey,
        ParameterValue,
      ]),
    ),
    detailedStatus: found.DetailedStatus,
    tags: Object.fromEntries((found.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
    createdAt: found.CreationTime,
  };
}

/** An event of DescribeStackEvents. */
export function eventOf(found: Sdk.StackEvent): StackEvent {
  return {
    id: found.EventId ?? '',
    stack: found.StackName ?? '',
    logicalId: found.LogicalResourceId ?? '',
    physicalId: found.PhysicalResourceId,
    type: found.ResourceType ?? '',
    status: found.ResourceStatus ?? '',
    reason: found.ResourceStatusReason,
    time: found.Timestamp ?? new Date(0),
    token: found.ClientRequestToken,
    detailedStatus: found.DetailedStatus,
  };
}

/** A change set of all the pages of DescribeChangeSet. */
export function changeSetOf(pages: readonly Sdk.DescribeChangeSetCommandOutput[]): ChangeSet {
  const [first] = pages;
  return {
    id: first?.ChangeSetId ?? '',
    stackId: first?.StackId ?? '',
    status: first?.Status ?? '',
    statusReason: first?.StatusReason,
    changes: pages.flatMap(({ Changes = [] }) =>
      Changes.flatMap(({ ResourceChange: change }) => (change === undefined ? [] : [resourceChange(change)])),
    ),
  };
}

function resourceChange(change: Sdk.ResourceChange): ResourceChange {
  return {
    action: (change.Action ?? 'Modify') as ResourceChange['action'],
    logicalId: change.LogicalResourceId ?? '',
    physicalId: change.PhysicalResourceId,
    type: change.ResourceType ?? '',
    replacement: change.Replacement,
    policyAction: change.PolicyAction,
    properties: (change.Details ?? []).flatMap(({ Target }) =>
      Target === undefined ? [] : [property(Target)],
    ),
  };
}

function property(target: Sdk.ResourceTargetDefinition): PropertyChange {
  return {
    path: target.Path ?? target.Name ?? target.Attribute ?? '',
    before: target.BeforeValue,
    after: target.AfterValue,
    requiresRecreation: target.RequiresRecreation,
  };
}
