import { z } from 'zod';

/** How AWS's Price List is asked for a price. */
const query = z.strictObject({
  service: z.string(),
  by: z.string().optional().describe('The attribute of which the names of several prices are values.'),
  filters: z.record(z.string(), z.string()).default({}),
  everywhere: z.boolean().default(false).describe('All regions have one price.'),
  times: z.number().default(1).describe('How many of what AWS counts are one of ours.'),
});

const usd = z.number().nonnegative();
const price = z.strictObject({
  per: z.string().describe('What one of it is: "hour", "GB and month".'),
  query,
  usd: z.record(
    z.string(),
    z.strictObject({ source: z.string(), usd: z.union([usd, z.record(z.string(), usd)]) }),
  ),
});

/** What `infra-cfn/prices.yaml` says. */
export const priceSchema = z.strictObject({
  currency: z.literal('USD'),
  hoursPerMonth: z.number().positive(),
  sources: z.record(z.string(), z.string()),
  prices: z.record(z.string(), price),
});

export type PriceFile = z.output<typeof priceSchema>;
