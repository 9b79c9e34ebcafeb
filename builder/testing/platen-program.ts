import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { buildSync } from 'esbuild';

/** The program's exit code and output. */
export interface ProgramOutcome {
  /** Null if a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningProgram {
  readonly child: ChildProcess;
  readonly outcome: Promise<ProgramOutcome>;
}

interface Surroundings {
  /** The project's folder. */
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** File mode creation mask, as a shell reads it. */
  readonly umask?: string | undefined;
}

/**
 * A prefix for shell lines that start the program: without it, Node would load the coverage tool in each process, which takes
 * as long as the program itself, for a bundle that is not measured.
 */
export const withoutCoverage = 'unset NODE_OPTIONS;';

/** The program in its own process, bundled once from the sources to start faster. */
export class PlatenProgram {
  readonly path: string;

  /** @param folder an empty one below the repository, where the program finds its modules */
  constructor(folder: string) {
    this.path = join(folder, 'platen.mjs');
    buildSync({
      entryPoints: ['builder/cli/main.ts'],
      outfile: this.path,
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      target: 'node20',
    });
  }

  start(argv: readonly string[], { folder, environment = {}, umask = '022' }: Surroundings): RunningProgram {
    const line = `umask "$0"; ${withoutCoverage} exec "$@"`;
    const child = spawn('/bin/sh', ['-c', line, umask, process.execPath, this.path, ...argv], {
      cwd: folder,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'close') as Promise<[number | null]>;
    const outcome = Promise.all([ended, text(child.stdout), text(child.stderr)]).then(
      ([[exitCode], stdout, stderr]) => ({ exitCode, stdout, stderr }),
    );
    return { child, outcome };
  }

  run(argv: readonly string[], surroundings: Surroundings): Promise<ProgramOutcome> {
    return this.start(argv, surroundings).outcome;
  }
}
