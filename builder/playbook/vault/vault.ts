import type { Origin } from '../../errors.js';
import { RefusalError } from '../refusal-error.js';
import { digestOf } from '../../store/digest.js';
import { decrypt, openEnvelope } from './vault-envelope.js';
import { type VaultSource, readPassword } from './vault-password.js';

const howToGive =
  'Give it with --vault-password-file FILE or --vault-id NAME@FILE, or name its file in ANSIBLE_VAULT_PASSWORD_FILE.';

/** Decrypts texts of ansible-vault, and knows the variables made from them. Reads passwords on first use. */
export class Vault {
  readonly #sources: readonly VaultSource[];
  #passwords: readonly { readonly id: string; readonly password: Buffer }[] | undefined;
  readonly #known = new Map<string, Buffer>();
  readonly #secretNames = new Set<string>();
  /** Whether any encrypted text was found. */
  inUse = false;

  constructor(sources: readonly VaultSource[]) {
    this.#sources = sources;
  }

  /**
   * Returns the plain text. Tries the password that the text names first, then the others.
   * @param what the text's name in messages @param origin where it stands
   * @throws RefusalError `invalid`, with the place, if there is no password or none fits
   */
  decrypt(text: string, what: string, origin: Origin): Buffer {
    const digest = digestOf(text);
    const known = this.#known.get(digest);
    if (known !== undefined) return known;
    const envelope = openEnvelope(text);
    if (typeof envelope === 'string')
      throw new RefusalError(`Can't decrypt ${what}: ${envelope}`, {
        code: 'invalid',
        origin,
        hint: 'Encrypt it again with ansible-vault.',
      });
    const passwords = this.#all();
    const { id } = envelope;
    const inOrder = [
      ...passwords.filter((one) => one.id === id),
      ...passwords.filter((one) => one.id !== id),
    ];
    for (const { password } of inOrder) {
      const plain = decrypt(envelope, password);
      if (plain === undefined) continue;
      this.#known.set(digest, plain);
      return plain;
    }
    throw noPassword(what, { origin, id, given: passwords.length });
  }

  /** Marks variables as secret: whatever reads them is neither shown nor kept. */
  noteSecret(names: Iterable<string>): void {
    this.inUse = true;
    for (const name of names) this.#secretNames.add(name);
  }

  isSecret(name: string): boolean {
    return this.#secretNames.has(name);
  }

  #all(): readonly { readonly id: string; readonly password: Buffer }[] {
    return (this.#passwords ??= this.#sources.map((source) => ({
      id: source.id,
      password: readPassword(source),
    })));
  }
}

function noPassword(
  what: string,
  { origin, id, given }: { origin: Origin; id: string | undefined; given: number },
): RefusalError {
  const wanted = id === undefined ? '' : ` Its password is named "${id}".`;
  if (given === 0)
    return new RefusalError(`No password is given for ${what}, which ansible-vault encrypted`, {
      code: 'invalid',
      origin,
      hint: `${howToGive}${wanted}`,
    });
  const fits =
    given === 1 ? 'the vault password given does not fit' : `none of the ${given} vault passwords fits`;
  return new RefusalError(`Can't decrypt ${what}: ${fits}`, {
    code: 'invalid',
    origin,
    hint: `Check it with: ansible-vault view ${origin.file}.${wanted}`,
  });
}
