import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { UserConfiguration } from '../spec/load-user-configuration.js';
import type { Environment } from '../environment.js';

/** Where a user says what holds for all projects: `platen/config.yaml` in the configuration folder (XDG Base Directory Specification). */
export function userConfigurationFile({ XDG_CONFIG_HOME: home }: Environment): string {
  return join(home?.startsWith('/') ? home : join(homedir(), '.config'), 'platen', 'config.yaml');
}

/** What the user's configuration says; nothing where there is none. @throws SpecError with all that is wrong with it */
export async function userConfiguration(environment: Environment): Promise<UserConfiguration> {
  const file = userConfigurationFile(environment);
  if (!existsSync(file)) return {};
  const { loadUserConfiguration } = await import('../spec/load-user-configuration.js');
  return loadUserConfiguration(file);
}
