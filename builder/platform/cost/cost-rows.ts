import type { CostItem } from './reckon-cost.js';

/** The same charge of several resources, together. */
export interface CostRow {
  readonly what: string;
  /** Names of the stacks that it is in. */
  readonly stacks: readonly string[];
  /** How many of what the price is for, in a month; undefined where use decides. */
  readonly quantity: number | undefined;
  readonly per: string;
  readonly unitPrice: number | undefined;
  /** USD a month. */
  readonly monthly: number | undefined;
  readonly note: string | undefined;
}

/** Charges by what they are for, those that cost most first; those that depend on use as they come. */
export function costRows(items: readonly CostItem[]): CostRow[] {
  const groups = new Map<string, CostItem[]>();
  for (const item of items) {
    const key = `${item.price} ${item.what}`;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()]
    .map((group): CostRow => {
      const [first] = group as [CostItem];
      return {
        what: first.what,
        stacks: [...new Set(group.map(({ stack }) => stack))],
        quantity: total(group.map(({ quantity }) => quantity)),
        per: first.per,
        unitPrice: first.unitPrice,
        monthly: total(group.map(({ monthly }) => monthly)),
        note: first.note,
      };
    })
    .sort((one, other) => (other.monthly ?? 0) - (one.monthly ?? 0));
}

function total(numbers: readonly (number | undefined)[]): number | undefined {
  return numbers.reduce((sum, one) => (sum === undefined || one === undefined ? undefined : sum + one), 0);
}
