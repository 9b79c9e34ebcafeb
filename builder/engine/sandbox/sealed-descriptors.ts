import { closeSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { devNull } from 'node:os';

type Stdio = 'pipe' | 'inherit';

/** Linux's fcntl.h; in /proc/PID/fdinfo flags are octal. */
const closeOnExec = 0o2000000;

/**
 * Calls `start` with a value for `stdio` of spawn(): these three, and /dev/null for every other inheritable descriptor.
 * The builder may have inherited descriptors, and an open folder leads out of any sandbox.
 */
export function withSealedDescriptors<T>(three: Stdio, start: (stdio: (Stdio | number)[]) => T): T {
  const nothing = openSync(devNull, 'r');
  try {
    const inherited = inheritable();
    const last = Math.max(2, ...inherited);
    // Free or close-on-exec numbers in between get /dev/null, too.
    return start(Array.from({ length: last + 1 }, (_, index) => (index <= 2 ? three : nothing)));
  } finally {
    closeSync(nothing);
  }
}

function inheritable(): number[] {
  return readdirSync('/proc/self/fd')
    .map(Number)
    .filter((descriptor) => descriptor > 2 && isInheritable(descriptor));
}

function isInheritable(descriptor: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & closeOnExec) === 0;
  } catch {
    // The descriptor of the listing itself is closed already.
    return false;
  }
}
