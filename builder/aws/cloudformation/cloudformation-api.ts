import type * as Sdk from '@aws-sdk/client-cloudformation';
import type { AwsApi } from '../aws-api.js';
import { type AwsPlace, type CallOptions, awsClient } from '../aws-client.js';
import { changeSetOf, eventOf, stackOf } from './read-answers.js';
import type { ChangeSet, Stack, StackEvent, StackRequest } from './stack.js';

/** How a change set begins a stack, or changes one. */
export interface ChangeSetRequest extends StackRequest {
  readonly changeSet: string;
  readonly type: 'CREATE' | 'UPDATE';
}

/**
 * CloudFormation in one region, as far as deployments need it (AWS CloudFormation API reference). Throttled calls and broken
 * connections are tried again by the SDK. Every method throws BuilderError where AWS refuses or can't be reached.
 */
export class CloudFormationApi {
  readonly region: string;
  readonly #api: AwsApi<typeof Sdk, Sdk.CloudFormationClient>;

  constructor(place: AwsPlace) {
    this.region = place.region;
    this.#api = awsClient(
      place,
      () => import('@aws-sdk/client-cloudformation'),
      (sdk, settings) => new sdk.CloudFormationClient(settings),
    );
  }

  /** A stack by its name or id; undefined where there is none. A deleted one is found by its id alone. */
  async stack(name: string, options: CallOptions = {}): Promise<Stack | undefined> {
    const call = { action: 'cloudformation:DescribeStacks', doing: `look at the stack ${name}` };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DescribeStacksCommand({ StackName: name }), http).catch((error: unknown) => {
        if (doesNotExist(error)) return undefined;
        throw error;
      }),
    );
    const found = answer?.Stacks?.[0];
    return found && stackOf(found);
  }

  /** The names of all stacks that are there and begin so, without those that are inside of another. */
  async names(prefix: string, options: CallOptions = {}): Promise<string[]> {
    const call = { action: 'cloudformation:ListStacks', doing: 'list the stacks of the account' };
    const found: string[] = [];
    for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
      const page = await this.#api.ask(call, options, ({ sdk, client }, http) => {
        const StackStatusFilter = Object.values(sdk.StackStatus).filter((one) => one !== 'DELETE_COMPLETE');
        const input = { StackStatusFilter, ...(next === undefined ? {} : { NextToken: next }) };
        return client.send(new sdk.ListStacksCommand(input), http);
      });
      for (const { StackName = '', ParentId } of page?.StackSummaries ?? [])
        if (ParentId === undefined && StackName.startsWith(prefix)) found.push(StackName);
      next = page?.NextToken;
    }
    return found;
  }

  /** Begins to compare; `changeSet` tells when it is done. */
  async createChangeSet(request: ChangeSetRequest, options: CallOptions = {}): Promise<string> {
    const { name, template, changeSet, type } = request;
    const call = { action: 'cloudformation:CreateChangeSet', doing: `compare the stack ${name}` };
    const input: Sdk.CreateChangeSetCommandInput = {
      StackName: name,
      ChangeSetName: changeSet,
      ChangeSetType: type,
      TemplateBody: template,
      Parameters: pairs(request.parameters, 'ParameterKey', 'ParameterValue'),
      Tags: pairs(request.tags, 'Key', 'Value'),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      ...(request.role === undefined ? {} : { RoleARN: request.role }),
      // A first creation that fails leaves nothing that would have to be deleted by hand.
      ...(type === 'CREATE' ? { OnStackFailure: 'DELETE' as const } : {}),
    };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.CreateChangeSetCommand(input), http),
    );
    return answer?.Id ?? changeSet;
  }

  /** A change set with all of its pages; undefined where there is none. `stack` is a name or an id. */
  async changeSet(stack: string, id: string, options: CallOptions = {}): Promise<ChangeSet | undefined> {
    const call = {
      action: 'cloudformation:DescribeChangeSet',
      doing: `read what would change in ${stack}`,
      expected: ['ChangeSetNotFoundException', 'ChangeSetNotFound'],
    };
    const pages: Sdk.DescribeChangeSetCommandOutput[] = [];
    for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
      const page = await this.#api.ask(call, options, ({ sdk, client }, http) =>
        client.send(
          new sdk.DescribeChangeSetCommand({
            StackName: stack,
            ChangeSetName: id,
            IncludePropertyValues: true,
            ...(next === undefined ? {} : { NextToken: next }),
          }),
          http,
        ),
      );
      if (page === undefined) return undefined;
      pages.push(page);
      next = page.NextToken;
    }
    return changeSetOf(pages);
  }

  /** Begins to do what the change set says; `token` comes back with the operation's events. */
  async execute(stack: string, id: string, token: string, options: CallOptions = {}): Promise<void> {
    const call = { action: 'cloudformation:ExecuteChangeSet', doing: `change the stack ${stack}` };
    await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(
        new sdk.ExecuteChangeSetCommand({ StackName: stack, ChangeSetName: id, ClientRequestToken: token }),
        http,
      ),
    );
  }

  async deleteChangeSet(stack: string, id: string, options: CallOptions = {}): Promise<void> {
    const call = {
      action: 'cloudformation:DeleteChangeSet',
      doing: `remove the comparison of ${stack}`,
      expected: ['ChangeSetNotFoundException', 'ChangeSetNotFound'],
    };
    await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DeleteChangeSetCommand({ StackName: stack, ChangeSetName: id }), http),
    );
  }

  /** The events that came after the one with the id `after`, or all; the oldest first. */
  async events(stackId: string, after: string | undefined, options: CallOptions = {}): Promise<StackEvent[]> {
    const found: StackEvent[] = [];
    for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
      const page = await this.#eventPage(stackId, next, options);
      for (const event of page.events) {
        if (event.id === after) return found.reverse();
        found.push(event);
      }
      next = page.next;
    }
    return found.reverse();
  }

  /** The id of the latest event; what comes after it belongs to later operations. */
  async latestEvent(stackId: string, options: CallOptions = {}): Promise<string | undefined> {
    return (await this.#eventPage(stackId, undefined, options)).events[0]?.id;
  }

  /** Events, the newest first. */
  async #eventPage(stackId: string, next: string | undefined, options: CallOptions) {
    const call = { action: 'cloudformation:DescribeStackEvents', doing: `read the events of ${stackId}` };
    const input = { StackName: stackId, ...(next === undefined ? {} : { NextToken: next }) };
    const page = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DescribeStackEventsCommand(input), http),
    );
    return { events: (page?.StackEvents ?? []).map(eventOf), next: page?.NextToken };
  }

  /** Begins to delete a stack. */
  async deleteStack(name: string, options: CallOptions = {}): Promise<void> {
    const call = { action: 'cloudformation:DeleteStack', doing: `delete the stack ${name}` };
    await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DeleteStackCommand({ StackName: name }), http),
    );
  }
}

function doesNotExist(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name === 'ValidationError' &&
    error.message.trim().endsWith('does not exist')
  );
}

function pairs<K extends string, V extends string>(
  values: Readonly<Record<string, string>>,
  key: K,
  value: V,
): Record<K | V, string>[] {
  return Object.entries(values).map(
    ([name, given]) => ({ [key]: name, [value]: given }) as Record<K | V, string>,
  );
}
