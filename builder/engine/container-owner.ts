import { readFile, readlink } from 'node:fs/promises';
import { hostname, platform } from 'node:os';

/** A process as no other one can be called, also after its number is given anew: machine, boot, namespace, number and start. */
export async function ownOwner(): Promise<string> {
  if (platform() !== 'linux') return `${hostname()} - -`;
  const number = await readlink('/proc/self');
  return `${await ownPlace()} ${number} ${await startTime(number)}`;
}

/** Whether the process that `ownOwner` named has ended; false for one that cannot be seen from here. */
export async function isOwnerGone(owner: string): Promise<boolean> {
  const [place, number = '', start] = owner.split(' ');
  if (platform() !== 'linux' || place !== (await ownPlace())) return false;
  return (await startTime(number)) !== start;
}

/** Numbers of processes mean something only within one boot and one pid namespace. */
async function ownPlace(): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
  return `${boot.trim()}/${await readlink('/proc/self/ns/pid')}`;
}

/** In clock ticks since boot, field 22 of proc(5) stat; "gone" where there is no such process. */
async function startTime(number: string): Promise<string> {
  try {
    const stat = await readFile(`/proc/${number}/stat`, 'utf8');
    // The second field, the program's name in brackets, may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 'gone';
  } catch {
    return 'gone';
  }
}
