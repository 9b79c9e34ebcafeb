import type { CredentialSource, Credentials } from '../credentials/credentials.js';
import type { Challenge } from './parse-challenge.js';
import { RegistryError } from '../registry-error.js';
import { type Secrets, basicToken } from './secrets.js';
import { type BearerToken, type TokenQuestion } from './token-service.js';

export interface AuthorizerOptions {
  /** `https://registry.example`; the realm is resolved and checked against it. */
  readonly base: URL;
  /** The key under which credentials are looked up. */
  readonly registry: string;
  readonly source: CredentialSource;
  readonly secrets: Secrets;
  readonly clock: () => number;
  readonly signal: AbortSignal | undefined;
  /** Asks the token service. */
  readonly exchange: (question: TokenQuestion) => Promise<BearerToken>;
}

interface HeldToken {
  readonly token: string;
  /** When to get a new token, by the clock. */
  readonly until: number;
}

const handled = ['bearer', 'basic'];

/** Makes the `Authorization` header for one registry, and renews refused credentials and tokens. */
export class Authorizer {
  readonly #options: AuthorizerOptions;
  #challenge: Challenge | undefined;
  #credentials: Promise<Credentials | undefined> | undefined;
  /** By scopes. */
  readonly #tokens = new Map<string, Promise<HeldToken>>();
  #renewing: Promise<unknown> = Promise.resolve();

  constructor(options: AuthorizerOptions, challenges: readonly Challenge[]) {
    this.#options = options;
    this.#adopt(challenges);
  }

  /** The header's value; undefined if none is needed or known. */
  async header(scopes: readonly string[]): Promise<string | undefined> {
    if (this.#challenge === undefined) return undefined;
    const credentials = await this.#login();
    if (credentials !== undefined && 'registryToken' in credentials)
      return `Bearer ${credentials.registryToken}`;
    if (this.#challenge.scheme === 'bearer') return `Bearer ${await this.#token(scopes)}`;
    if (credentials === undefined || !('username' in credentials)) return undefined;
    return `Basic ${basicToken(credentials.username, credentials.password)}`;
  }

  /** Whether the registry may use this status to refuse expired credentials. */
  refuses(status: number, used: string | undefined): boolean {
    const { source, registry } = this.#options;
    if (status === 401) return true;
    return used !== undefined && (status === 403 || (source.refusals?.(registry) ?? []).includes(status));
  }

  /**
   * Replaces a refused header: gets a new token first, then new credentials. Concurrent callers share one renewal.
   * @returns whether there is another header, so that it makes sense to try again
   */
  renew(
    refused: string | undefined,
    scopes: readonly string[],
    challenges: readonly Challenge[],
  ): Promise<boolean> {
    const renewed = this.#renewing.then(() => this.#renew(refused, scopes, challenges));
    this.#renewing = renewed.catch(() => undefined);
    return renewed;
  }

  async #renew(
    refused: string | undefined,
    scopes: readonly string[],
    challenges: readonly Challenge[],
  ): Promise<boolean> {
    this.#adopt(challenges);
    if (this.#challenge === undefined) return false;
    if ((await this.header(scopes)) !== refused) return true;
    const wanted = challenges.flatMap(({ parameters: { scope } }) => (scope === undefined ? [] : [scope]));
    this.#tokens.delete(keyOf(scopes));
    if (this.#challenge.scheme === 'bearer' && !this.#freshly.has(refused ?? '')) {
      const header = `Bearer ${await this.#token(scopes, wanted)}`;
      this.#freshly.add(header);
      if (header !== refused) return true;
    }
    this.#credentials = this.#find(true);
    this.#tokens.clear();
    return (await this.header(scopes)) !== refused;
  }

  /** Headers with renewed tokens: if one of them is refused too, the login is at fault. */
  readonly #freshly = new Set<string>();

  #adopt(challenges: readonly Challenge[]): void {
    this.#challenge ??= handled
      .map((scheme) => challenges.find((challenge) => challenge.scheme === scheme))
      .find((challenge) => challenge !== undefined);
  }

  #login(): Promise<Credentials | undefined> {
    this.#credentials ??= this.#find(false);
    return this.#credentials;
  }

  async #find(renew: boolean): Promise<Credentials | undefined> {
    const { source, registry, secrets, signal } = this.#options;
    const found = await source.find(registry, { renew, signal });
    if (found !== undefined) secrets.addCredentials(found);
    return found;
  }

  async #token(scopes: readonly string[], wanted: readonly string[] = []): Promise<string> {
    const key = keyOf(scopes);
    const known = this.#tokens.get(key);
    if (known !== undefined) {
      const held = await known;
      if (this.#options.clock() < held.until) return held.token;
      // Another caller saw first that the token is old, and is getting a new one.
      if (this.#tokens.get(key) !== known) return this.#token(scopes, wanted);
    }
    const asked = this.#ask([...new Set([...scopes, ...wanted])]);
    this.#tokens.set(key, asked);
    // Don't keep a failure as a token.
    asked.catch(() => this.#tokens.delete(key));
    return (await asked).token;
  }

  async #ask(scopes: readonly string[]): Promise<HeldToken> {
    const { registry, base, clock, secrets, exchange } = this.#options;
    const { realm, service } = this.#challenge?.parameters ?? {};
    if (realm === undefined || !URL.canParse(realm, base.href))
      throw new RegistryError(`${registry} names no valid token service`, { code: 'failed' });
    const credentials = await this.#login();
    if (credentials !== undefined && 'registryToken' in credentials)
      return { token: credentials.registryToken, until: Infinity };
    const begin = clock();
    const answer = await exchange({ realm: new URL(realm, base), service, scopes, credentials });
    secrets.add(answer.token);
    if (answer.refreshToken !== undefined) {
      const newer = { identityToken: answer.refreshToken };
      secrets.addCredentials(newer);
      this.#credentials = Promise.resolve(newer);
    }
    // Expires at 90 % of the lifetime, as requests take time.
    return { token: answer.token, until: begin + answer.lifetime * 900 };
  }
}

function keyOf(scopes: readonly string[]): string {
  return scopes.join(' ');
}
