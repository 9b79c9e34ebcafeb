import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { bootId } from './boot-id.js';

/** Where processes can't be looked up. */
const nowhere = 'elsewhere';

/**
 * Names a running process so that another can tell whether it still runs: `<world>.<pid>.<start>`, where the world is
 * this start of the machine and this namespace of process ids, and the start is the process's own, in clock ticks
 * (proc_pid_stat(5), field 22). Where there is no /proc, a name that nobody knows.
 */
export function processIdentity(): string {
  try {
    const [pid, start] = statFields('self');
    return `${world()}.${pid}.${start}`;
  } catch {
    return `${nowhere}.0.0`;
  }
}

/** Whether the process of this name still runs; undefined where that can't be told from here. */
export function isRunning(identity: string): boolean | undefined {
  const [where, pid, start] = identity.split('.');
  if (where === nowhere || where !== world() || pid === undefined || !/^\d+$/.test(pid)) return undefined;
  try {
    return statFields(pid)[1] === start;
  } catch {
    return false;
  }
}

/** The process's id in its name. */
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

/** Id and start of a process. A zombie has ended. */
function statFields(process: string): [pid: string, start: string] {
  const text = readFileSync(`/proc/${process}/stat`, 'latin1');
  // The second field is the program's name in parentheses, which may hold anything.
  const [state, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z' || state === 'X') throw new Error('it has ended');
  return [text.slice(0, text.indexOf(' ')), rest[18] ?? ''];
}
