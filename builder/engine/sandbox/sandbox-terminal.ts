import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { BuilderError } from '../../errors.js';
import { toolEnvironment } from './sandbox-process.js';
import { withSealedDescriptors } from './sealed-descriptors.js';
import { type CommandNamespace, type CommandUser, isRoot } from './tool-namespace.js';

/** Environment of an interactive command: the type of its terminal. */
export const terminalVariables = { TERM: 'xterm' };

/**
 * Releases the terminal (TIOCNOTTY), which hangs up its current session, so that another session can take it, and runs a
 * command. Root may also take it. Without a session inside, dash can't give the terminal back and ends with an error.
 */
const freeing = [
  'perl',
  '-e',
  '$SIG{HUP} = "IGNORE"; ioctl(STDIN, 0x5422, 0); $SIG{HUP} = "DEFAULT"; exec @ARGV or exit 127',
];

/**
 * Runs a command to its end in the sandbox, on its own terminal, which is connected to the user's. The sandbox never gets
 * the user's own terminal: a process with it could inject input for later commands (TIOCSTI, ioctl_tty(2)).
 */
export async function openTerminal(
  commandNamespace: CommandNamespace,
  user: CommandUser & { readonly as: 'container' | 'command' },
  argv: readonly string[],
): Promise<number> {
  const frees = (await commandNamespace.hasTool('perl')) ? freeing : [];
  const on = { ...user, terminal: frees.length > 0 || isRoot() ? ('leader' as const) : ('member' as const) };
  const line = [
    ...(user.as === 'container' ? commandNamespace.enterContainer(on) : commandNamespace.enter(on)),
    ...argv,
  ];
  const outer = line.splice(0, line.indexOf('--') + 1);
  if (!(await commandNamespace.hasTool('script')))
    throw new BuilderError('A terminal in the sandbox needs the program "script"', {
      code: 'unavailable',
      hint: 'install the package bsdutils (Debian, Ubuntu) or util-linux-script (Fedora)',
    });
  const before = settings();
  // Input goes to the program inside: the tools in between ignore it.
  const quoted = ['env', '--ignore-signal=INT,QUIT', ...frees, ...line].map(
    (word) => `'${word.replaceAll("'", "'\\''")}'`,
  );
  const [program, ...words] = [...outer, 'script', '-q', '-e', '-c', `exec ${quoted.join(' ')}`];
  const child = withSealedDescriptors('inherit', (stdio) =>
    spawn(program, [...words, '/dev/null'], { env: toolEnvironment, stdio }),
  );
  const [code] = (await once(child, 'close')) as [number | null];
  // `script` restores the terminal's settings, unless it was killed.
  restore(before);
  return code ?? 137;
}

/** Terminal settings in the form of stty(1). */
function settings(): string | undefined {
  try {
    return execFileSync('stty', ['-g'], { stdio: ['inherit', 'pipe', 'ignore'], encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

function restore(saved: string | undefined): void {
  if (saved === undefined) return;
  try {
    execFileSync('stty', [saved], { stdio: ['inherit', 'ignore', 'ignore'] });
  } catch {
    // The terminal is gone.
  }
}
