import { createHash } from 'node:crypto';
import { integer, text } from './python-value.js';
import { TemplateError } from '../template-error.js';

export interface PasswordOptions {
  readonly kind: string;
  readonly salt: unknown;
  readonly rounds: unknown;
}

const LETTERS = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const kinds: Readonly<Record<string, 'md5' | 'sha256' | 'sha512'>> = {
  md5: 'md5',
  md5_crypt: 'md5',
  sha256: 'sha256',
  sha256_crypt: 'sha256',
  sha512: 'sha512',
  sha512_crypt: 'sha512',
};
const implicitRounds = { sha256: 535_000, sha512: 656_000 };

/** A hash for /etc/shadow, like Ansible's `password_hash` with a given salt. @throws TemplateError without a salt */
export function hashPassword(password: string, { kind, salt, rounds }: PasswordOptions): string {
  const found = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (!found)
    throw new TemplateError(
      `"password_hash" does not support "${kind}"`,
      'It supports sha512, sha256 and md5.',
    );
  if (salt === undefined || salt === null || salt === '')
    throw new TemplateError(
      '"password_hash" needs a salt here: with a random one, no build could be repeated',
      'Give one: password_hash("sha512", "some salt").',
    );
  const given = text(salt);
  if (!/^[./\dA-Za-z]+$/.test(given) || given.length > (found === 'md5' ? 8 : 16))
    throw new TemplateError(
      `The salt must be up to ${found === 'md5' ? 8 : 16} letters, digits, dots and slashes`,
    );
  if (found === 'md5') return md5Crypt(password, given);
  const count = rounds === undefined || rounds === null ? implicitRounds[found] : integer(rounds);
  if (count < 1000 || count > 999_999_999)
    throw new TemplateError('The rounds must be between 1000 and 999999999');
  if (count > 1_000_000) throw new TemplateError('More than 1,000,000 rounds are not supported');
  return shaCrypt(found, password, given, count);
}

/** Encodes bytes in the alphabet of crypt(3), three at a time, in the order of `at`. */
function letters(digest: Buffer, at: readonly (readonly number[])[]): string {
  let out = '';
  for (const places of at) {
    let value = places.reduce((all, place) => (all << 8) | (place < 0 ? 0 : (digest[place] ?? 0)), 0);
    const used = places.filter((place) => place >= 0).length;
    for (let count = used === 3 ? 4 : used + 1; count > 0; count--) {
      out += LETTERS[value & 63];
      value >>>= 6;
    }
  }
  return out;
}

const order256 = [...Array.from({ length: 10 }, (_, i) => rotate(i, 3, 10)), [-1, 31, 30]];
const order512 = [...Array.from({ length: 21 }, (_, i) => rotate(i, 3, 21)), [-1, -1, 63]];

function rotate(index: number, by: number, step: number): number[] {
  const places = [index, index + step, index + 2 * step];
  // From row to row, the order rotates left: by two for SHA-256, by one for SHA-512.
  const turn = step === 10 ? (index * 2) % by : index % by;
  return [...places.slice(turn), ...places.slice(0, turn)];
}

const repeated = (bytes: Buffer, length: number): Buffer => Buffer.alloc(length, bytes);

/** SHA-crypt (https://www.akkadia.org/drepper/SHA-crypt.txt). */
function shaCrypt(kind: 'sha256' | 'sha512', password: string, salt: string, rounds: number): string {
  const key = Buffer.from(password);
  const pinch = Buffer.from(salt);
  const digest = (...parts: Buffer[]): Buffer => createHash(kind).update(Buffer.concat(parts)).digest();
  const b = digest(key, pinch, key);
  const parts = [key, pinch, repeated(b, key.length)];
  for (let left = key.length; left > 0; left >>>= 1) parts.push(left & 1 ? b : key);
  let a = digest(...parts);
  const p = repeated(digest(...Array.from({ length: key.length }, () => key)), key.length);
  const s = repeated(digest(...Array.from({ length: 16 + (a[0] ?? 0) }, () => pinch)), pinch.length);
  for (let round = 0; round < rounds; round++) {
    const odd = round % 2 === 1;
    a = digest(
      odd ? p : a,
      round % 3 === 0 ? Buffer.alloc(0) : s,
      round % 7 === 0 ? Buffer.alloc(0) : p,
      odd ? a : p,
    );
  }
  const mark = rounds === 5000 ? '' : `rounds=${rounds}$`;
  const body = letters(a, kind === 'sha256' ? order256 : order512);
  return `$${kind === 'sha256' ? 5 : 6}$${mark}${salt}$${body}`;
}

/** MD5-crypt, as in FreeBSD's libcrypt. */
function md5Crypt(password: string, salt: string): string {
  const key = Buffer.from(password);
  const pinch = Buffer.from(salt);
  const digest = (...parts: Buffer[]): Buffer => createHash('md5').update(Buffer.concat(parts)).digest();
  const b = digest(key, pinch, key);
  const parts = [key, Buffer.from('$1$'), pinch, repeated(b, key.length)];
  for (let left = key.length; left > 0; left >>>= 1)
    parts.push(left & 1 ? Buffer.alloc(1) : key.subarray(0, 1));
  let a = digest(...parts);
  for (let round = 0; round < 1000; round++) {
    const odd = round % 2 === 1;
    a = digest(
      odd ? key : a,
      round % 3 === 0 ? Buffer.alloc(0) : pinch,
      round % 7 === 0 ? Buffer.alloc(0) : key,
      odd ? a : key,
    );
  }
  return `$1$${salt}$${letters(a, [
    [0, 6, 12],
    [1, 7, 13],
    [2, 8, 14],
    [3, 9, 15],
    [4, 10, 5],
    [-1, -1, 11],
  ])}`;
}
