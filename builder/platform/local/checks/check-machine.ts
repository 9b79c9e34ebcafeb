import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { EngineFacts } from '../../../engine/docker/resources/engine-facts.js';
import type { Checked } from './problem.js';

const mib = 1024 * 1024;
/** What the parts take, and what each task of WordPress takes: bytes. At rest it was 134 and 28 MiB (docker stats); the start takes more. */
const needs = { parts: 350 * mib, task: 120 * mib } as const;
/** Bytes: a database's first files, logs, and what is uploaded on the first day. */
const leastDisk = 1024 * mib;

/** How much memory and disk this machine has left. */
export interface MachineRest {
  /** Bytes; undefined where that can't be looked up. */
  readonly memory: number | undefined;
  readonly disk: number | undefined;
  /** Where the disk was looked at. */
  readonly folder: string;
}

/** Of the engine's folder, where the engine is on this machine. */
export async function machineRest({ folder, host }: EngineFacts): Promise<MachineRest> {
  if (host !== hostname()) return { memory: undefined, disk: undefined, folder };
  const disk = await statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => undefined,
  );
  return { memory: availableMemory(), disk, folder };
}

/** What the kernel could give without swapping (proc_meminfo(5), MemAvailable). */
function availableMemory(): number | undefined {
  try {
    const kib = /^MemAvailable: +(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  } catch {
    return undefined;
  }
}

/** Whether what is to be started fits. @param starting how many parts and tasks do not run yet */
export function checkMemory(
  { memory }: MachineRest,
  starting: { readonly parts: boolean; readonly tasks: number },
): Checked {
  const name = 'memory';
  const needed = (starting.parts ? needs.parts : 0) + starting.tasks * needs.task;
  if (memory === undefined) return { name, problems: [], detail: 'not known of this engine' };
  const detail = `${size(memory)} free, ${size(needed)} needed`;
  if (memory >= needed) return { name, problems: [], detail };
  const message = `This machine has ${size(memory)} of memory left, and what is to be started takes ${size(needed)}`;
  const hint = 'End other programs or platforms (platen destroy --env …), or run fewer tasks: --scale 1.';
  return { name, detail, problems: [{ message, hint }] };
}

export function checkDisk({ disk, folder }: MachineRest): Checked {
  const name = 'disk';
  if (disk === undefined) return { name, problems: [], detail: 'not known of this engine' };
  const detail = `${size(disk)} free at ${folder}`;
  if (disk >= leastDisk) return { name, problems: [], detail };
  const message = `Docker's disk has ${size(disk)} left at ${folder}, and a platform needs ${size(leastDisk)}`;
  const hint = 'docker system df shows what uses it; docker image prune removes images that nobody uses.';
  return { name, detail, problems: [{ message, hint }] };
}

function size(bytes: number): string {
  return `${Math.round(bytes / mib)} MiB`;
}
