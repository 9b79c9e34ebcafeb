/** An encrypted text, decrypted only when a template uses it. */
export class SealedText {
  readonly #cipherText: string;
  readonly #open: () => string;

  /** @param open returns the plain text @throws BuilderError if no password fits */
  constructor(cipherText: string, open: () => string) {
    this.#cipherText = cipherText;
    this.#open = open;
  }

  open(): string {
    return this.#open();
  }

  /** The cipher text, for digests and others that read raw data. */
  toJSON(): string {
    return this.#cipherText;
  }

  toString(): string {
    return this.#cipherText;
  }
}

/** Whether a value is or contains a SealedText, at any depth of lists and mappings. */
export function holdsSealed(value: unknown): boolean {
  if (value instanceof SealedText) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(holdsSealed);
}
