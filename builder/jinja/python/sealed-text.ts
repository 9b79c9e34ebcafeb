/** A text that is encrypted where it stands: opened when a template uses it, and not before. */
export class SealedText {
  readonly #cipherText: string;
  readonly #open: () => string;

  /** @param open gives the plain text @throws BuilderError where no key fits */
  constructor(cipherText: string, open: () => string) {
    this.#cipherText = cipherText;
    this.#open = open;
  }

  open(): string {
    return this.#open();
  }

  /** What digests and whatever else looks at raw data sees. */
  toJSON(): string {
    return this.#cipherText;
  }

  toString(): string {
    return this.#cipherText;
  }
}

/** Whether a value is one, or holds one at any depth of lists and mappings. */
export function holdsSealed(value: unknown): boolean {
  if (value instanceof SealedText) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(holdsSealed);
}
