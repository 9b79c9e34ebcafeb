import { isUtf8 } from 'node:buffer';

/** Stands for the byte 0; the bytes that are no UTF-8 are at 0x80 to 0xff from here: lone surrogates, which no text has. */
const escapeBase = 0xdc00;

/**
 * A name's bytes as a text. On Linux a name is any bytes; what is no UTF-8 becomes lone surrogates, as in Python
 * (PEP 383), so that `encodeName` gives the same bytes again.
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

/** The bytes that `decodeName` made a text of. */
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

/** In bytes, of the character that begins here; 0 where none does. */
function characterLength(bytes: Buffer, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++)
    if (isUtf8(bytes.subarray(at, at + length))) return length;
  return 0;
}
