import type * as Sdk from '@aws-sdk/client-ec2';
import type { AwsApi } from '../aws-api.js';
import { type CallOptions, awsClient } from '../aws-client.js';

/** EC2 in one region (Amazon EC2 API reference). */
export class Ec2Api {
  readonly #api: AwsApi<typeof Sdk, Sdk.EC2Client>;

  constructor(region: string) {
    this.#api = awsClient(
      region,
      () => import('@aws-sdk/client-ec2'),
      (sdk, settings) => new sdk.EC2Client(settings),
    );
  }

  /** The id of a list of addresses that AWS keeps, by its name; undefined where the region has none. */
  async prefixList(name: string, options: CallOptions = {}): Promise<string | undefined> {
    const call = { action: 'ec2:DescribeManagedPrefixLists', doing: `look for the prefix list ${name}` };
    const input = { Filters: [{ Name: 'prefix-list-name', Values: [name] }] };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DescribeManagedPrefixListsCommand(input), http),
    );
    return answer?.PrefixLists?.[0]?.PrefixListId;
  }
}
