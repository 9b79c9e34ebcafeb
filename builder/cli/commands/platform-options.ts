import { Option } from 'commander';
import type { Reporter } from '../../reporter.js';
import type { OpenedPlatform } from '../../run/open-platform.js';
import type { CommandLine } from '../command-line.js';
import { findProjectFolder } from '../project-folder.js';

/** The options of all commands that are about a platform. */
export interface PlatformFlags {
  readonly env: string;
  readonly json?: true;
}

/** Only this changes the target: credentials that happen to be there never do. */
export function platformOption(): Option {
  return new Option('--env <name>', 'which platform: infra-cfn/environments/NAME.yaml').default('local');
}

/** @throws BuilderError `usage` where there is no such environment */
export function openPlatform(
  { workingFolder, environment, signal, program, work }: CommandLine,
  { env }: PlatformFlags,
  reporter: Reporter,
): Promise<OpenedPlatform> {
  const projectFolder = findProjectFolder(workingFolder);
  return work.openPlatform(env, { reporter, signal, environment, projectFolder, program });
}
