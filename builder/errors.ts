/** A place in a file of the user's; line and column count from 1. */
export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The kind of an error, stable for scripts. `usage` and `invalid` end with exit code 2, `interrupted` with 130, others with 1. */
export type ErrorCode = 'usage' | 'invalid' | 'failed' | 'unavailable' | 'not-found' | 'interrupted';

export interface ErrorDetails {
  readonly code: ErrorCode;
  /** What to do about it: one sentence. */
  readonly hint?: string | undefined;
  readonly origin?: Origin | undefined;
  readonly cause?: unknown;
}

/** The one error that users see: what is wrong, where, and what to do. Wrap once, adding the noun; never log and rethrow. */
export class BuilderError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly origin: Origin | undefined;

  constructor(message: string, details: ErrorDetails) {
    super(message, { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.hint = details.hint;
    this.origin = details.origin;
  }
}

/** All errors of one file. */
export class SpecError extends BuilderError {
  readonly problems: readonly BuilderError[];

  constructor(problems: readonly BuilderError[]) {
    const [first] = problems;
    super(problems.map((problem) => problem.message).join('; '), {
      code: 'invalid',
      origin: first?.origin,
      hint: first?.hint,
    });
    this.problems = problems;
  }
}

/** A task of a playbook failed; `output` is the end of its command's output, undefined if no command failed. */
export class StepError extends BuilderError {
  readonly step: string;
  readonly output: string | undefined;

  constructor(
    message: string,
    details: Omit<ErrorDetails, 'code'> & { step: string; output?: string | undefined },
  ) {
    super(message, { ...details, code: 'failed' });
    this.step = details.step;
    this.output = details.output;
  }
}
