/** Paths of dpkg's database: one file, or one file per package in images made without dpkg. */
const statusFile = '/var/lib/dpkg/status';
const statusFolder = '/var/lib/dpkg/status.d/';

/** Whether a path belongs to the database that `installedPackages` reads. */
export function isDpkgStatus(path: string): boolean {
  return path === statusFile || (path.startsWith(statusFolder) && !path.endsWith('.md5sums'));
}

/**
 * Versions of installed packages by name (`libc6`, or `libc6:arm64` for a second architecture), from the files of dpkg's
 * database (dpkg(1), "status"; deb-control(5)).
 */
export function installedPackages(files: ReadonlyMap<string, Buffer>): Map<string, string> {
  const found = new Map<string, string>();
  for (const [path, bytes] of [...files].filter(([path]) => isDpkgStatus(path)))
    for (const paragraph of bytes.toString().split(/\n\s*\n/)) {
      const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(paragraph)?.[1]?.trim();
      const [name, version, status] = [field('Package'), field('Version'), field('Status')];
      const installed = path === statusFile ? status?.split(/\s+/)[2] === 'installed' : true;
      if (name === undefined || version === undefined || !installed) continue;
      found.set(found.has(name) ? `${name}:${field('Architecture') ?? ''}` : name, version);
    }
  return found;
}
