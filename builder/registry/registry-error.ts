import { BuilderError, type ErrorDetails } from '../errors.js';

export interface RegistryErrorDetails extends ErrorDetails {
  /** Of HTTP; undefined where no answer came. */
  readonly status?: number | undefined;
  /** Another try may succeed. */
  readonly temporary?: boolean | undefined;
  /** As the registry names what is wrong: `NAME_UNKNOWN`, `DENIED` (distribution specification, "Error Codes"). */
  readonly registryCodes?: readonly string[] | undefined;
}

/** A registry refused, could not be reached, or gave what was not asked for. Its message holds no credentials. */
export class RegistryError extends BuilderError {
  readonly status: number | undefined;
  readonly temporary: boolean;
  readonly registryCodes: readonly string[];

  constructor(message: string, details: RegistryErrorDetails) {
    super(message, details);
    this.status = details.status;
    this.temporary = details.temporary ?? false;
    this.registryCodes = details.registryCodes ?? [];
  }
}
