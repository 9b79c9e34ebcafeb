import type * as Sdk from '@aws-sdk/client-service-quotas';
import type { AwsApi } from '../aws-api.js';
import { type AwsPlace, type CallOptions, awsClient } from '../aws-client.js';

/** Quotas of one region (Service Quotas API reference). */
export class QuotasApi {
  readonly #api: AwsApi<typeof Sdk, Sdk.ServiceQuotasClient>;

  constructor(place: AwsPlace) {
    this.#api = awsClient(
      place,
      () => import('@aws-sdk/client-service-quotas'),
      (sdk, settings) => new sdk.ServiceQuotasClient(settings),
    );
  }

  /** The account's own, else what all have at first; undefined where AWS knows none by that code ("L-F678F1CE"). */
  async quota(service: string, code: string, options: CallOptions = {}): Promise<number | undefined> {
    const input = { ServiceCode: service, QuotaCode: code };
    const doing = `read the quota ${code} of ${service}`;
    const expected = ['NoSuchResourceException'];
    const own = await this.#api.ask(
      { action: 'servicequotas:GetServiceQuota', doing, expected },
      options,
      ({ sdk, client }, http) => client.send(new sdk.GetServiceQuotaCommand(input), http),
    );
    if (own?.Quota?.Value !== undefined) return own.Quota.Value;
    const first = await this.#api.ask(
      { action: 'servicequotas:GetAWSDefaultServiceQuota', doing, expected },
      options,
      ({ sdk, client }, http) => client.send(new sdk.GetAWSDefaultServiceQuotaCommand(input), http),
    );
    return first?.Quota?.Value;
  }
}
