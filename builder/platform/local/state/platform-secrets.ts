import { createHash, randomBytes } from 'node:crypto';
import { BuilderError } from '../../../errors.js';
import { PrivateFiles } from './private-files.js';

/** The secrets of a local platform, as Secrets Manager has them on AWS: a text, or several values under their keys. */
const contents: Readonly<Record<string, () => string>> = {
  'database-admin': () => login('admin'),
  'database-application': () => login('wordpress'),
  cache: () => login('wordpress'),
  salts: () => randomBytes(48).toString('base64url'),
};

export type SecretName = 'database-admin' | 'database-application' | 'cache' | 'salts';

export const secretNames = Object.keys(contents) as SecretName[];

function login(username: string): string {
  return JSON.stringify({ username, password: randomBytes(24).toString('base64url') });
}

/** Reads the secrets of an environment and makes those that are missing. */
export class PlatformSecrets {
  readonly files: PrivateFiles;

  constructor(folder: string) {
    this.files = new PrivateFiles(`${folder}/secrets`);
  }

  /** Those that have no file. */
  missing(): SecretName[] {
    return secretNames.filter((name) => this.files.read(name) === undefined);
  }

  make(name: SecretName): void {
    this.files.write(name, `${contents[name]?.() ?? ''}\n`);
  }

  /** Puts one back. @param value the whole text, as its file has it */
  restore(name: SecretName, value: string): void {
    this.files.write(name, `${value}\n`);
  }

  /**
   * What a task definition names by `ValueFrom`: `NAME`, or `NAME:KEY::` for one of its values (Amazon ECS Developer Guide, "Pass
   * Secrets Manager secrets"); undefined where it is not made yet.
   * @throws BuilderError for a secret or key that there is none of
   */
  valueFrom(reference: string): string | undefined {
    const [name = '', key = ''] = reference.split(':');
    if (!(name in contents))
      throw new BuilderError(`There is no secret "${name}" in a local platform`, {
        code: 'invalid',
        hint: `There are: ${secretNames.join(', ')}.`,
      });
    const text = this.files.read(name)?.trimEnd();
    if (text === undefined || key === '') return text;
    const value = parse(text, this.files.path(name))[key];
    if (typeof value !== 'string')
      throw new BuilderError(`The secret ${name} has no value "${key}"`, { code: 'invalid' });
    return value;
  }

  /** Something that changes when the value does, and does not tell it. */
  fingerprint(reference: string): string {
    const value = this.valueFrom(reference);
    return value === undefined ? 'not made yet' : fingerprint(value);
  }
}

/** Of a random text nobody finds the text by it. */
export function fingerprint(value: string | Buffer): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 16);
}

function parse(text: string, path: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw new BuilderError(`${path} must hold a JSON object`, { code: 'failed', cause });
  }
}
