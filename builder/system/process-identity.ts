import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { bootId } from './boot-id.js';

/** The world of a machine without /proc. */
const nowhere = 'elsewhere';

/**
 * An identity by which other processes can tell whether this one still runs: `<world>.<pid>.<start>`. The world is the boot id
 * and the PID namespace, the start is the process's start time in clock ticks (proc_pid_stat(5), field 22). Without /proc it is
 * unknown to others.
 */
export function processIdentity(): string {
  try {
    const [pid, start] = statFields('self');
    return `${world()}.${pid}.${start}`;
  } catch {
    return `${nowhere}.0.0`;
  }
}

/** Whether the process still runs; undefined if that can't be told from here. */
export function isRunning(identity: string): boolean | undefined {
  const [where, pid, start] = identity.split('.');
  if (where === nowhere || where !== world() || pid === undefined || !/^\d+$/.test(pid)) return undefined;
  try {
    return statFields(pid)[1] === start;
  } catch {
    return false;
  }
}

/** The process id in an identity. */
export function processId(identity: string): string {
  return identity.split('.')[1] ?? '';
}

function world(): string {
  try {
    const namespace = readlinkSync('/proc/self/ns/pid');
    return createHash('sha256').update(`${bootId()}\n${namespace}`).digest('hex').slice(0, 12);
  } catch {
    return nowhere;
  }
}

/** Id and start time of a process. A zombie counts as ended. */
function statFields(process: string): [pid: string, start: string] {
  const text = readFileSync(`/proc/${process}/stat`, 'latin1');
  // The second field is the program's name in parentheses, which may contain any characters.
  const [state, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z' || state === 'X') throw new Error('it has ended');
  return [text.slice(0, text.indexOf(' ')), rest[18] ?? ''];
}
