import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { BuilderError } from '../../errors.js';
import { type Digest, digestOf } from '../../store/digest.js';
import { hashFile } from '../../store/hash-file.js';
import { type Memo, noMemo } from '../../store/memo.js';
import { Vault } from '../vault/vault.js';
import { isEncrypted, isEncryptedFile } from '../vault/vault-envelope.js';
import type { HostFile } from '../../modules/module.js';

export interface FolderFile extends HostFile {
  /** Path relative to the requested folder. */
  readonly relative: string;
  readonly executable: boolean;
}

/** The files of this machine that a playbook may use. Each is read once, so that a build sees one state of it. */
export class HostFiles {
  readonly projectFolder: string;
  /** Results that earlier builds computed from contents of files. */
  readonly memo: Memo;
  readonly vault: Vault;
  readonly #texts = new Map<string, string>();
  /** Files encrypted by ansible-vault. */
  readonly #encrypted = new Set<string>();
  readonly #digests = new Map<string, Digest>();

  /** @param projectFolder absolute path; names in messages are relative to it */
  constructor(projectFolder: string, memo: Memo = noMemo, vault: Vault = new Vault([])) {
    this.projectFolder = projectFolder;
    this.memo = memo;
    this.vault = vault;
  }

  /** The path for messages. */
  nameOf(path: string): string {
    const name = relative(this.projectFolder, path);
    return name.startsWith('..') || isAbsolute(name) ? path : name;
  }

  isFile(path: string): boolean {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  }

  isFolder(path: string): boolean {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  }

  exists(path: string): boolean {
    return existsSync(path);
  }

  /** @throws BuilderError `not-found` if it can't be read */
  readText(path: string): string {
    const known = this.#texts.get(path);
    if (known !== undefined) return known;
    const bytes = this.bytes(path);
    const text = bytes.toString('utf8');
    this.#texts.set(path, text);
    this.#digests.set(path, digestOf(bytes));
    return text;
  }

  /** @throws BuilderError `not-found` if it can't be read */
  file(path: string): HostFile {
    let digest = this.#digests.get(path);
    if (digest === undefined) {
      digest = this.#isVault(path) ? digestOf(this.bytes(path)) : this.#hash(path);
      this.#digests.set(path, digest);
    }
    const file = { name: this.nameOf(path), path, digest };
    return this.isEncrypted(path) ? { ...file, encrypted: true } : file;
  }

  /** A file as stored, encrypted or not. @throws BuilderError `not-found` if it can't be read */
  fileAsItIs(path: string): HostFile {
    return { name: this.nameOf(path), path, digest: this.#hash(path), asItIs: true };
  }

  /** The contents of a file, decrypted unless `asItIs`. @throws BuilderError `not-found`, and as Vault.decrypt */
  bytes(path: string, asItIs = false): Buffer {
    const bytes = this.#read(path);
    if (asItIs || !isEncrypted(bytes)) return bytes;
    this.#encrypted.add(path);
    this.vault.inUse = true;
    const file = this.nameOf(path);
    return this.vault.decrypt(bytes.toString('latin1'), file, { file, line: 1, column: 1 });
  }

  /** Whether a file read earlier is encrypted on disk. */
  isEncrypted(path: string): boolean {
    return this.#encrypted.has(path);
  }

  /** All regular files below a folder, sorted by path; follows links. @throws BuilderError `not-found` */
  folder(path: string): FolderFile[] {
    const files: FolderFile[] = [];
    this.#collect(path, '', files);
    return files.sort((a, b) => (a.relative < b.relative ? -1 : 1));
  }

  /** The names in a folder, sorted; empty if there is no such folder. */
  names(path: string): string[] {
    return this.isFolder(path) ? readdirSync(path).sort() : [];
  }

  #collect(folder: string, prefix: string, files: FolderFile[]): void {
    for (const name of this.#list(folder)) {
      const path = join(folder, name);
      const status = statSync(path, { throwIfNoEntry: false });
      if (status === undefined) throw this.#unreadable(path, 'it is a link to nothing');
      if (status.isDirectory()) this.#collect(path, `${prefix}${name}/`, files);
      else if (status.isFile())
        files.push({ ...this.file(path), relative: prefix + name, executable: (status.mode & 0o100) !== 0 });
    }
  }

  #list(folder: string): string[] {
    try {
      return readdirSync(folder);
    } catch (error) {
      throw this.#unreadable(folder, (error as Error).message);
    }
  }

  #read(path: string): Buffer {
    return this.#readable(path, () => readFileSync(path));
  }

  #hash(path: string): Digest {
    return this.#readable(path, () => `sha256:${hashFile(path)}` as const);
  }

  #isVault(path: string): boolean {
    return this.#readable(path, () => isEncryptedFile(path));
  }

  #readable<T>(path: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw this.#unreadable(path, (error as NodeJS.ErrnoException).code ?? 'unknown');
    }
  }

  #unreadable(path: string, reason: string): BuilderError {
    const why =
      reason === 'ENOENT' ? 'it does not exist' : reason === 'EACCES' ? 'permission denied' : reason;
    return new BuilderError(`Can't read ${this.nameOf(path)}: ${why}`, { code: 'not-found' });
  }
}
