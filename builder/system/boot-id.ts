import { readFileSync } from 'node:fs';

/** The machine's boot id (random(4)); undefined without Linux. */
export function bootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return undefined;
  }
}
