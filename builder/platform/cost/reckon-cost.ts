import type { EnvironmentSpec } from '../../spec/load-environment.js';
import type { PlatformStack } from '../graph/platform.js';
import { subjectsOf } from '../policy/check-policy.js';
import { type Charge, type ChargeRule, hoursOf } from './charge.js';
import { computeCharges } from './charges/compute-charges.js';
import { dataCharges } from './charges/data-charges.js';
import { networkCharges } from './charges/network-charges.js';
import { watchCharges } from './charges/watch-charges.js';
import { freeTypes } from './free-types.js';
import type { PriceFile } from './price-schema.js';
import { priceTable } from './price-table.js';

/** A charge of a resource, with its price. */
export interface CostItem extends Charge {
  readonly stack: string;
  /** The resource's name in its template. */
  readonly resource: string;
  /** USD of one; undefined where prices.yaml has none. */
  readonly unitPrice: number | undefined;
  /** What one is: "hour", "GB and month". */
  readonly per: string;
  /** The region whose price it is. */
  readonly region: string | undefined;
  /** Where prices.yaml has it from. */
  readonly source: string | undefined;
  /** USD a month; undefined where use decides, or the price is not known. */
  readonly monthly: number | undefined;
}

/** What a platform costs. */
export interface PlatformCost {
  /** Charges that come each month, whoever visits. */
  readonly fixed: readonly CostItem[];
  /** Charges that depend on use; only the price of one is known. */
  readonly usage: readonly CostItem[];
  /** USD a month of all that is fixed. */
  readonly monthly: number;
  /** What is fixed and has no price in prices.yaml: `monthly` is without it. */
  readonly unknown: readonly CostItem[];
  /** The region for whose missing prices those of another stand in; undefined where none are missing. */
  readonly standInFor: string | undefined;
  /** Types of resources of which nobody said what they cost. */
  readonly unreckoned: readonly string[];
}

const tables = [networkCharges, computeCharges, dataCharges, watchCharges];

/** What AWS charges for the stacks of an environment, by resource, from prices of a table; asks nobody. */
export function reckonCost(
  stacks: readonly PlatformStack[],
  environment: EnvironmentSpec,
  prices: PriceFile,
): PlatformCost {
  const hours = hoursOf({ environment }, prices.hoursPerMonth);
  const subjects = subjectsOf(stacks, environment);
  const items = subjects.flatMap((subject) => {
    const region = subject.stack.region ?? 'us-east-1';
    const table = priceTable(prices, region);
    return rulesOf(subject.type).flatMap((rule) =>
      rule(subject, hours).map((charge): CostItem => {
        const price = table.price(charge.price);
        const monthly =
          charge.quantity === undefined || price === undefined ? undefined : charge.quantity * price.usd;
        return {
          ...charge,
          stack: subject.stack.name,
          resource: subject.id,
          unitPrice: price?.usd,
          per: table.per(charge.price),
          region: price?.region,
          source: price?.source,
          monthly,
        };
      }),
    );
  });
  const fixed = items.filter(({ quantity }) => quantity !== undefined && quantity > 0);
  const home = environment.region;
  return {
    fixed,
    usage: items.filter(({ quantity }) => quantity === undefined),
    monthly: fixed.reduce((sum, { monthly = 0 }) => sum + monthly, 0),
    unknown: fixed.filter(({ monthly }) => monthly === undefined),
    standInFor:
      home !== undefined && fixed.some(({ region, stack }) => foreign(region, stack, stacks))
        ? home
        : undefined,
    unreckoned: [...new Set(subjects.map(({ type }) => type).filter((type) => !isReckoned(type)))],
  };
}

function rulesOf(type: string): ChargeRule[] {
  return tables.flatMap((table) => table[type] ?? []);
}

function isReckoned(type: string): boolean {
  return freeTypes.has(type) || type.startsWith('Custom::') || rulesOf(type).length > 0;
}

function foreign(region: string | undefined, stack: string, stacks: readonly PlatformStack[]): boolean {
  const own = stacks.find(({ name }) => name === stack)?.region;
  return region !== undefined && own !== undefined && region !== own;
}
