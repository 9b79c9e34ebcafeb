import type { Credentials } from '../credentials/credentials.js';

/** Redacting shorter ones would blank harmless words. */
const shortest = 6;
const longestText = 300;

/** Passwords and tokens to redact: registries may repeat them in their answers. */
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

  /** A foreign text for a message: on one line, shortened, without the secrets. */
  clean(text: string): string {
    let shown = text;
    for (const secret of this.#known) shown = shown.replaceAll(secret, '***');
    // Control characters could change what the terminal shows.
    shown = shown.replace(/[\s\p{Cc}]+/gu, ' ').trim();
    return shown.length > longestText ? `${shown.slice(0, longestText)}…` : shown;
  }
}

/** The value after `Basic` (RFC 7617). */
export function basicToken(username: string, password: string): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}
