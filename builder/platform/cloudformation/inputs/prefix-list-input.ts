import type { PlatformWish } from '../../driver.js';
import { servicesOf } from '../aws-account.js';
import type { FoundInput, InputSources } from './input-sources.js';

const name = 'com.amazonaws.global.cloudfront.origin-facing';

/** CloudFront's addresses in the region, which the load balancer lets in. */
export async function prefixListInput(
  _wish: PlatformWish,
  { context, there, isKnown }: InputSources,
): Promise<FoundInput> {
  if (!context.spec.edge.cdn) return {};
  const value = there.get('admission')?.parameters['CloudFrontPrefixList'];
  if (value !== undefined || !isKnown) return { value };
  const found = await servicesOf(context).ec2.prefixList(name, context);
  return found === undefined
    ? { missing: `The region ${context.spec.region} has no list ${name}: take one that has CloudFront's.` }
    : { value: found };
}
