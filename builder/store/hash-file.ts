import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const pieceSize = 1 << 20;

/** The checksum of a file of any size, in lower-case hexadecimal. @throws the error of reading it */
export function hashFile(path: string, algorithm = 'sha256'): string {
  const hash = createHash(algorithm);
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(Math.min(pieceSize, fstatSync(file).size + 1));
    for (let count = -1; count !== 0;) {
      count = readSync(file, bytes, 0, bytes.length, null);
      hash.update(bytes.subarray(0, count));
    }
    return hash.digest('hex');
  } finally {
    closeSync(file);
  }
}
