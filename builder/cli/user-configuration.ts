import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { UserConfiguration } from '../spec/load-user-configuration.js';
import type { Environment } from '../environment.js';

/** Returns the path of the user's settings for all projects: `platen/config.yaml` in the configuration folder (XDG Base Directory Specification). */
export function userConfigurationFile({ XDG_CONFIG_HOME: home }: Environment): string {
  return join(home?.startsWith('/') ? home : join(homedir(), '.config'), 'platen', 'config.yaml');
}

/** Reads the user's configuration; returns no settings if there is no file. @throws SpecError with all problems of the file */
export async function userConfiguration(environment: Environment): Promise<UserConfiguration> {
  const file = userConfigurationFile(environment);
  if (!existsSync(file)) return {};
  const { loadUserConfiguration } = await import('../spec/load-user-configuration.js');
  return loadUserConfiguration(file);
}
