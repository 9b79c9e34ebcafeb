import type { PlatformWish } from '../../driver.js';
import { servicesOf } from '../aws-account.js';
import type { FoundInput, InputSources } from './input-sources.js';

const recommended = {
  X86_64: '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id',
  ARM64: '/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id',
};

/** The image of the instances: the one they have, else the newest that AWS recommends. Where `compute.ami` says one, none is looked for. */
export async function amiInput(
  _wish: PlatformWish,
  { context, there, isKnown }: InputSources,
): Promise<FoundInput> {
  const { compute } = context.spec;
  if (compute.kind !== 'ec2' || compute.ami !== undefined) return {};
  const value = there.get('instances')?.parameters['ImageId'];
  if (value !== undefined || !isKnown) return { value };
  const parameter = recommended[compute.architecture];
  const newest = await servicesOf(context).ssm.parameter(parameter, context);
  return newest === undefined
    ? {
        missing: `This region knows no ${parameter}. Add compute.ami to ${context.spec.file}: an ECS-optimised Amazon Linux 2023.`,
      }
    : { value: newest };
}
