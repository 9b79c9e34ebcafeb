import { StringDecoder } from 'node:string_decoder';
import type { EngineCommand, EngineResult } from '../engine.js';
import { startTool } from './sandbox-process.js';
import type { CommandNamespace, CommandUser } from './tool-namespace.js';

/** Changes to a folder and runs a command with only the given environment. */
const inFolder = 'cd -- "$1" && shift && exec env -i "$@"';

/** Runs a command to its end, and kills processes that it left. */
export async function runInCommandNamespace(
  commandNamespace: CommandNamespace,
  user: CommandUser,
  command: EngineCommand,
): Promise<EngineResult> {
  const network = command.network === 'none' ? await commandNamespace.loopbackNetwork() : undefined;
  const child = startTool([...commandNamespace.enter({ ...user, network }), ...inside(command)]);
  child.stdin.end(command.stdin);
  const pieces = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  for (const channel of ['stdout', 'stderr'] as const) {
    const decoder = new StringDecoder('utf8');
    child[channel].on('data', (bytes: Buffer) => {
      pieces[channel].push(bytes);
      command.onOutput?.(decoder.write(bytes));
    });
  }
  let timedOut = false;
  let cleared: Promise<void> | undefined;
  const { timeoutSeconds } = command;
  const timer =
    timeoutSeconds === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          cleared = commandNamespace.clear().catch(() => undefined);
        }, timeoutSeconds * 1000);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearTimeout(timer);
  // The kill must not reach the next command.
  await cleared;
  const text = (channel: 'stdout' | 'stderr') => Buffer.concat(pieces[channel]).toString('utf8');
  if (exitCode === null)
    throw new Error(`its processes were killed from outside ${text('stderr').slice(-500)}`.trim());
  return { exitCode, stdout: text('stdout'), stderr: text('stderr'), timedOut };
}

/** A command line that runs a command in its folder, with only its own environment. */
export function inside({
  argv,
  environment,
  cwd,
}: Pick<EngineCommand, 'argv' | 'environment' | 'cwd'>): string[] {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  if (cwd === '/') return ['env', '-i', ...variables, ...argv];
  return ['sh', '-c', inFolder, 'sh', cwd, ...variables, ...argv];
}
