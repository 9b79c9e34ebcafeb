import type { Credentials } from '../credentials/credentials.js';

/** Shorter ones would blank harmless words; nothing that short protects anything. */
const shortest = 6;
const longestText = 300;

/** Knows what must not be shown: passwords and tokens, which registries may repeat in their answers. */
export class Secrets {
  readonly #known = new Set<string>();

  add(secret: string): void {
    if (secret.length < shortest) return;
    this.#known.add(secret);
    this.#known.add(encodeURIComponent(secret));
  }

  addCredentials(credentials: Credentials): void {
    for (const [name, value] of Object.entries(credentials)) if (name !== 'username') this.add(value);
    if ('username' in credentials) this.add(basicToken(credentials.username, credentials.password));
  }

  /** A text of somebody else's, on one line, no longer than a message may be, without the secrets. */
  clean(text: string): string {
    let shown = text;
    for (const secret of this.#known) shown = shown.replaceAll(secret, '***');
    // Control characters could change what the terminal shows.
    shown = shown.replace(/[\s\p{Cc}]+/gu, ' ').trim();
    return shown.length > longestText ? `${shown.slice(0, longestText)}…` : shown;
  }
}

/** What follows `Basic` (RFC 7617). */
export function basicToken(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}
