import type { View } from '../../plan/view.js';
import type { AptArgs } from './apt-args.js';
import { dpkgStatus, type PackageStatus } from './dpkg-status.js';
import { globPattern } from '../root/glob.js';

/** The apt-get calls that the task needs; none if the image is in the wanted state already. */
export function aptCalls(args: AptArgs, root: View): string[][] {
  const calls: string[][] = [];
  const packages = dpkgStatus(root);
  const names = args.name.filter((name) => name !== '');
  const upgradeAll = names.includes('*') && args.state === 'latest';
  if (args.upgrade !== 'no' || upgradeAll) calls.push([...allowances(args), ...upgradeCall(args)]);
  const wanted = upgradeAll ? names.filter((name) => name !== '*') : names;
  if (args.state === 'absent' || args.state === 'removed') calls.push(...removeCalls(args, wanted, packages));
  else calls.push(...installCalls(args, wanted, packages));
  if (calls.length === 0 && args.autoremove && names.length === 0)
    calls.push(['autoremove', ...(args.purge ? ['--purge'] : [])]);
  return calls;
}

function upgradeCall(args: AptArgs): string[] {
  const cleaning = args.autoremove ? ['--auto-remove'] : [];
  return args.upgrade === 'dist' || args.upgrade === 'full'
    ? ['dist-upgrade', ...cleaning]
    : ['upgrade', '--with-new-pkgs', ...cleaning];
}

function allowances(args: AptArgs): string[] {
  return [
    ...(args.install_recommends === undefined
      ? []
      : ['-o', `APT::Install-Recommends=${args.install_recommends ? 'yes' : 'no'}`]),
    ...(args.default_release === undefined ? [] : ['-t', args.default_release]),
    ...(args.allow_downgrade ? ['--allow-downgrades'] : []),
    ...(args.allow_unauthenticated ? ['--allow-unauthenticated'] : []),
    ...(args.allow_change_held_packages ? ['--allow-change-held-packages'] : []),
    ...(args.fail_on_autoremove ? ['--no-remove'] : []),
    ...(args.only_upgrade ? ['--only-upgrade'] : []),
  ];
}

function installCalls(
  args: AptArgs,
  wanted: readonly string[],
  packages: readonly PackageStatus[],
): string[][] {
  const missing =
    args.state === 'latest'
      ? wanted
      : wanted.filter((name) => !isInstalled(name, packages, args.only_upgrade));
  if (missing.length === 0) return [];
  return [[...allowances(args), ...(args.autoremove ? ['--auto-remove'] : []), 'install', ...missing]];
}

function removeCalls(
  args: AptArgs,
  wanted: readonly string[],
  packages: readonly PackageStatus[],
): string[][] {
  const gone = args.purge ? ['not-installed'] : ['not-installed', 'config-files'];
  const there = packages.filter(({ state }) => !gone.includes(state));
  const present = wanted.filter((name) => there.some((known) => matches(known, name)));
  if (present.length === 0) return [];
  const cleaning = args.autoremove ? ['--auto-remove'] : [];
  return [[...cleaning, args.purge ? 'purge' : 'remove', ...present]];
}

function matches({ name, architecture, version }: PackageStatus, spec: string): boolean {
  const [named = '', wantedVersion] = spec.split('=', 2);
  const [wanted = '', wantedArchitecture] = named.split(':', 2);
  return (
    globPattern(wanted).test(name) &&
    (wantedArchitecture === undefined || wantedArchitecture === architecture) &&
    (wantedVersion === undefined || globPattern(wantedVersion).test(version))
  );
}

/** Whether `name`, `name=version` or a virtual package is installed as wanted; for a pattern false, as apt must expand it. */
function isInstalled(spec: string, packages: readonly PackageStatus[], onlyUpgrade: boolean): boolean {
  if (/[*?[]/.test(spec.split('=')[0] ?? '')) return false;
  const installed = packages.filter(({ state }) => state === 'installed');
  if (installed.some((known) => matches(known, spec))) return true;
  if (onlyUpgrade) return !installed.some(({ name }) => name === spec.split(/[=:]/)[0]);
  // A virtual package counts as installed if an installed package provides it.
  return !spec.includes('=') && installed.some(({ provides }) => provides.includes(spec));
}
