import { findProgram } from '../../system/find-program.js';
import type { Finding } from './finding.js';

/** Programs that some commands need, but no build: names, packages, and uses. */
const programs = [
  {
    name: 'script',
    install: 'bsdutils (Debian, Ubuntu) or util-linux-script (Fedora)',
    use: 'needed for a terminal in the sandbox (platen run, --on-error shell)',
  },
  {
    name: 'ip',
    install: 'iproute2',
    use: 'needed for networks in the sandbox (smoke checks, platen run) if /sys may not be mounted',
  },
] as const;

export const programNames: readonly string[] = programs.map(({ name }) => name);

/** Looks for the programs in these folders, separated as in PATH. */
export function checkPrograms(path: string): readonly Finding[] {
  return programs.map(({ name, install, use }) => {
    const found = findProgram(name, path);
    if (found !== undefined) return { name, state: 'ok', detail: found };
    return { name, state: 'other', detail: `not found: ${use}`, remedy: `Install the package ${install}.` };
  });
}
