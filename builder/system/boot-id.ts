import { readFileSync } from 'node:fs';

/** What names this start of the machine (random(4)); undefined where there is no Linux to tell. */
export function bootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return undefined;
  }
}
