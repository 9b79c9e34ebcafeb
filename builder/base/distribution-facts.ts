import type { Json } from '../json.js';
import type { View } from '../plan/view.js';

/** Ansible's names of distributions by `ID` in os-release(5), if they are not just the ID capitalised. */
const names: Readonly<Record<string, string>> = {
  almalinux: 'AlmaLinux',
  amzn: 'Amazon',
  arch: 'Archlinux',
  centos: 'CentOS',
  linuxmint: 'Linux Mint',
  ol: 'OracleLinux',
  'opensuse-leap': 'openSUSE Leap',
  'opensuse-tumbleweed': 'openSUSE Tumbleweed',
  rhel: 'RedHat',
  sles: 'SLES',
};

/** Ansible's families (module_utils/facts/system/distribution.py), by `ID` or by names in `ID_LIKE`. */
const families: Readonly<Record<string, string>> = {
  alpine: 'Alpine',
  amzn: 'RedHat',
  arch: 'Archlinux',
  debian: 'Debian',
  ubuntu: 'Debian',
  fedora: 'RedHat',
  rhel: 'RedHat',
  centos: 'RedHat',
  gentoo: 'Gentoo',
  suse: 'Suse',
};

/** Package managers by program, in the order of Ansible's facts. */
const managers: readonly (readonly [path: string, name: string])[] = [
  ['/usr/bin/dnf5', 'dnf5'],
  ['/usr/bin/dnf', 'dnf'],
  ['/usr/bin/microdnf', 'dnf'],
  ['/usr/bin/yum', 'yum'],
  ['/usr/bin/apt-get', 'apt'],
  ['/usr/bin/zypper', 'zypper'],
  ['/sbin/apk', 'apk'],
  ['/usr/bin/pacman', 'pacman'],
  ['/usr/bin/emerge', 'portage'],
];

/** A root's distribution and package manager, in Ansible's terms; unknown ones are empty or "unknown". */
export function distributionFacts(root: View): Record<string, Json> {
  const text = (path: string) => (root.stat(path)?.type === 'file' ? root.read(path).toString() : '');
  const release = readRelease(text('/etc/os-release') || text('/usr/lib/os-release'));
  const { ID: id = '', ID_LIKE: like = '', VERSION_ID: versionId = '' } = release;
  const family = [id, ...like.split(' ')].flatMap((one) => families[one] ?? [])[0];
  const point = id === 'debian' ? text('/etc/debian_version').trim() : '';
  const version = point || versionId;
  return {
    os_family: family ?? nameOf(id),
    pkg_mgr: managers.find(([path]) => root.stat(path) !== undefined)?.[1] ?? 'unknown',
    distribution: nameOf(id),
    distribution_version: version,
    distribution_major_version: (versionId || version).split('.')[0] ?? '',
    distribution_release: release.VERSION_CODENAME ?? '',
  };
}

function nameOf(id: string): string {
  return names[id] ?? (id === '' ? 'unknown' : `${id[0]?.toUpperCase()}${id.slice(1)}`);
}

function readRelease(text: string): Record<string, string | undefined> {
  const lines = text.matchAll(/^([A-Z_]+)=(?:"([^"\n]*)"|'([^'\n]*)'|(\S*))\s*$/gm);
  return Object.fromEntries([...lines].map(([, name, one, two, three]) => [name, one ?? two ?? three ?? '']));
}
