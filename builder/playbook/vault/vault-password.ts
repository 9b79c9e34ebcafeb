import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { RefusalError } from '../refusal-error.js';

/** The source of a vault password. */
export interface VaultSource {
  /** The name before the "@" of `--vault-id`. */
  readonly id: string;
  /** Absolute path of a file with the password, or of a program that prints it. */
  readonly path: string;
}

/** Reads the password as ansible-vault does (lib/ansible/parsing/vault, FileVaultSecret and others). @throws RefusalError `invalid` */
export function readPassword({ id, path }: VaultSource): Buffer {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) throw unusable(`The vault password file ${path} does not exist`);
  if (!status.isFile()) throw unusable(`The vault password file ${path} is no file`);
  const text = (status.mode & 0o111) === 0 ? readText(path) : printed(path, id);
  const password = text.trim();
  if (password === '') throw unusable(`The vault password file ${path} gives an empty password`);
  return Buffer.from(password, 'latin1');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    throw unusable(`Can't read the vault password file ${path}: ${(error as Error).message}`);
  }
}

/** Runs the program; if its name ends with "-client", passes it the password's name. */
function printed(path: string, id: string): string {
  const isClient = /-client(?:\.[^.]*)?$/.test(basename(path));
  const { status, stdout, stderr, error } = spawnSync(path, isClient ? ['--vault-id', id] : [], {
    encoding: 'latin1',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (error === undefined && status === 0) return stdout;
  const why = error === undefined ? `it ended with ${status}: ${stderr.trim()}` : error.message;
  throw unusable(`The vault password program ${path} failed: ${why}`);
}

function unusable(message: string): RefusalError {
  return new RefusalError(message, {
    code: 'invalid',
    hint: 'An executable file is run and must print the password; any other file must contain it.',
  });
}
