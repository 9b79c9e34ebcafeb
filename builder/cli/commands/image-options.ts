import { Option } from 'commander';
import type { LookContext } from '../../run/inspect-image.js';
import type { CommandLine } from '../command-line.js';
import { findProjectFolder } from '../project-folder.js';

/** The options of all commands that look at images. */
export interface LookFlags {
  readonly platform: string;
  readonly json?: true;
}

/** Chooses among several images under one name. */
export function platformOption(): Option {
  return new Option('--platform <platform>', 'which platform, if the name has several').default(
    'linux/amd64',
  );
}

/** What looking at images needs: a project is no must. */
export function lookContext(
  { environment, signal, workingFolder }: CommandLine,
  { platform }: LookFlags,
): LookContext {
  return { environment, signal, workingFolder, projectFolder: projectOf(workingFolder), platform };
}

function projectOf(folder: string): string | undefined {
  try {
    return findProjectFolder(folder);
  } catch {
    return undefined;
  }
}
