import { isUtf8 } from 'node:buffer';

/** Code point for the byte 0. Bytes 0x80 to 0xff that are not UTF-8 are mapped to lone surrogates from here on, which valid text never has. */
const escapeBase = 0xdc00;

/**
 * Decodes a name. On Linux a name is any bytes; bytes that are not UTF-8 become lone surrogates, as in Python
 * (PEP 383), so that `encodeName` returns the same bytes.
 */
export function decodeName(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = characterLength(bytes, at);
    text +=
      length === 0
        ? String.fromCharCode(escapeBase + (bytes[at] as number))
        : bytes.toString('utf8', at, at + length);
    at += length || 1;
  }
  return text;
}

/** Reverses `decodeName`. */
export function encodeName(text: string): Buffer {
  if (!/\p{Surrogate}/u.test(text)) return Buffer.from(text);
  return Buffer.concat(
    Array.from(text, (character) => {
      const code = character.codePointAt(0) as number;
      return code >= escapeBase + 0x80 && code <= escapeBase + 0xff
        ? Buffer.of(code - escapeBase)
        : Buffer.from(character);
    }),
  );
}

/** Returns the length in bytes of the character at this position; 0 if no character begins here. */
function characterLength(bytes: Buffer, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++)
    if (isUtf8(bytes.subarray(at, at + length))) return length;
  return 0;
}
