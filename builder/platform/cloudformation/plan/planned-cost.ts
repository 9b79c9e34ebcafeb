import { SpecError } from '../../../errors.js';
import type { EnvironmentSpec } from '../../../spec/load-environment.js';
import type { PlannedCost } from '../../change.js';
import { costRows } from '../../cost/cost-rows.js';
import { costCaveats, unitPrice } from '../../cost/cost-text.js';
import type { PriceFile } from '../../cost/price-schema.js';
import { reckonCost } from '../../cost/reckon-cost.js';
import type { PlatformStack } from '../../graph/platform.js';
import type { PlatformView } from '../platform-view.js';

/** What a platform will cost, and what it costs now, by the prices of a table. */
export function plannedCost(view: PlatformView, spec: EnvironmentSpec, prices: PriceFile): PlannedCost {
  const cost = reckonCost(view.stacks, spec, prices);
  return {
    monthly: cost.monthly,
    before: costBefore(view, spec, prices),
    fixed: costRows(cost.fixed).map(({ what, monthly }) => ({ what, monthly })),
    usage: costRows(cost.usage).map((row) => ({ what: row.what, price: unitPrice(row) })),
    caveats: costCaveats(cost),
  };
}

/**
 * The stacks that are there, with the parameters that they have. Templates are those of the project: what they were is a difference of
 * resources, told elsewhere. Undefined where they do not go together any more, as with a parameter that is new.
 */
function costBefore(
  { stacks, obsolete, there }: PlatformView,
  spec: EnvironmentSpec,
  prices: PriceFile,
): number | undefined {
  const before = [...stacks, ...obsolete].flatMap((stack): PlatformStack[] => {
    const found = there.get(stack.name);
    if (found === undefined) return [];
    const declared = Object.keys(stack.template.Parameters);
    const parameters = Object.fromEntries(
      Object.entries(found.parameters)
        .filter(([name]) => declared.includes(name))
        .map(([name, value]) => [name, { kind: 'known', value } as const]),
    );
    return [{ ...stack, parameters }];
  });
  if (before.length === 0) return undefined;
  try {
    return reckonCost(before, spec, prices).monthly;
  } catch (error) {
    if (error instanceof SpecError) return undefined;
    throw error;
  }
}
