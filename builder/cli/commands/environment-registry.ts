import { Option } from 'commander';
import type { RegistrySettings } from '../../spec/registry-schema.js';
import type { CommandLine } from '../command-line.js';
import { findProjectFolder } from '../project-folder.js';

/** The registry of an environment, if it has one, and the environment's file. */
export interface EnvironmentRegistry {
  readonly file: string;
  readonly settings?: RegistrySettings | undefined;
  /** Of AWS's configuration files, whose credentials it takes. */
  readonly profile?: string | undefined;
}

export function environmentOption(): Option {
  return new Option('--env <name>', 'use the registry of infra-cfn/environments/NAME.yaml');
}

/** Returns undefined without a name. @throws BuilderError `usage` for an unknown environment; SpecError */
export async function environmentRegistry(
  name: string | undefined,
  { workingFolder }: CommandLine,
): Promise<EnvironmentRegistry | undefined> {
  if (name === undefined) return undefined;
  const projectFolder = findProjectFolder(workingFolder);
  const { loadEnvironment } = await import('../../spec/load-environment.js');
  const { file, registry, profile } = loadEnvironment(projectFolder, name);
  return { file, settings: registry, profile };
}
