import { BuilderError } from '../../errors.js';
import type { AwsServices } from '../../aws/aws-services.js';
import type { CallerIdentity } from '../../aws/sts/caller-identity.js';
import type { AwsContext } from './aws-context.js';

type Account = Pick<AwsContext, 'name' | 'spec' | 'identity' | 'profile'>;

/** The environment names its account: credentials that happen to be there may be another's. @throws BuilderError `usage`, NoCredentialsError */
export async function requireAccount(context: Account): Promise<CallerIdentity> {
  const { spec, name } = context;
  const identity = await context.identity();
  if (spec.account === undefined || spec.account === identity.account) return identity;
  throw new BuilderError(
    `These credentials are of the AWS account ${identity.account} (${namesOf(context, identity)}); the environment ${name} is in ${spec.account}, region ${spec.region}`,
    {
      code: 'usage',
      hint:
        spec.profile === undefined
          ? `Set AWS_PROFILE, or profile in ${spec.file}, to one of that account; or mend account there.`
          : `Mend profile or account in ${spec.file}.`,
    },
  );
}

/** As `requireAccount`, where something is to be changed: then the environment must say the account, not the credentials. @throws BuilderError `usage` */
export async function requirePinnedAccount(context: Account): Promise<CallerIdentity> {
  const identity = await requireAccount(context);
  const { spec } = context;
  if (spec.account !== undefined) return identity;
  throw new BuilderError(
    `${spec.file} says no account, and credentials that happen to be there do not choose one`,
    {
      code: 'usage',
      hint: `These are of ${identity.account} (${namesOf(context, identity)}). If that is the one, add: account: '${identity.account}'`,
    },
  );
}

function namesOf({ profile }: Account, { arn }: CallerIdentity): string {
  return profile === undefined ? arn : `profile ${profile}, ${arn}`;
}

/** The services of the region of a stack, or of the environment's. @throws BuilderError `invalid` where the environment says none */
export function servicesOf(
  { services, spec }: Pick<AwsContext, 'services' | 'spec'>,
  { name, region }: { readonly name: string; readonly region: string | undefined } = {
    name: 'service',
    region: spec.region,
  },
): AwsServices {
  if (region === undefined)
    throw new BuilderError(`${spec.file} says no region, and the stack ${name} must live in one`, {
      code: 'invalid',
      hint: 'Add to it, for example: region: eu-central-1',
    });
  return services(region);
}
