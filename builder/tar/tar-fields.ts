import { BuilderError } from '../errors.js';
import { decodeName } from './tar-name.js';

/** The records of a PAX header: `<length> <key>=<value>\n` (POSIX.1-2024, pax, "Extended Header"). */
export function paxRecords(body: Buffer): Record<string, Buffer> {
  const records: Record<string, Buffer> = Object.create(null) as Record<string, Buffer>;
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at);
    const length = Number(body.toString('latin1', at, Math.max(at, space)));
    const equals = body.indexOf(0x3d, space);
    const end = at + length - 1;
    if (space < 0 || !(length > 0) || equals < 0 || equals > end || end >= body.length)
      throw damaged('a PAX header is malformed');
    records[body.toString('utf8', space + 1, equals)] = body.subarray(equals + 1, end);
    at += length;
  }
  return records;
}

/** A text field of a header, up to its NUL byte. */
export function textAt(header: Buffer, at: number, width: number): string {
  return decodeName(untilZero(header.subarray(at, at + width)));
}

/** The bytes before the first NUL. */
export function untilZero(bytes: Buffer): Buffer {
  const zero = bytes.indexOf(0);
  return zero < 0 ? bytes : bytes.subarray(0, zero);
}

/** A number field of a header: octal digits, or if the first bit is set a binary number in two's complement (GNU). */
export function numberAt(header: Buffer, at: number, width: number): number {
  const field = header.subarray(at, at + width);
  const first = field[0] as number;
  if (first & 0x80) {
    const start = first & 0x40 ? first - 0x100 : first - 0x80;
    const value = field.subarray(1).reduce((total, byte) => total * 256 + byte, start);
    if (!Number.isSafeInteger(value)) throw damaged('a number in a header is too large');
    return value;
  }
  const text = field.toString('latin1').replace(/\0.*$/s, '').trim();
  if (!/^[0-7]*$/.test(text)) throw damaged('a number in a header is not octal');
  return text === '' ? 0 : Number.parseInt(text, 8);
}

/** Like `numberAt`, but refuses negative numbers. */
export function countAt(header: Buffer, at: number, width: number): number {
  const count = numberAt(header, at, width);
  if (count < 0) throw damaged('a number in a header is below zero');
  return count;
}

/** @throws BuilderError if this is not a tar header */
export function checkSum(header: Buffer): void {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0);
  if (sum !== numberAt(header, 148, 8)) throw damaged('this is not a tar archive, or it is damaged');
}

/** The error for an archive that is not a tar, or a tar of an unsupported kind. */
export function damaged(how: string): BuilderError {
  return new BuilderError(`The tar archive can't be read: ${how}`, { code: 'failed' });
}
