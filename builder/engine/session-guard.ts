import { BuilderError } from '../errors.js';

/** Guards the calls of a session: after an abort, no call starts, and none succeeds. */
export class SessionGuard {
  readonly #signal: AbortSignal | undefined;
  readonly #explain: (error: unknown, doing: string) => BuilderError;

  /** @param explain turns a failure into an error for users */
  constructor(signal: AbortSignal | undefined, explain: (error: unknown, doing: string) => BuilderError) {
    this.#signal = signal;
    this.#explain = explain;
  }

  /** @param doing as in "could not …" @throws BuilderError `interrupted` after an abort */
  async run<T>(doing: string, action: () => Promise<T>): Promise<T> {
    this.#throwIfAborted();
    try {
      return await action();
    } catch (error) {
      throw this.explain(error, doing);
    } finally {
      this.#throwIfAborted();
    }
  }

  explain(error: unknown, doing: string): BuilderError {
    return this.#signal?.aborted ? interrupted() : this.#explain(error, doing);
  }

  #throwIfAborted(): void {
    if (this.#signal?.aborted) throw interrupted();
  }
}

function interrupted(): BuilderError {
  return new BuilderError('Interrupted', { code: 'interrupted' });
}
