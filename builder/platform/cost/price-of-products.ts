/** A product of AWS's Price List with its terms, as far as they are read (Price List Query API, "GetProducts"). */
interface Product {
  readonly product?: {
    readonly productFamily?: string;
    readonly attributes?: Readonly<Record<string, string>>;
  };
  readonly terms?: { readonly OnDemand?: Readonly<Record<string, Offer>> };
}
interface Offer {
  readonly priceDimensions?: Readonly<
    Record<string, { readonly beginRange?: string; readonly pricePerUnit?: { readonly USD?: string } }>
  >;
}

/**
 * The one price on demand that products have, in USD: of the first tier that is not free. Types of usage may begin with
 * the region's prefix, "EUC1-NatGateway-Hours".
 * @param products JSON, as AWS sends it
 * @returns a sentence where there is none, or more than one
 */
export function priceOfProducts(
  products: readonly string[],
  wanted: Readonly<Record<string, string>>,
): number | string {
  const found = new Set<number>();
  for (const text of products) {
    const product = JSON.parse(text) as Product;
    if (!matches(product, wanted)) continue;
    const usd = firstPrice(product);
    if (usd !== undefined) found.add(usd);
  }
  const [only, ...more] = found;
  if (only === undefined) return 'AWS has no price of it';
  return more.length === 0 ? only : `AWS has several prices of it: ${[...found].join(', ')}`;
}

function matches({ product = {} }: Product, wanted: Readonly<Record<string, string>>): boolean {
  const attributes = { ...product.attributes, productFamily: product.productFamily };
  return Object.entries(wanted).every(([name, value]) => {
    const given = attributes[name as keyof typeof attributes] as string | undefined;
    if (name !== 'usagetype' || given === undefined) return given === value;
    return given === value || given.replace(/^[A-Z]{2,4}\d?-/, '') === value;
  });
}

function firstPrice({ terms = {} }: Product): number | undefined {
  const tiers = Object.values(terms.OnDemand ?? {})
    .flatMap(({ priceDimensions: dimensions = {} }) => Object.values(dimensions))
    .map(
      ({ beginRange: from = '0', pricePerUnit: price }) => [Number(from), Number(price?.USD ?? NaN)] as const,
    )
    .filter(([, usd]) => usd > 0)
    .sort(([one], [other]) => one - other);
  return tiers[0]?.[1];
}
