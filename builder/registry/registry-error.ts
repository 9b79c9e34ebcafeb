import { BuilderError, type ErrorDetails } from '../errors.js';

export interface RegistryErrorDetails extends ErrorDetails {
  /** The HTTP status; undefined if no answer came. */
  readonly status?: number | undefined;
  /** Another try may succeed. */
  readonly temporary?: boolean | undefined;
  /** Error codes of the registry: `NAME_UNKNOWN`, `DENIED` (distribution specification, "Error Codes"). */
  readonly registryCodes?: readonly string[] | undefined;
  /** Milliseconds to wait before another try, if the registry said so. */
  readonly retryAfterMs?: number | undefined;
  /** The peer stayed silent until the timeout; such tries are repeated less often. */
  readonly stalled?: boolean | undefined;
  /** All tries are used up. */
  readonly exhausted?: boolean | undefined;
}

/** A registry refused, could not be reached, or answered wrongly. The message holds no credentials. */
export class RegistryError extends BuilderError {
  readonly status: number | undefined;
  readonly temporary: boolean;
  readonly registryCodes: readonly string[];
  readonly retryAfterMs: number | undefined;
  readonly stalled: boolean;
  readonly exhausted: boolean;

  constructor(message: string, details: RegistryErrorDetails) {
    super(message, details);
    this.status = details.status;
    this.temporary = details.temporary ?? false;
    this.registryCodes = details.registryCodes ?? [];
    this.retryAfterMs = details.retryAfterMs;
    this.stalled = details.stalled ?? false;
    this.exhausted = details.exhausted ?? false;
  }

  /** A copy with another message and more details. */
  with(message: string, details: Partial<RegistryErrorDetails> = {}): RegistryError {
    const { code, hint, origin, cause, status, temporary, registryCodes, retryAfterMs, stalled, exhausted } =
      this;
    return new RegistryError(message, {
      code,
      hint,
      origin,
      cause,
      status,
      temporary,
      registryCodes,
      retryAfterMs,
      stalled,
      exhausted,
      ...details,
    });
  }
}
