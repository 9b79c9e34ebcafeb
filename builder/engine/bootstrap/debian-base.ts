import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { bootstrapError } from './debian-base-error.js';
import { superviseCommand } from './supervised-command.js';
import type { DebianBase } from './debian-wanted.js';

/** dpkg options (dpkg(1), --path-exclude): licences stay, because they must be passed on. */
const leftOut = [
  'path-exclude=/usr/share/doc/*',
  'path-include=/usr/share/doc/*/copyright',
  'path-exclude=/usr/share/man/*',
  // Keeps the folders man1 to man9, which some packages need for installation; no file has this name.
  'path-include=/usr/share/man/man*/.keep',
  'path-exclude=/usr/share/info/*',
  'path-exclude=/usr/share/groff/*',
  'path-exclude=/usr/share/lintian/*',
  'path-exclude=/usr/share/linda/*',
  'path-exclude=/usr/share/locale/*',
  'path-include=/usr/share/locale/locale.alias',
];

/** Removes files that mmdebstrap copies from this machine; image/normalise/left-out.ts lists all else that images omit. */
const cleaning = 'rm -f "$1"/etc/hostname "$1"/etc/resolv.conf';

const architectures: Readonly<Record<string, string>> = {
  'linux/amd64': 'amd64',
  'linux/arm64': 'arm64',
  'linux/386': 'i386',
  'linux/arm/v7': 'armhf',
  'linux/ppc64le': 'ppc64el',
  'linux/s390x': 's390x',
  'linux/riscv64': 'riscv64',
};

/**
 * Makes Debian's minimal root file system with mmdebstrap, as a tar: the same packages give the same bytes. Root works in
 * place, other users in a user namespace. Cleans up even if the builder is killed.
 * @throws BuilderError `unavailable` without mmdebstrap or network, `invalid` for an unknown suite or package
 */
export async function bootstrapDebian(base: DebianBase): Promise<Readable> {
  base.signal?.throwIfAborted();
  const folder = await mkdtemp(join(base.workFolder ?? tmpdir(), 'platen-base-'));
  // The user namespace's other ids must be able to enter the folder.
  await chmod(folder, 0o711);
  const mode = userInfo().uid === 0 ? 'root' : 'unshare';
  const command = superviseCommand(mmdebstrapCommand(base, mode), {
    environment: { ...base.environment, SOURCE_DATE_EPOCH: String(base.epoch), LC_ALL: 'C.UTF-8' },
    folder,
    signal: base.signal,
    explain: (failure) => bootstrapError(base, failure),
  });
  // Errors occur before the first byte.
  const first = await command.next();
  return Readable.from(resume(first, command), { objectMode: false });
}

/** Yields a part that was read already, then the rest. */
export async function* resume(
  first: IteratorResult<Buffer>,
  rest: AsyncGenerator<Buffer>,
): AsyncGenerator<Buffer> {
  if (first.done !== true) yield first.value;
  yield* rest;
}

/** The command line that makes the base. */
export function mmdebstrapCommand(
  { suite, platform, packages, mirror }: DebianBase,
  mode: 'root' | 'unshare',
): string[] {
  return [
    'mmdebstrap',
    `--mode=${mode}`,
    '--variant=minbase',
    '--format=tar',
    '--skip=output/dev',
    `--architectures=${architectures[platform] ?? platform.replace(/^linux\//, '')}`,
    ...(packages.length > 0 ? [`--include=${packages.join(',')}`] : []),
    ...['force-unsafe-io', ...leftOut].map((option) => `--dpkgopt=${option}`),
    '--aptopt=Acquire::Languages "none"',
    `--customize-hook=${cleaning}`,
    suite,
    '-',
    ...(mirror === undefined ? [] : [mirror]),
  ];
}
