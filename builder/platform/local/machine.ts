import { readFileSync } from 'node:fs';
import { arch, networkInterfaces } from 'node:os';

/** In AWS's words. */
export function machineArchitecture(): string {
  return { x64: 'X86_64', arm64: 'ARM64' }[arch() as string] ?? arch();
}

/** How many files a process may have open at most (proc_pid_limits(5)); undefined where that can't be looked up, or nothing limits it. */
export function openFilesLimit(): number | undefined {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const hard = /^Max open files +\S+ +(\d+)/m.exec(limits)?.[1];
    return hard === undefined ? undefined : Number(hard);
  } catch {
    return undefined;
  }
}

/** Blocks of addresses that this machine is in, like 10.0.0.7/24. */
export function machineAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((own) => (own ?? []).flatMap(({ cidr }) => cidr ?? []));
}
