import type { EcrHost } from './ecr-host.js';
import type { RepositorySettings } from './repository-settings.js';

/** A token of `GetAuthorizationToken`, taken apart. */
export interface EcrToken {
  readonly username: string;
  readonly password: string;
  readonly expiresAt?: Date | undefined;
}

/** What a push wants to know of a repository. */
export interface EcrRepository {
  readonly name: string;
  /** Whether this tag, once it names an image, may never name another. */
  isImmutable(tag: string): boolean;
}

/** One answer about a scan: its state, and what it has found so far. */
export interface ScanAnswer {
  readonly status: string;
  readonly description?: string | undefined;
  readonly findings: readonly ScanFinding[];
}

export interface ScanFinding {
  /** `CVE-…` mostly. */
  readonly name: string;
  readonly severity: string;
  readonly package?: string | undefined;
  readonly version?: string | undefined;
  /** The package's version that has it no more. */
  readonly fixedIn?: string | undefined;
}

export interface EcrCallOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * The API of one ECR registry. Everything throws a BuilderError that says what could not be done and why;
 * NoCredentialsError where nobody is logged in.
 */
export interface EcrRegistry {
  readonly host: EcrHost;
  token(options?: EcrCallOptions): Promise<EcrToken>;
  /** Undefined where there is none. */
  findRepository(name: string, options?: EcrCallOptions): Promise<EcrRepository | undefined>;
  /** Does nothing where there is one already. */
  createRepository(name: string, settings: RepositorySettings, options?: EcrCallOptions): Promise<void>;
  /** Undefined where no scan was ever asked for. */
  scanFindings(image: EcrImage, options?: EcrCallOptions): Promise<ScanAnswer | undefined>;
  startScan(image: EcrImage, options?: EcrCallOptions): Promise<void>;
}

/** An image in a repository, by its manifest's digest. */
export interface EcrImage {
  readonly repository: string;
  readonly digest: string;
}
