import { parseDocument } from 'yaml';
import type { PriceList } from '../../aws/pricing/price-list.js';
import { validate } from '../../spec/validate.js';
import { parseYaml } from '../../yaml/yaml.js';
import { priceOfProducts } from './price-of-products.js';
import { type PriceFile, priceSchema } from './price-schema.js';

/** What became of a price table. */
export interface RenewedPrices {
  /** The file as it is now. */
  readonly text: string;
  /** "nat of eu-central-1: 0.052, before 0.045". */
  readonly changes: readonly string[];
  /** Prices that stay as they were, and why. */
  readonly problems: readonly string[];
}

interface Renewal {
  readonly regions: readonly string[];
  /** "2026-11-29". */
  readonly date: string;
  readonly prices: PriceList;
}

type Entry = PriceFile['prices'][string];
type Usd = Entry['usd'][string]['usd'];

/** The prices of regions, asked of AWS anew; comments and order of the file stay. Asks one question after the other. */
export async function renewPrices(text: string, renewal: Renewal): Promise<RenewedPrices> {
  const file = validate(priceSchema, parseYaml(text, 'infra-cfn/prices.yaml'));
  const document = parseDocument(text);
  const [changes, problems]: [string[], string[]] = [[], []];
  for (const [key, entry] of Object.entries(file.prices))
    for (const region of entry.query.everywhere ? ['us-east-1'] : renewal.regions) {
      const before = entry.usd[region]?.usd;
      const answers = await askAll(entry, region, renewal.prices);
      const refused = answers.filter(([, answer]) => typeof answer === 'string');
      if (refused.length > 0) {
        problems.push(
          ...refused.map(([name, why]) => `${[key, name].join(' ').trim()} of ${region}: ${why}`),
        );
        continue;
      }
      const now = entry.query.by === undefined ? answers[0]![1] : Object.fromEntries(answers);
      document.setIn(
        ['prices', key, 'usd', region],
        document.createNode({ source: 'aws', usd: now }, { flow: true }),
      );
      changes.push(...changesOf(`${key} of ${region}`, before, now as Usd));
    }
  document.setIn(['sources', 'aws'], `AWS's Price List, asked on ${renewal.date}`);
  return { text: document.toString({ lineWidth: 130, flowCollectionPadding: true }), changes, problems };
}

/** Each price of an entry by its name, which is empty where there is one only: a number, or why there is none. */
async function askAll(entry: Entry, region: string, prices: PriceList): Promise<[string, number | string][]> {
  const { service, by, filters, everywhere, times } = entry.query;
  const names = by === undefined ? [''] : Object.keys(namesOf(entry));
  const answers: [string, number | string][] = [];
  for (const name of names) {
    const wanted = {
      ...filters,
      ...(by === undefined ? {} : { [by]: name }),
      ...(everywhere ? {} : { regionCode: region }),
    };
    // AWS compares types of usage with the region's prefix, which is not known here.
    const { usagetype: _, ...asked } = wanted as Record<string, string>;
    const found = priceOfProducts(await prices.products({ service, filters: asked }), wanted);
    answers.push([name, typeof found === 'number' ? Number((found * times).toPrecision(10)) : found]);
  }
  return answers;
}

/** The names that an entry has prices of, in whichever region. */
function namesOf({ usd }: Entry): Readonly<Record<string, number>> {
  return Object.assign(
    {},
    ...Object.values(usd).map(({ usd: one }) => (typeof one === 'object' ? one : {})),
  ) as Record<string, number>;
}

function changesOf(what: string, before: Usd | undefined, now: Usd): string[] {
  const asRecord = (usd: Usd | undefined) =>
    typeof usd === 'object' ? usd : usd === undefined ? {} : { '': usd };
  const old: Readonly<Record<string, number>> = asRecord(before);
  return Object.entries(asRecord(now)).flatMap(([name, usd]) => {
    if (old[name] === usd) return [];
    return [`${name} ${what}: ${usd}, ${old[name] === undefined ? 'new' : `before ${old[name]}`}`.trim()];
  });
}
