import { readFileSync } from 'node:fs';
import t from 'tap';
import type { ProductQuery } from '../../aws/pricing/price-list.js';
import { priceOfProducts } from './price-of-products.js';
import { renewPrices } from './renew-prices.js';

/** A product in the shape that AWS documents (Price List Query API, GetProducts); no answer of AWS's was recorded. */
function product(
  attributes: Record<string, string>,
  tiers: Record<string, string>,
  productFamily?: string,
): string {
  const priceDimensions = Object.fromEntries(
    Object.entries(tiers).map(([beginRange, USD]) => [
      beginRange,
      { beginRange, unit: 'Hrs', pricePerUnit: { USD } },
    ]),
  );
  return JSON.stringify({
    product: { sku: 'X', productFamily, attributes },
    terms: { OnDemand: { 'X.JRTCKXETXF': { priceDimensions } } },
  });
}

t.test('the price of products', async (t) => {
  const nat = product({ usagetype: 'EUC1-NatGateway-Hours' }, { 0: '0.0520000000' });
  const other = product({ usagetype: 'EUC1-NatGateway-Bytes' }, { 0: '0.0450000000' });
  t.equal(priceOfProducts([other, nat], { usagetype: 'NatGateway-Hours' }), 0.052);
  t.equal(
    priceOfProducts([product({ usagetype: 'DashboardsUsageHour' }, { 0: '0', 3: '3.0' })], {}),
    3,
    'the first tier that is not free',
  );
  t.equal(priceOfProducts([product({}, { 0: '0.09', 10240: '0.085' })], {}), 0.09, 'not what many pay less');
  t.match(priceOfProducts([], {}), 'AWS has no price of it');
  t.match(priceOfProducts([nat, other], {}), 'AWS has several prices of it: 0.052, 0.045');
  t.equal(priceOfProducts([product({}, { 0: '1' }, 'Storage')], { productFamily: 'Storage' }), 1);
});

const table = `# Kept
currency: USD
hoursPerMonth: 730
sources:
  old: A table
prices:
  nat: # by the hour
    per: hour
    query: { service: AmazonEC2, filters: { usagetype: NatGateway-Hours } }
    usd:
      us-east-1: { source: old, usd: 0.045 }
  instance:
    per: hour
    query: { service: AmazonEC2, by: instanceType, filters: { tenancy: Shared } }
    usd:
      us-east-1: { source: old, usd: { m6i.large: 0.1, t3.large: 0.08 } }
  zone:
    per: million
    query: { service: AmazonRoute53, everywhere: true, times: 1000000 }
    usd:
      us-east-1: { source: old, usd: 9 }
`;

t.test('prices are asked for, written where they were, and told', async (t) => {
  const asked: ProductQuery[] = [];
  const prices = {
    products: async (query: ProductQuery) => {
      asked.push(query);
      const { instanceType, regionCode } = query.filters;
      if (query.service === 'AmazonRoute53') return [product({}, { 0: '0.0000004' })];
      if (instanceType === undefined)
        return [product({ usagetype: 'EUC1-NatGateway-Hours', regionCode: regionCode! }, { 0: '0.052' })];
      if (regionCode === 'us-east-1' && instanceType === 't3.large') return [];
      return [product({ instanceType, tenancy: 'Shared', regionCode: regionCode! }, { 0: '0.12' })];
    },
  };
  const renewal = { regions: ['us-east-1', 'eu-central-1'], date: '2026-12-01', prices };
  const { text, changes, problems } = await renewPrices(table, renewal);
  t.strictSame(problems, ['instance t3.large of us-east-1: AWS has no price of it']);
  t.strictSame(changes, [
    'nat of us-east-1: 0.052, before 0.045',
    'nat of eu-central-1: 0.052, new',
    'm6i.large instance of eu-central-1: 0.12, new',
    't3.large instance of eu-central-1: 0.12, new',
    'zone of us-east-1: 0.4, before 9',
  ]);
  t.match(text, '# Kept');
  t.match(text, '# by the hour');
  t.match(
    text,
    `      us-east-1: { source: aws, usd: 0.052 }\n      eu-central-1: { source: aws, usd: 0.052 }`,
  );
  t.match(text, '{ source: old, usd: { m6i.large: 0.1, t3.large: 0.08 } }', 'all of an entry, or nothing');
  t.match(text, "aws: AWS's Price List, asked on 2026-12-01");
  t.notOk(
    asked.some(({ filters }) => 'usagetype' in filters),
    'AWS has usage types with prefixes',
  );
});

t.test('the table of this project is asked for without a rest, and stays in its form', async (t) => {
  const before = readFileSync('infra-cfn/prices.yaml', 'utf8');
  const none = { products: async () => [] };
  const { text, changes, problems } = await renewPrices(before, {
    regions: ['us-east-1'],
    date: 'today',
    prices: none,
  });
  t.strictSame(changes, []);
  t.ok(problems.length > 80, `${problems.length} prices`);
  t.equal(text.replace(/\n {2}aws: .*/, ''), before, 'nothing else is changed');
});
