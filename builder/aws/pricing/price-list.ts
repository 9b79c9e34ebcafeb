import type * as Sdk from '@aws-sdk/client-pricing';
import { AwsApi } from '../aws-api.js';

/** Which products of a service are meant: attributes and their values. */
export interface ProductQuery {
  /** "AmazonEC2". */
  readonly service: string;
  readonly filters: Readonly<Record<string, string>>;
}

/** Asks AWS's Price List. */
export interface PriceList {
  /** Products with their terms, each as the JSON that AWS sends. @throws BuilderError where AWS refuses */
  products(query: ProductQuery, signal?: AbortSignal): Promise<string[]>;
}

/** AWS's Price List (Price List Query API, GetProducts), which answers in us-east-1 for all regions. */
export function awsPriceList(): PriceList {
  const api = new AwsApi<typeof Sdk, Sdk.PricingClient>(async () => {
    const sdk = await import('@aws-sdk/client-pricing');
    return { sdk, client: new sdk.PricingClient({ region: 'us-east-1' }) };
  });
  return {
    async products({ service, filters }, signal) {
      const products: string[] = [];
      const call = { action: 'pricing:GetProducts', doing: `ask for the prices of ${service}` };
      let next: string | undefined;
      do {
        const answer = await api.ask(call, { signal }, ({ sdk, client }, http) => {
          const conditions = Object.entries(filters).map(([Field, Value]) => ({
            Type: sdk.FilterType.TERM_MATCH,
            Field,
            Value,
          }));
          const input = { ServiceCode: service, Filters: conditions, FormatVersion: 'aws_v1' };
          return client.send(
            new sdk.GetProductsCommand(next === undefined ? input : { ...input, NextToken: next }),
            http,
          );
        });
        products.push(...(answer?.PriceList ?? []).map(String));
        next = answer?.NextToken;
      } while (next !== undefined && next !== '');
      return products;
    },
  };
}
