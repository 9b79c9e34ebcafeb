import { findProgram } from '../../system/find-program.js';
import type { Finding } from './finding.js';

/** Programs that some commands need, and no build: names, packages, and what for. */
const programs = [
  {
    name: 'script',
    install: 'bsdutils (Debian, Ubuntu) or util-linux-script (Fedora)',
    use: 'a terminal in the sandbox (platen run, --on-error shell) needs it',
  },
  {
    name: 'ip',
    install: 'iproute2',
    use: 'a network for smoke checks and platen run in the sandbox needs it where /sys may not be mounted',
  },
] as const;

export const programNames: readonly string[] = programs.map(({ name }) => name);

/** Whether the programs are in one of these folders, which are divided as in PATH. */
export function checkPrograms(path: string): readonly Finding[] {
  return programs.map(({ name, install, use }) => {
    const found = findProgram(name, path);
    if (found !== undefined) return { name, state: 'ok', detail: found };
    return { name, state: 'other', detail: `not found: ${use}`, remedy: `Install the package ${install}.` };
  });
}
