import type { CallOptions } from '../../aws/aws-client.js';
import type { SsmApi } from '../../aws/ssm/ssm-api.js';
import type { EnvironmentSpec } from '../../spec/load-environment.js';

/** AWS's public parameters (ECS Developer Guide, "Retrieving Amazon ECS-optimized Linux AMI metadata"). */
const parameters: Readonly<Record<EnvironmentSpec['compute']['architecture'], string>> = {
  X86_64: '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id',
  ARM64: '/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id',
};

/** The image that AWS recommends, or a sentence that says why there is none and what to do. */
export type NewestAmi =
  | { readonly id: string; readonly missing?: undefined }
  | { readonly id?: undefined; readonly missing: string };

/** The newest ECS-optimised Amazon Linux 2023 for the processors of an environment. @throws BuilderError where AWS refuses */
export async function newestAmi(
  { compute, file }: Pick<EnvironmentSpec, 'compute' | 'file'>,
  ssm: Pick<SsmApi, 'parameter'>,
  options: CallOptions = {},
): Promise<NewestAmi> {
  const parameter = parameters[compute.architecture];
  const id = await ssm.parameter(parameter, options);
  if (id !== undefined) return { id };
  return {
    missing: `This region knows no ${parameter}. Add compute.ami to ${file}: an ECS-optimised Amazon Linux 2023.`,
  };
}
