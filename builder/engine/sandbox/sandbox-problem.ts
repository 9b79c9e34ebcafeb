import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { platform, userInfo } from 'node:os';
import { join } from 'node:path';
import { bootId } from '../../system/boot-id.js';
import { findProgram } from '../../system/find-program.js';
import { makeFolder } from '../../system/make-folder.js';
import { runTool, toolEnvironment } from './sandbox-process.js';
import { removeTree } from './sandbox.js';
import { isRoot, ToolNamespace } from './tool-namespace.js';

/** A reason why the sandbox does not work on this machine, and the remedy. */
export interface SandboxProblem {
  readonly what: string;
  readonly remedy: string;
}

/** Programs of the sandbox, by Debian package. */
const programs: Readonly<Record<string, readonly string[]>> = {
  'util-linux': ['unshare', 'nsenter', 'setpriv', 'pivot_root', 'flock'],
  'mount (Debian, Ubuntu) or util-linux': ['mount', 'umount'],
  coreutils: ['chroot', 'env', 'stat', 'cat', 'mkdir'],
  findutils: ['find', 'xargs'],
  tar: ['tar'],
};

/** Number of ids that images use. */
const idsNeeded = 65_536;

/** Whether the sandbox works on this machine. */
export interface SandboxLook {
  /** The reasons why it does not work; empty if it does. */
  readonly problems: readonly SandboxProblem[];
  /** It works with fuse-overlayfs, because the kernel refuses an overlay there. */
  readonly byFuse?: boolean;
}

/** Like `lookAtSandbox`, but skips the trial if one succeeded since the machine's boot. */
export async function sandboxProblemsNow(folder: string): Promise<readonly SandboxProblem[]> {
  const seen = join(folder, 'works');
  const now = bootId();
  if (now !== undefined && textOf(seen)?.trim() === now) return missingParts();
  return (await lookAtSandbox(folder)).problems;
}

/**
 * Checks the sandbox's requirements, and tries it. Records a success with the boot id, for other builds and for
 * scripts/setup.
 */
export async function lookAtSandbox(folder: string): Promise<SandboxLook> {
  const missing = missingParts();
  if (missing.length > 0) return { problems: missing };
  const tried = await trial(folder);
  if ('what' in tried) return { problems: [tried] };
  const now = bootId();
  if (now !== undefined) writeFileSync(join(folder, 'works'), `${now}\n`);
  return { problems: [], ...tried };
}

function missingParts(): SandboxProblem[] {
  if (platform() !== 'linux')
    return [{ what: 'it needs Linux', remedy: 'Install Docker, or build in a Linux machine.' }];
  const packages = Object.entries({ ...programs, ...(isRoot() ? {} : userPrograms) });
  const absent = packages.flatMap(([name, parts]) => {
    const missing = parts.filter((program) => findProgram(program, toolEnvironment.PATH) === undefined);
    if (missing.length === 0) return [];
    return [{ what: `${missing.join(', ')} not found`, remedy: `Install the package ${name}.` }];
  });
  return isRoot() ? absent : [...absent, ...kernelRefusals(), ...missingIds()];
}

const userPrograms: Readonly<Record<string, readonly string[]>> = { uidmap: ['newuidmap', 'newgidmap'] };

/** Kernel settings that forbid users to create namespaces. */
const settings: readonly (readonly [name: string, refusing: string, mend: string])[] = [
  ['user.max_user_namespaces', '0', '15000'],
  ['kernel.unprivileged_userns_clone', '0', '1'],
  ['kernel.apparmor_restrict_unprivileged_userns', '1', '0'],
];

function kernelRefusals(): SandboxProblem[] {
  return settings
    .filter(([name, refusing]) => setting(name) === refusing)
    .map(([name, value, mend]) => ({
      what: `the kernel setting ${name} is ${value}: users can't create namespaces`,
      remedy: `Run sysctl -w ${name}=${mend} as root, or build as root.`,
    }));
}

function setting(name: string): string | undefined {
  return textOf(`/proc/sys/${name.replaceAll('.', '/')}`)?.trim();
}

/** subuid(5): `name or id:first:count`. */
function missingIds(): SandboxProblem[] {
  const { username, uid } = userInfo();
  const without = ['/etc/subuid', '/etc/subgid'].filter((file) => {
    const lines = (textOf(file) ?? '').split('\n').map((line) => line.split(':'));
    const found = lines.filter(([owner]) => owner === username || owner === String(uid));
    return !found.some(([, , count]) => Number(count) >= idsNeeded);
  });
  if (without.length === 0) return [];
  return [
    {
      what: `${username} has no ${idsNeeded} subordinate ids in ${without.join(' and ')}`,
      remedy: `Run usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${username} as root, with ids that no other user has.`,
    },
  ];
}

async function trial(folder: string): Promise<SandboxProblem | { byFuse: boolean }> {
  const name = `trial-${randomBytes(6).toString('hex')}`;
  try {
    makeFolder(folder, 0o700);
    const toolNamespace = await ToolNamespace.open(folder, name);
    try {
      const commandNamespace = await toolNamespace.openCommandNamespace([]);
      await commandNamespace.clear();
      return { byFuse: toolNamespace.byFuse };
    } finally {
      await toolNamespace.close();
    }
  } catch (error) {
    return explained((error as Error).message, await utilLinux());
  } finally {
    await removeTree(join(folder, 'sessions', name)).catch(() => undefined);
  }
}

function explained(message: string, version: number): SandboxProblem {
  if (version < 2.38 && !isRoot())
    return {
      what: `util-linux ${version} is too old`,
      remedy: 'Install util-linux 2.38 or newer, or build as root.',
    };
  const [, reason = message] = /^(?:unshare|mount|nsenter): (.*)$/m.exec(message) ?? [];
  const remedy = /overlay/.test(message)
    ? 'Install the package fuse-overlayfs, or set XDG_CACHE_HOME to a folder on ext4, xfs, btrfs or tmpfs.'
    : 'Inside a container, start it with --privileged, or give it a Docker engine.';
  return { what: reason, remedy };
}

/** Parses "unshare from util-linux 2.38.1". */
async function utilLinux(): Promise<number> {
  const told = await runTool(['unshare', '--version']).catch(() => '');
  return Number(/ (\d+\.\d+)/.exec(told.toString())?.[1] ?? 0);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
