import type { PlatformWish } from '../../driver.js';
import { newestAmi } from '../../ami/newest-ami.js';
import { servicesOf } from '../aws-account.js';
import type { FoundInput, InputSources } from './input-sources.js';

/** The image of the instances: the one they have, else the newest that AWS recommends. Where `compute.ami` says one, none is looked for. */
export async function amiInput(
  _wish: PlatformWish,
  { context, there, isKnown }: InputSources,
): Promise<FoundInput> {
  const { compute } = context.spec;
  if (compute.kind !== 'ec2' || compute.ami !== undefined) return {};
  const value = there.get('instances')?.parameters['ImageId'];
  if (value !== undefined || !isKnown) return { value };
  const newest = await newestAmi(context.spec, servicesOf(context).ssm, context);
  return newest.id === undefined ? { missing: newest.missing } : { value: newest.id };
}
