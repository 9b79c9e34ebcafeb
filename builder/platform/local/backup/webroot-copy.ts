import type { Readable, Writable } from 'node:stream';
import { BuilderError } from '../../../errors.js';
import type { LocalContext } from '../local-context.js';
import { runInNewContainer } from '../operate/run-in-new-container.js';
import type { WantedService } from '../wanted-platform.js';
import { type CommandEnd, type Pipes, pipedCommand } from './piped-command.js';

/** What the image keeps there for itself (locks, marks, sessions), and what a restore has in the making. */
const notCopied = ['.platen', '.restore', '.replaced'];

/** tar's exit code where files changed while it read them (GNU tar manual, "Return status"). */
export const changedMeanwhile = 1;

const programs = {
  pack: `cd "$1" && exec tar --create --numeric-owner ${notCopied.map((name) => `--exclude=./${name}`).join(' ')} .`,
  // Beside what is there, which stays as it is until the swap.
  unpack: `set -eu
cd "$1"
rm -rf .restore
mkdir .restore
tar --extract --directory=.restore --no-same-owner --same-permissions || { rm -rf .restore; exit 1; }`,
  // A swap that was cut off is done again: what is in the way goes, and the image's marks say nothing of what is new.
  swap: `set -eu
cd "$1"
rm -rf .replaced
mkdir .replaced
find . -mindepth 1 -maxdepth 1 ${notCopied.map((name) => `! -name ${name}`).join(' ')} -exec mv -t .replaced {} +
find .restore -mindepth 1 -maxdepth 1 -exec mv -t . {} +
rmdir .restore
rm -rf .replaced .platen/content-*`,
} as const;

/** The shared web root of an environment, through a container of its own that has it. */
export class WebrootCopy {
  readonly #context: LocalContext;
  readonly #service: WantedService;
  readonly #path: string;

  constructor(context: LocalContext, service: WantedService) {
    this.#context = context;
    this.#service = service;
    this.#path = mountedAt(context, service);
  }

  /**
   * Writes all files as a tar. Gives what tar says of files that changed while it read them; empty where none did.
   * @throws CommandFailure with `changedMeanwhile` where some did and that is not tolerated
   */
  async pack(output: Writable, toleratesChanges: boolean): Promise<string> {
    const tolerated = toleratesChanges ? [changedMeanwhile] : [];
    const { said, exitCode } = await this.#run('read the web root', 'pack', { output, tolerated });
    return exitCode === 0 ? '' : said.trim();
  }

  /** Unpacks a tar beside what is there. */
  async unpack(input: Readable): Promise<void> {
    await this.#run('unpack the web root', 'unpack', { input });
  }

  /** Puts what was unpacked in the place of what is there. */
  async swap(): Promise<void> {
    await this.#run('replace the web root', 'swap', {});
  }

  async #run(
    doing: string,
    program: keyof typeof programs,
    pipes: Omit<Pipes, 'signal'>,
  ): Promise<CommandEnd> {
    const { task, files } = this.#service;
    const command = ['/bin/sh', '-c', programs[program], program, this.#path];
    return pipedCommand(
      doing,
      (streams) => runInNewContainer(this.#context, { task, files, command }, streams),
      { ...pipes, signal: this.#context.signal },
    );
  }
}

/** Where the service mounts the volume that its tasks share. */
function mountedAt({ names }: LocalContext, { task }: WantedService): string {
  const binds: readonly string[] = task.containers.at(-1)?.options.HostConfig?.Binds ?? [];
  const paths = binds
    .map((bind) => bind.split(':'))
    .filter(([source = '']) => source.startsWith(names.of('')));
  const path = paths[0]?.[1];
  if (paths.length !== 1 || path === undefined)
    throw new BuilderError(`The service mounts ${paths.length} shared volumes; platen can back up only one`, {
      code: 'failed',
    });
  return path;
}
