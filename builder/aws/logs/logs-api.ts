import type * as Sdk from '@aws-sdk/client-cloudwatch-logs';
import type { AwsApi } from '../aws-api.js';
import { type AwsPlace, type CallOptions, awsClient } from '../aws-client.js';

export interface LogEvent {
  readonly id: string;
  readonly stream: string;
  readonly time: Date;
  readonly text: string;
}

/** CloudWatch Logs in one region (CloudWatch Logs API reference). */
export class LogsApi {
  readonly #api: AwsApi<typeof Sdk, Sdk.CloudWatchLogsClient>;

  constructor(place: AwsPlace) {
    this.#api = awsClient(
      place,
      () => import('@aws-sdk/client-cloudwatch-logs'),
      (sdk, settings) => new sdk.CloudWatchLogsClient(settings),
    );
  }

  /** The last lines of one stream, the oldest first; none where there is no such stream. */
  async tail(group: string, stream: string, lines: number, options: CallOptions = {}): Promise<string[]> {
    const call = {
      action: 'logs:GetLogEvents',
      doing: `read the log ${group}`,
      expected: ['ResourceNotFoundException'],
    };
    const input = { logGroupName: group, logStreamName: stream, limit: lines, startFromHead: false };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.GetLogEventsCommand(input), http),
    );
    return (answer?.events ?? []).map(({ message = '' }) => message.trimEnd());
  }

  /** What a group logged since a time (milliseconds since 1970), the oldest first, page by page. */
  async *since(group: string, startTime: number, options: CallOptions = {}): AsyncIterable<LogEvent> {
    const call = {
      action: 'logs:FilterLogEvents',
      doing: `read the log ${group}`,
      expected: ['ResourceNotFoundException'],
    };
    for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
      const input = {
        logGroupName: group,
        startTime,
        ...(next === undefined ? {} : { nextToken: next }),
      };
      const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
        client.send(new sdk.FilterLogEventsCommand(input), http),
      );
      for (const { eventId = '', logStreamName = '', timestamp = 0, message = '' } of answer?.events ?? [])
        yield { id: eventId, stream: logStreamName, time: new Date(timestamp), text: message.trimEnd() };
      next = answer?.nextToken;
    }
  }

  /** Whether there is a group of just that name. */
  async hasGroup(name: string, options: CallOptions = {}): Promise<boolean> {
    const call = { action: 'logs:DescribeLogGroups', doing: `look for the log group ${name}` };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DescribeLogGroupsCommand({ logGroupNamePrefix: name }), http),
    );
    return (answer?.logGroups ?? []).some(({ logGroupName }) => logGroupName === name);
  }

  /** Names of the groups that begin so and have a tag of that value. */
  async tagged(
    prefix: string,
    [key, value]: readonly [key: string, value: string],
    options: CallOptions = {},
  ): Promise<string[]> {
    const call = { action: 'logs:DescribeLogGroups', doing: `list the log groups ${prefix}…` };
    const found: string[] = [];
    for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
      const input = { logGroupNamePrefix: prefix, ...(next === undefined ? {} : { nextToken: next }) };
      const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
        client.send(new sdk.DescribeLogGroupsCommand(input), http),
      );
      for (const { logGroupName: name = '', logGroupArn, arn = '' } of answer?.logGroups ?? [])
        if ((await this.#tags(logGroupArn ?? arn.replace(/:\*$/, ''), options))[key] === value)
          found.push(name);
      next = answer?.nextToken;
    }
    return found;
  }

  async #tags(arn: string, options: CallOptions): Promise<Readonly<Record<string, string>>> {
    const call = {
      action: 'logs:ListTagsForResource',
      doing: `read the tags of ${arn}`,
      expected: ['ResourceNotFoundException'],
    };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.ListTagsForResourceCommand({ resourceArn: arn }), http),
    );
    return answer?.tags ?? {};
  }

  async deleteGroup(name: string, options: CallOptions = {}): Promise<void> {
    const call = {
      action: 'logs:DeleteLogGroup',
      doing: `delete the log group ${name}`,
      expected: ['ResourceNotFoundException'],
    };
    await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DeleteLogGroupCommand({ logGroupName: name }), http),
    );
  }
}
