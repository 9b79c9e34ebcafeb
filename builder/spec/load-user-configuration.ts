import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { BuilderError } from '../errors.js';
import { parseYaml } from '../yaml/yaml.js';
import { userConfigurationSchema } from './user-configuration-schema.js';
import { validate } from './validate.js';

export type UserConfiguration = z.output<typeof userConfigurationSchema>;

/** Reads a user's configuration; the file may be empty. @throws SpecError with all its errors, BuilderError `invalid` */
export function loadUserConfiguration(file: string): UserConfiguration {
  const source = parseYaml(readText(file), file);
  return source.data === null ? {} : validate(userConfigurationSchema, source);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new BuilderError(`${file} can't be read: ${(cause as Error).message}`, { code: 'invalid', cause });
  }
}
