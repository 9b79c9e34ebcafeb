/** A login: name and password, a refresh token for the registry's token service, or a bearer token to send as it is. */
export type Credentials =
  | { readonly username: string; readonly password: string }
  | { readonly identityToken: string }
  | { readonly registryToken: string };

/** Finds credentials by the registry's host (`Reference.registry`), and keeps them in memory only. */
export interface CredentialSource {
  /**
   * Undefined if it has none: the registry is then used anonymously.
   * @param options.renew the registry refused the earlier credentials: they may have expired
   */
  find(
    registry: string,
    options: { readonly renew: boolean; readonly signal?: AbortSignal | undefined },
  ): Promise<Credentials | undefined>;
  /** Statuses besides 401 and 403 with which the registry refuses expired credentials (ECR: 400). */
  refusals?(registry: string): readonly number[];
}

/** Uses the first source that has credentials for the registry. */
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

/** No credentials for any registry. */
export const anonymous: CredentialSource = { find: () => Promise.resolve(undefined) };
