import { shellCommand } from '../docker/docker-shell.js';
import { inside } from './sandbox-exec.js';
import { openTerminal, terminalVariables } from './sandbox-terminal.js';
import { toolEnvironment } from './sandbox-process.js';
import type { Cell } from './sandbox-workshop.js';

/** A shell in the cell on the user's terminal, until that shell ends. */
export async function openShellInCell(cell: Cell): Promise<void> {
  const PATH = `/usr/local/sbin:/usr/local/bin:${toolEnvironment.PATH}`;
  const environment = { HOME: '/root', PATH, ...terminalVariables };
  const line = inside({ argv: shellCommand, environment, cwd: '/' });
  await openTerminal(cell, { user: [0, 0], groups: [], as: 'command' }, line);
}
