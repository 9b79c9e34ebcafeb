const blockSize = 512;

/** Two empty blocks: the end of an archive. */
export const tarEnd = Buffer.alloc(2 * blockSize);

/** What fills the last block of a member of `size` bytes. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((blockSize - (size % blockSize)) % blockSize);
}

/** Whose a file is and who may do what with it: numbers, the mode as in chmod(2). */
export interface TarAccess {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

const ofRoot: TarAccess = { mode: 0o644, uid: 0, gid: 0 };

/**
 * The header of a regular file with time 0, for archives that only the engine reads (POSIX pax).
 * @param name its path, each byte one character (latin1), so that any name can be said
 */
export function tarHeader(name: string, size: number, access: TarAccess = ofRoot): Buffer {
  if (name.length <= 100) return ustarHeader(name, size, { type: '0', access });
  const record = paxRecord('path', name);
  return Buffer.concat([
    ustarHeader('pax', record.length, { type: 'x', access: ofRoot }),
    record,
    tarPadding(record.length),
    ustarHeader(name.slice(0, 100), size, { type: '0', access }),
  ]);
}

function ustarHeader(
  name: string,
  size: number,
  { type, access }: { readonly type: string; readonly access: TarAccess },
): Buffer {
  const header = Buffer.alloc(blockSize);
  const octal = (value: number): string => `${value.toString(8).padStart(7, '0')}\0`;
  header.write(name, 0, 100, 'latin1');
  header.write(octal(access.mode) + octal(access.uid) + octal(access.gid), 100, 'latin1');
  writeSize(header, size);
  header.write('00000000000\0', 136, 'latin1');
  header.write('        ', 148, 'latin1');
  header.write(type, 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

/** Octal up to 8 GiB, above that the base-256 form that GNU tar and Go read. */
function writeSize(header: Buffer, size: number): void {
  if (size < 8 ** 11) {
    header.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
    return;
  }
  header[124] = 0x80;
  header.writeBigUInt64BE(BigInt(size), 128);
}

/** `LENGTH key=value\n`, where the length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.from(`${length}${rest}`, 'latin1');
}
