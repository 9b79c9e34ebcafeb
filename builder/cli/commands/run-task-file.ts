import { resolve } from 'node:path';
import type { CommandLine } from '../command-line.js';
import { oneLine } from '../text/format.js';
import { paletteFor } from '../text/palette.js';
import { usage } from '../usage.js';
import { parseVariables } from './build-arguments.js';

/** Options of `platen run` that are about a task. */
export interface TaskFlags {
  readonly task?: string;
  readonly parameter?: readonly string[];
  readonly secret?: readonly string[];
  readonly quiet?: true;
}

/** `platen run --task FILE`: what its containers log goes to stdout, each line with the container's name. */
export async function runTaskFile(
  { environment, signal, stderr, stdout, work, workingFolder }: CommandLine,
  image: string | undefined,
  flags: TaskFlags,
): Promise<number> {
  if (image !== undefined)
    throw usage("An image can't be combined with --task", 'The task definition names its images.');
  const paint = paletteFor(stderr, environment);
  const files = Object.entries(parseVariables(flags.secret ?? [], '--secret'));
  return work.runTask(
    {
      file: resolve(workingFolder, flags.task ?? ''),
      parameters: parseVariables(flags.parameter ?? [], '--parameter'),
      secrets: Object.fromEntries(files.map(([name, file]) => [name, resolve(workingFolder, file)])),
    },
    {
      environment,
      signal,
      note: (text) => (flags.quiet ? undefined : stderr.write(`${paint('dim', `platen: ${text}`)}\n`)),
      log: (container, text) => stdout.write(`${container}: ${oneLine(text)}\n`),
    },
  );
}
