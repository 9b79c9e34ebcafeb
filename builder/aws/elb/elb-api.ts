import type * as Sdk from '@aws-sdk/client-elastic-load-balancing-v2';
import type { AwsApi } from '../aws-api.js';
import { type AwsPlace, type CallOptions, awsClient } from '../aws-client.js';

export interface TargetHealth {
  /** Its address. */
  readonly target: string;
  /** "healthy", "initial", "unhealthy", "draining" … */
  readonly state: string;
  readonly reason?: string | undefined;
}

/** Load balancers of one region (Elastic Load Balancing API reference, version 2015-12-01). */
export class ElbApi {
  readonly #api: AwsApi<typeof Sdk, Sdk.ElasticLoadBalancingV2Client>;

  constructor(place: AwsPlace) {
    this.#api = awsClient(
      place,
      () => import('@aws-sdk/client-elastic-load-balancing-v2'),
      (sdk, settings) => new sdk.ElasticLoadBalancingV2Client(settings),
    );
  }

  /** How the targets of a group stand. */
  async targets(group: string, options: CallOptions = {}): Promise<TargetHealth[]> {
    const call = {
      action: 'elasticloadbalancing:DescribeTargetHealth',
      doing: `look at the targets of ${group}`,
      expected: ['TargetGroupNotFoundException', 'TargetGroupNotFound'],
    };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DescribeTargetHealthCommand({ TargetGroupArn: group }), http),
    );
    return (answer?.TargetHealthDescriptions ?? []).map(({ Target, TargetHealth: health }) => ({
      target: Target?.Id ?? '',
      state: health?.State ?? '',
      reason: health?.Description ?? health?.Reason,
    }));
  }

  /** Takes a load balancer's protection against deletion away, or gives it. */
  async protect(arn: string, isProtected: boolean, options: CallOptions = {}): Promise<void> {
    const call = {
      action: 'elasticloadbalancing:ModifyLoadBalancerAttributes',
      doing: `release the load balancer ${arn}`,
    };
    const input = {
      LoadBalancerArn: arn,
      Attributes: [{ Key: 'deletion_protection.enabled', Value: String(isProtected) }],
    };
    await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.ModifyLoadBalancerAttributesCommand(input), http),
    );
  }
}
