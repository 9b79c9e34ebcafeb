import { markdownTable } from '../markdown-table.js';
import { type CostRow, costRows } from './cost-rows.js';
import type { PlatformCost } from './reckon-cost.js';

/** "$1,234.50": cents only where they count. */
export function dollars(usd: number): string {
  const digits = usd >= 100 ? 0 : 2;
  return `$${decimal(usd, digits, digits)}`;
}

/** The price of one: "$0.045 an hour", "$0.0000166667 a GB and second". */
export function unitPrice({ unitPrice: usd, per }: Pick<CostRow, 'unitPrice' | 'per'>): string {
  if (usd === undefined) return 'price not known';
  return `$${decimal(usd, 2, 10)} ${/^\d/.test(per) ? 'for' : 'a'} ${per}`.replace('a hour', 'an hour');
}

/** What a user must know of the figures, each a sentence; empty where there is nothing. */
export function costCaveats(cost: PlatformCost): string[] {
  const names = (list: readonly string[]) => [...new Set(list)].join(', ');
  return [
    ...(cost.standInFor === undefined
      ? []
      : [
          `Prices are those of us-east-1: infra-cfn/prices.yaml has none of ${cost.standInFor} yet (npm run prices).`,
        ]),
    ...(cost.unknown.length === 0
      ? []
      : [
          `The sum is without ${names(cost.unknown.map(({ what }) => what))}, whose price is not in infra-cfn/prices.yaml.`,
        ]),
    ...(cost.unreckoned.length === 0 ? [] : [`Nobody said what these cost: ${names(cost.unreckoned)}.`]),
  ];
}

/** The cost as tables of Markdown: what is fixed, then what use decides. */
export function costMarkdown(cost: PlatformCost): string {
  const fixed = costRows(cost.fixed).map((row) => [
    row.what + (row.note === undefined ? '' : ` (${row.note})`),
    row.stacks.join(', '),
    `${amount(row.quantity)} × ${unitPrice(row)}`,
    row.monthly === undefined ? '?' : dollars(row.monthly),
  ]);
  const usage = costRows(cost.usage).map((row) => [row.what, row.stacks.join(', '), unitPrice(row)]);
  return [
    `**${dollars(cost.monthly)} a month**, plus usage.`,
    ...costCaveats(cost),
    markdownTable(
      ['fixed', 'stacks', 'reckoned', 'a month'],
      [...fixed, ['**together**', '', '', `**${dollars(cost.monthly)}**`]],
    ),
    markdownTable(['by use', 'stacks', 'price'], usage),
  ].join('\n\n');
}

function amount(quantity = 0): string {
  return decimal(quantity, 0, 1);
}

/** "1,234.5", with so many digits of a fraction at least and at most. Loading `Intl` for it costs a plan a tenth of its time. */
function decimal(value: number, least: number, most: number): string {
  const [whole = '', fraction = ''] = value.toFixed(most).split('.');
  const kept = fraction.replace(/0+$/, '').padEnd(least, '0');
  const groups = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return kept === '' ? groups : `${groups}.${kept}`;
}
