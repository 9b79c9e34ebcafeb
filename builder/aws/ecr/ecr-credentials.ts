import { ecrRegistry } from './ecr.js';
import type { EcrRegistry, EcrToken } from './ecr-registry.js';
import type { Environment } from '../../environment.js';

/** Who pushes and pulls, as registries ask for it. */
interface EcrLogin {
  readonly username: string;
  readonly password: string;
}

interface EcrCredentials {
  /** Undefined for hosts that are not ECR's. */
  find(host: string, options: { readonly renew: boolean }): Promise<EcrLogin | undefined>;
}

interface EcrCredentialOptions {
  readonly environment: Environment;
  readonly signal?: AbortSignal | undefined;
  /** Of now, in milliseconds. */
  readonly clock?: () => number;
  readonly connect?: (host: string, environment: Environment) => EcrRegistry | undefined;
}

/** So long before its end a token is not used any more. */
const marginMs = 60_000;

/**
 * Tokens for the hosts of ECR, kept in memory and nowhere else. One is asked for again when `renew` says that it was
 * refused, or when it is about to expire; several who ask at once get one.
 * @throws (from `find`) BuilderError where AWS gives none; NoCredentialsError where nobody is logged in to AWS
 */
export function ecrCredentials(options: EcrCredentialOptions): EcrCredentials {
  const { environment, signal, clock = Date.now, connect = ecrRegistry } = options;
  const registries = new Map<string, Tokens>();
  return {
    async find(host, { renew }) {
      let tokens = registries.get(host);
      if (tokens === undefined) {
        const registry = connect(host, environment);
        if (registry === undefined) return undefined;
        tokens = new Tokens(() => registry.token({ signal }), clock);
        registries.set(host, tokens);
      }
      const { username, password } = await tokens.get(renew);
      return { username, password };
    },
  };
}

class Tokens {
  readonly #ask: () => Promise<EcrToken>;
  readonly #clock: () => number;
  #asked: Promise<EcrToken> | undefined;
  #current: { readonly token: EcrToken; readonly until: number } | undefined;

  constructor(ask: () => Promise<EcrToken>, clock: () => number) {
    this.#ask = ask;
    this.#clock = clock;
  }

  get(renew: boolean): Promise<EcrToken> {
    if (this.#asked !== undefined) return this.#asked;
    if (!renew && this.#current !== undefined && this.#clock() < this.#current.until)
      return Promise.resolve(this.#current.token);
    this.#asked = this.#fetch().finally(() => (this.#asked = undefined));
    return this.#asked;
  }

  async #fetch(): Promise<EcrToken> {
    const token = await this.#ask();
    const expires = token.expiresAt?.getTime() ?? 0;
    // A token that is new and old at once: this machine's clock is wrong, and the registry will say when it has enough.
    const until = expires > this.#clock() ? expires - marginMs : Infinity;
    this.#current = { token, until };
    return token;
  }
}
