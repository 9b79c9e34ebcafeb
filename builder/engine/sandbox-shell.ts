import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { shellCommand } from './docker-shell.js';
import { toolEnvironment } from './sandbox-process.js';
import { withSealedDescriptors } from './sealed-descriptors.js';
import type { Cell } from './sandbox-workshop.js';

/** Gives the user's terminal to a shell in the cell until that shell ends. */
export async function openShellInCell(cell: Cell): Promise<void> {
  const [program = '', ...argv] = cell.enter({ user: [0, 0], groups: [] });
  const variables = [
    'HOME=/root',
    'TERM=xterm',
    `PATH=/usr/local/sbin:/usr/local/bin:${toolEnvironment.PATH}`,
  ];
  const child = withSealedDescriptors('inherit', (stdio) =>
    spawn(program, [...argv, 'env', '-i', ...variables, ...shellCommand], { env: toolEnvironment, stdio }),
  );
  await once(child, 'close');
}
