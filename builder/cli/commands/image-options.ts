import { Option } from 'commander';
import type { LookContext } from '../../run/inspect-image.js';
import type { CommandLine } from '../command-line.js';
import { findProjectFolder } from '../project-folder.js';

/** Options of `inspect`, `diff`, `pull` and `run`. */
export interface LookFlags {
  readonly platform: string;
  readonly json?: true;
}

/** Chooses among several images under one name. */
export function platformOption(): Option {
  return new Option('--platform <platform>', 'the platform to use, if the name has several').default(
    'linux/amd64',
  );
}

/** Returns the context for reading images; `projectFolder` is undefined outside a project. */
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
