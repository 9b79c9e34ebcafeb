import { BuilderError, type ErrorDetails } from '../errors.js';

export interface RegistryErrorDetails extends ErrorDetails {
  /** Of HTTP; undefined where no answer came. */
  readonly status?: number | undefined;
  /** Another try may succeed. */
  readonly temporary?: boolean | undefined;
  /** As the registry names what is wrong: `NAME_UNKNOWN`, `DENIED` (distribution specification, "Error Codes"). */
  readonly registryCodes?: readonly string[] | undefined;
  /** How long to wait before another try, in milliseconds, where somebody said so. */
  readonly retryAfterMs?: number | undefined;
  /** Nothing came for as long as one waits; nobody waits so long often. */
  readonly stalled?: boolean | undefined;
  /** It has been tried as often as makes sense. */
  readonly exhausted?: boolean | undefined;
}

/** A registry refused, could not be reached, or gave what was not asked for. Its message holds no credentials. */
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

  /** The same, with more said. */
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
