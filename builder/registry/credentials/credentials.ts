/** How to log in: by name and password, by a refresh token of the registry's token service, or by a bearer token as it is. */
export type Credentials =
  | { readonly username: string; readonly password: string }
  | { readonly identityToken: string }
  | { readonly registryToken: string };

/** Finds credentials by the registry's host (`Reference.registry`). They stay in memory. */
export interface CredentialSource {
  /**
   * Undefined where it knows none: then the registry is used without.
   * @param options.renew the registry refused the earlier ones: they may have expired
   */
  find(
    registry: string,
    options: { readonly renew: boolean; readonly signal?: AbortSignal | undefined },
  ): Promise<Credentials | undefined>;
  /** Statuses besides 401 and 403 by which that registry refuses expired credentials (ECR: 400). */
  refusals?(registry: string): readonly number[];
}

/** Uses the first source that knows the registry. */
export function firstOf(...sources: readonly CredentialSource[]): CredentialSource {
  return {
    async find(registry, options) {
      for (const source of sources) {
        const found = await source.find(registry, options);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    refusals: (registry) => sources.flatMap((source) => source.refusals?.(registry) ?? []),
  };
}

/** Logs in nowhere. */
export const anonymous: CredentialSource = { find: () => Promise.resolve(undefined) };
