import { createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

const marker = '$ANSIBLE_VAULT;';

/** A text encrypted by `ansible-vault`: format 1.1, or 1.2 with the name of its password. */
export interface Envelope {
  /** The name of the password; undefined in format 1.1. */
  readonly id: string | undefined;
  readonly salt: Buffer;
  readonly mac: Buffer;
  readonly cipherText: Buffer;
}

/** Whether the bytes begin with the header of ansible-vault. */
export function isEncrypted(bytes: Buffer): boolean {
  return bytes.subarray(0, marker.length).toString('latin1') === marker;
}

/** Like `isEncrypted`, for a file of any size. @throws the error of reading it */
export function isEncryptedFile(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(marker.length);
    readSync(file, bytes, 0, bytes.length, 0);
    return isEncrypted(bytes);
  } finally {
    closeSync(file);
  }
}

/** Parses an encrypted text; a string is the reason why it can't (lib/ansible/parsing/vault, parse_vaulttext_envelope). */
export function openEnvelope(text: string): Envelope | string {
  const [header = '', ...lines] = text.trim().split(/\r?\n/);
  const [, version, cipher, id] = header.trim().split(';');
  if (version !== '1.1' && version !== '1.2') return `format ${version} is not known, only 1.1 and 1.2 are`;
  if (cipher !== 'AES256') return `the cipher ${cipher} is not known, only AES256 is`;
  const body = fromHex(lines.map((line) => line.trim()).join(''))?.toString('latin1');
  const [salt, mac, cipherText] = (body ?? '').split('\n').map(fromHex);
  if (salt === undefined || mac === undefined || cipherText === undefined) return 'it is damaged';
  return { id: version === '1.2' ? id : undefined, salt, mac, cipherText };
}

function fromHex(text: string): Buffer | undefined {
  return /^(?:[\da-f]{2})+$/i.test(text) ? Buffer.from(text, 'hex') : undefined;
}

/** The plain text; undefined if the password is wrong (the same source, VaultAES256). */
export function decrypt({ salt, mac, cipherText }: Envelope, password: Buffer): Buffer | undefined {
  const derived = pbkdf2Sync(password, salt, 10_000, 80, 'sha256');
  const expected = createHmac('sha256', derived.subarray(32, 64)).update(cipherText).digest();
  if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) return undefined;
  const decipher = createDecipheriv('aes-256-ctr', derived.subarray(0, 32), derived.subarray(64));
  const padded = Buffer.concat([decipher.update(cipherText), decipher.final()]);
  return padded.subarray(0, padded.length - (padded.at(-1) ?? 0));
}
