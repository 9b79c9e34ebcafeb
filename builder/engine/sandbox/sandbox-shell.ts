import { shellCommand } from '../docker/docker-shell.js';
import { inside } from './sandbox-exec.js';
import { openTerminal, terminalVariables } from './sandbox-terminal.js';
import { toolEnvironment } from './sandbox-process.js';
import type { CommandNamespace } from './tool-namespace.js';

/** Runs a shell in the command namespace on the user's terminal. */
export async function openShellInCommandNamespace(commandNamespace: CommandNamespace): Promise<void> {
  const PATH = `/usr/local/sbin:/usr/local/bin:${toolEnvironment.PATH}`;
  const environment = { HOME: '/root', PATH, ...terminalVariables };
  const line = inside({ argv: shellCommand, environment, cwd: '/' });
  await openTerminal(commandNamespace, { user: [0, 0], groups: [], as: 'command' }, line);
}
