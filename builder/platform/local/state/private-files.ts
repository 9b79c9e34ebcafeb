import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { BuilderError } from '../../../errors.js';
import { makeFolder } from '../../../system/make-folder.js';
import { whyNotWritten } from '../../../system/why-not-written.js';

/** A folder of files that only their owner may read (mode 0600, the folder 0700). */
export class PrivateFiles {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Undefined where there is none. @throws BuilderError where it may not be read */
  read(name: string): string | undefined {
    try {
      return readFileSync(this.path(name), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new BuilderError(`${this.path(name)} can't be read: ${(error as Error).message}`, {
        code: 'failed',
        hint: 'It holds secrets of the local platform: let your user read it.',
        cause: error,
      });
    }
  }

  /** Appears whole or not at all. @throws BuilderError */
  write(name: string, text: string): void {
    const path = this.path(name);
    const beside = `${path}.${randomBytes(4).toString('hex')}`;
    try {
      makeFolder(dirname(path), 0o700);
      chmodSync(dirname(path), 0o700);
      writeFileSync(beside, text, { mode: 0o600, flag: 'wx' });
      renameSync(beside, path);
    } catch (error) {
      if (existsSync(beside)) rmSync(beside);
      throw new BuilderError(`${path} can't be written: ${whyNotWritten(error)}`, {
        code: 'failed',
        hint: 'Secrets of the local platform are kept there; XDG_DATA_HOME names another place.',
        cause: error,
      });
    }
  }

  names(): string[] {
    try {
      return readdirSync(this.folder).toSorted();
    } catch {
      return [];
    }
  }

  /** With the folder above it, where nothing else is in that. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
    try {
      rmdirSync(dirname(this.folder));
    } catch {
      // Something else is in it, or it was never made.
    }
  }
}
