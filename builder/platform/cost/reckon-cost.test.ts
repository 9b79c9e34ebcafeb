import t from 'tap';
import { environmentOf, platformVariants } from '../../testing/platform-variants.js';
import { loadPlatform } from '../graph/load-platform.js';
import { resolvePlatform } from '../graph/resolve-platform.js';
import { costRows } from './cost-rows.js';
import { costCaveats, costMarkdown } from './cost-text.js';
import { loadPrices } from './price-table.js';
import { type PlatformCost, reckonCost } from './reckon-cost.js';

const platform = loadPlatform('.');
const prices = loadPrices('.');

function costOf(text: string): PlatformCost {
  const environment = environmentOf(text);
  return reckonCost(resolvePlatform(platform, { name: 'example', environment }), environment, prices);
}

/** USD a month of one charge, over all resources that have it. */
function monthly(cost: PlatformCost, what: RegExp): number | undefined {
  const row = costRows(cost.fixed).find((one) => what.test(one.what));
  return row?.monthly === undefined ? undefined : Math.round(row.monthly * 100) / 100;
}

t.test('every type of resource of every environment is charged, or known to be free', async (t) => {
  for (const { name, stacks, environment } of platformVariants(platform)) {
    const cost = reckonCost(stacks, environment, prices);
    t.strictSame([cost.unreckoned, cost.unknown], [[], []], name);
    t.ok(cost.monthly > 100, `${name}: ${cost.monthly}`);
  }
});

t.test('what is fixed, by the hour and the size', async (t) => {
  const cost = costOf(`region: us-east-1
network: { zones: 3, nat: zone }
compute: { instanceTypes: [m6i.large], minimum: 3 }
database: { class: db.t4g.medium, storage: 50 }
cache: { nodeType: cache.t4g.small, replicas: 2 }
`);
  t.equal(monthly(cost, /^NAT gateway/), 98.55, '3 × 730 h × $0.045');
  t.equal(monthly(cost, /^Public IPv4/), 10.95, 'an address each');
  t.equal(monthly(cost, /^Instances m6i.large/), 210.24, '3 × 730 h × $0.096');
  t.equal(monthly(cost, /^Their disks/), 7.2, '3 × 30 GB × $0.08');
  t.equal(monthly(cost, /^Database db.t4g.medium with a standby/), 94.17, '730 h × $0.129');
  t.equal(monthly(cost, /^Its storage/), 11.5, '50 GB × $0.23');
  t.equal(monthly(cost, /^Cache, 3 × cache.t4g.small/), 56.06, '3 × 730 h × $0.0256');
  t.equal(cost.standInFor, undefined);
  t.strictSame(costCaveats(cost), []);
  const sum = cost.fixed.reduce((all, one) => all + (one.monthly ?? NaN), 0);
  t.equal(cost.monthly, sum, 'the sum is that of the items');
  t.match(costMarkdown(cost), `| NAT gateway | nat | 2,190 × $0.045 an hour | $98.55 |`);
});

t.test('use is told by the price of one', async (t) => {
  const { usage } = costOf('region: us-east-1\n');
  t.match(
    costRows(usage).find(({ what }) => what === 'Data through NAT'),
    { quantity: undefined, monthly: undefined, unitPrice: 0.045, per: 'GB' },
  );
});

t.test('instances: as many as the fewest tasks need, in the hours in which they run', async (t) => {
  const compute = 'compute: { instanceTypes: [t3.large], minimum: 0, maximum: 9 }';
  const day = costOf(`region: us-east-1\n${compute}\nservice: { minimum: 3, maximum: 4 }\n`);
  t.equal(monthly(day, /^Instances/), 121.47, 'two tasks fit one: 2 × 730 h × $0.0832');
  const office = costOf(
    `region: us-east-1\n${compute}\nservice: { minimum: 3, maximum: 4, officeHours: { startHour: 7, stopHour: 19 } }\n`,
  );
  t.equal(monthly(office, /^Instances/), 43.38, '60 of 168 hours');
});

t.test('tasks on Fargate', async (t) => {
  const cost = costOf(
    'region: us-east-1\ncompute: { kind: fargate }\nservice: { cpu: 512, memory: 1024, minimum: 2 }\n',
  );
  t.equal(monthly(cost, /^vCPU/), 29.55, '2 × 0.5 × 730 h × $0.04048');
  t.equal(monthly(cost, /^Memory/), 6.49, '2 × 1 GB × 730 h × $0.004445');
  t.equal(monthly(cost, /^Instances/), undefined);
});

t.test('what is not known is told, not left out in silence', async (t) => {
  const cost = costOf('region: eu-central-1\ndatabase: { class: db.x9.huge }\n');
  t.strictSame(
    cost.unknown.map(({ price }) => price),
    ['database-standby/db.x9.huge'],
  );
  t.match(costCaveats(cost), [
    /those of us-east-1: infra-cfn\/prices.yaml has none of eu-central-1 yet/,
    /without Database db.x9.huge with a standby, whose price is not in/,
  ]);
  t.match(
    costMarkdown(cost),
    /\| Database db.x9.huge with a standby \| database \| 730 × price not known \| \? \|/,
  );
});

t.test('a region with prices of its own', async (t) => {
  const own = structuredClone(prices);
  (own.prices.nat!.usd as Record<string, unknown>)['eu-central-1'] = { source: 'example', usd: 0.052 };
  const environment = environmentOf('region: eu-central-1\nnetwork: { nat: one }\n');
  const cost = reckonCost(resolvePlatform(platform, { name: 'example', environment }), environment, own);
  t.equal(monthly(cost, /^NAT gateway/), 37.96);
});
