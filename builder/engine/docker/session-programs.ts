import { BuilderError } from '../../errors.js';
import type { KeptContainer } from './kept-container.js';
import { collect } from './resources/exec.js';
import { startOwn } from './session-command.js';

/** Programs that sessions run in the container, besides `cat`, which keeps it alive. */
const needed = ['env', 'find', 'rm', 'sh', 'tar', 'xargs'];
/** Programs that must be GNU's. */
const gnu = ['find', 'tar'];

const hint =
  'use --engine sandbox, a base with GNU findutils and tar (Alpine: apk add findutils tar), or only tasks that write files';

/** The programs that a session lacks in a container, in words: "GNU find". */
export async function missingPrograms(kept: KeptContainer): Promise<string[]> {
  const found = await Promise.all(
    needed.map(async (name) => {
      const isGnu = !gnu.includes(name) || /GNU/.test(await firstWords(kept, [name, '--version']));
      const isThere = await runs(kept, name);
      return isThere && isGnu ? [] : [gnu.includes(name) ? `GNU ${name}` : name];
    }),
  );
  return found.flat();
}

/** The error for programs that the base lacks. */
export function lacksPrograms(names: readonly string[]): BuilderError {
  const list = [names.slice(0, -1).join(', '), names.at(-1) ?? '']
    .filter((part) => part !== '')
    .join(' and ');
  return new BuilderError(`The base lacks ${list}, which running commands in it needs`, {
    code: 'failed',
    hint,
  });
}

/** Whether the program starts: the exit code for a missing program is 126 or 127. */
async function runs(kept: KeptContainer, name: string): Promise<boolean> {
  const probe = name === 'sh' ? ['sh', '-c', ':'] : [name, '--version'];
  const running = await startOwn(kept, probe);
  await collect(running);
  return ![126, 127].includes(await running.exitCode());
}

async function firstWords(kept: KeptContainer, argv: readonly string[]): Promise<string> {
  const { stdout } = await collect(await startOwn(kept, argv));
  return stdout.slice(0, 200);
}
