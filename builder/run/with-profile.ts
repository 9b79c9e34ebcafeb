import type { Environment } from '../environment.js';

/** Variables with the profile of an environment in place of AWS_PROFILE, where it says one: accounts are then never mistaken. */
export function withProfile(
  variables: Environment,
  { profile }: { readonly profile?: string | undefined },
): Environment {
  return profile === undefined ? variables : { ...variables, AWS_PROFILE: profile };
}
