import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuilderError } from '../../errors.js';
import { validate } from '../../spec/validate.js';
import { digestOf } from '../../store/digest.js';
import { type Memo, noMemo } from '../../store/memo.js';
import { rememberedYaml } from '../../store/remembered-yaml.js';
import { readYaml, sourceDocument } from '../../yaml/yaml.js';
import { type PriceFile, priceSchema } from './price-schema.js';

/** Where a region has no price of its own, this one's stands in. */
const standIn = 'us-east-1';

/** A price in USD, and where it is from. */
export interface Price {
  readonly usd: number;
  /** "hour", "GB and month". */
  readonly per: string;
  /** The region whose price it is. */
  readonly region: string;
  readonly source: string;
}

/** What AWS asks for in a region. */
export interface PriceTable {
  readonly hoursPerMonth: number;
  /**
   * A price by its key in prices.yaml, "nat", or with a name, "instance/m6i.large"; undefined where none is known.
   * @throws BuilderError where prices.yaml does not have the key
   */
  price(key: string): Price | undefined;
  /** What one of it is, whether its price is known or not. */
  per(key: string): string;
}

/**
 * Reads `infra-cfn/prices.yaml`.
 * @param memo of what was parsed before
 * @throws SpecError with all that is wrong with it; BuilderError where it is missing
 */
export function loadPrices(projectFolder: string, memo: Memo = noMemo): PriceFile {
  const file = 'infra-cfn/prices.yaml';
  const path = join(projectFolder, file);
  if (!existsSync(path))
    throw new BuilderError(`${file} is missing: it holds AWS's prices`, { code: 'usage' });
  const text = readFileSync(path, 'utf8');
  const parsed = rememberedYaml(memo, `prices ${digestOf(text)}`, () => readYaml(text, file));
  return validate(priceSchema, sourceDocument(text, file, parsed));
}

/** The prices of a region; those of us-east-1 where it has none of its own. */
export function priceTable(file: PriceFile, region: string): PriceTable {
  const entry = (key: string) => {
    const found = file.prices[key.split('/')[0] ?? ''];
    if (found === undefined)
      throw new BuilderError(`infra-cfn/prices.yaml has no price "${key}"`, { code: 'invalid' });
    return found;
  };
  return {
    hoursPerMonth: file.hoursPerMonth,
    per: (key) => entry(key).per,
    price(key) {
      const { per, usd: regions, query } = entry(key);
      const [, name] = key.split('/');
      for (const one of [region, standIn]) {
        const usd = regions[one]?.usd;
        const found = name === undefined || typeof usd !== 'object' ? usd : usd[name];
        if (typeof found === 'number')
          return {
            usd: found,
            per,
            region: query.everywhere ? region : one,
            source: regions[one]?.source ?? '',
          };
      }
      return undefined;
    },
  };
}
