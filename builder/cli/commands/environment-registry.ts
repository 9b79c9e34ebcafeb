import { Option } from 'commander';
import type { RegistrySettings } from '../../spec/registry-schema.js';
import type { CommandLine } from '../command-line.js';
import { quietReporter } from '../live/stream-reporter.js';
import { findProjectFolder } from '../project-folder.js';

/** The registry of an environment, if it has one, and the environment's file. */
export interface EnvironmentRegistry {
  readonly file: string;
  readonly settings?: RegistrySettings | undefined;
  /** Of AWS's configuration files, whose credentials it takes. */
  readonly profile?: string | undefined;
  /** The file has none: it is that of the account's stack, which makes its repository itself. */
  readonly isOfAccount?: boolean;
}

export function environmentOption(): Option {
  return new Option('--env <name>', 'use the registry of infra-cfn/environments/NAME.yaml');
}

/**
 * Returns undefined without a name. Where the file has no registry and one `isNeeded`, AWS is asked for that of the account.
 * @throws BuilderError `usage` for an unknown environment; SpecError
 */
export async function environmentRegistry(
  name: string | undefined,
  { workingFolder, work, environment, signal }: CommandLine,
  isNeeded: boolean,
): Promise<EnvironmentRegistry | undefined> {
  if (name === undefined) return undefined;
  const projectFolder = findProjectFolder(workingFolder);
  const { loadEnvironment } = await import('../../spec/load-environment.js');
  const { file, registry, profile } = loadEnvironment(projectFolder, name);
  if (registry !== undefined || !isNeeded) return { file, settings: registry, profile };
  const context = { reporter: quietReporter, signal, environment, projectFolder };
  const host = await work.accountRegistry(name, context);
  if (host === undefined) return { file, profile };
  return {
    file,
    profile,
    isOfAccount: true,
    settings: { host, createRepository: false, scanThreshold: undefined },
  };
}
