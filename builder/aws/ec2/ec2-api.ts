import type * as Sdk from '@aws-sdk/client-ec2';
import type { AwsApi } from '../aws-api.js';
import { type AwsPlace, type CallOptions, awsClient } from '../aws-client.js';

/** EC2 in one region (Amazon EC2 API reference). */
export class Ec2Api {
  readonly #api: AwsApi<typeof Sdk, Sdk.EC2Client>;

  constructor(place: AwsPlace) {
    this.#api = awsClient(
      place,
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

  /** Names of the zones that can be used: "eu-central-1a". */
  async zones(options: CallOptions = {}): Promise<string[]> {
    const call = { action: 'ec2:DescribeAvailabilityZones', doing: 'list the zones of the region' };
    const input = {
      Filters: [
        { Name: 'state', Values: ['available'] },
        { Name: 'zone-type', Values: ['availability-zone'] },
      ],
    };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DescribeAvailabilityZonesCommand(input), http),
    );
    return (answer?.AvailabilityZones ?? []).flatMap(({ ZoneName }) => ZoneName ?? []);
  }

  /** Of the instance types given, those that the region has, each with its zones. */
  async instanceTypeZones(
    types: readonly string[],
    options: CallOptions = {},
  ): Promise<{ readonly type: string; readonly zone: string }[]> {
    const call = {
      action: 'ec2:DescribeInstanceTypeOfferings',
      doing: `look which zones have ${types.join(', ')}`,
    };
    const input = {
      LocationType: 'availability-zone' as const,
      Filters: [{ Name: 'instance-type', Values: [...types] }],
    };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DescribeInstanceTypeOfferingsCommand(input), http),
    );
    return (answer?.InstanceTypeOfferings ?? []).map(({ InstanceType: type = '', Location: zone = '' }) => ({
      type,
      zone,
    }));
  }

  async vpcCount(options: CallOptions = {}): Promise<number> {
    const call = { action: 'ec2:DescribeVpcs', doing: 'count the VPCs of the region' };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DescribeVpcsCommand({ MaxResults: 1000 }), http),
    );
    return answer?.Vpcs?.length ?? 0;
  }

  async addressCount(options: CallOptions = {}): Promise<number> {
    const call = { action: 'ec2:DescribeAddresses', doing: 'count the elastic addresses of the region' };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DescribeAddressesCommand({}), http),
    );
    return answer?.Addresses?.length ?? 0;
  }

  /** vCPUs of the standard instances (families A, C, D, H, I, M, R, T, Z) that run, by how they are paid. */
  async standardVcpus(options: CallOptions = {}): Promise<{ onDemand: number; spot: number }> {
    const call = { action: 'ec2:DescribeInstances', doing: 'count the vCPUs that run' };
    const used = { onDemand: 0, spot: 0 };
    for (let next: string | undefined, first = true; first || next !== undefined; first = false) {
      const input = {
        Filters: [{ Name: 'instance-state-name', Values: ['pending', 'running'] }],
        ...(next === undefined ? {} : { NextToken: next }),
      };
      const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
        client.send(new sdk.DescribeInstancesCommand(input), http),
      );
      for (const { InstanceType = '', InstanceLifecycle, CpuOptions } of (answer?.Reservations ?? []).flatMap(
        ({ Instances = [] }) => Instances,
      ))
        if (/^[acdhimrtz]\d/.test(InstanceType))
          used[InstanceLifecycle === 'spot' ? 'spot' : 'onDemand'] +=
            (CpuOptions?.CoreCount ?? 1) * (CpuOptions?.ThreadsPerCore ?? 1);
      next = answer?.NextToken;
    }
    return used;
  }
}
