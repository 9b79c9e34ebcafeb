import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where an environment of this machine keeps its secrets and its authority: in the user's data folder (XDG Base Directory Specification). */
export function environmentFolder(
  { XDG_DATA_HOME }: Readonly<Record<string, string | undefined>>,
  name: string,
): string {
  const data = XDG_DATA_HOME?.startsWith('/') ? XDG_DATA_HOME : join(homedir(), '.local/share');
  return join(data, 'platen/environments', name);
}
