import { BuilderError, type ErrorCode } from '../../errors.js';
import type { DebianBase } from './debian-wanted.js';
import type { CommandFailure } from './supervised-command.js';

interface KnownFailure {
  readonly sign: RegExp;
  readonly code: ErrorCode;
  /** `found` is the group in the pattern. */
  readonly message: (base: DebianBase, found: string) => string;
  readonly hint: string;
}

/** The first match is reported. */
const knownFailures: readonly KnownFailure[] = [
  {
    sign: /mmdebstrap: (?:command )?not found/,
    code: 'unavailable',
    message: () => 'The base needs mmdebstrap, which is not installed',
    hint: 'apt-get install mmdebstrap',
  },
  {
    sign: /no space left on device|not enough free space|don't have enough free space/i,
    code: 'failed',
    message: ({ workFolder = 'the folder for temporary files' }) =>
      `No space left for the base in ${workFolder}`,
    hint: 'Bootstrapping needs about 500 MB: free some, or set TMPDIR to a folder with more.',
  },
  {
    sign: /could not resolve|temporary failure (?:in name resolution|resolving)|could not connect|network is unreachable|connection (?:timed out|refused|failed)|unable to connect/i,
    code: 'unavailable',
    message: ({ suite }) => `Cannot reach the packages of Debian ${suite}: no network`,
    hint: 'Check the connection and http_proxy, or set "mirror" of the base to one that is reachable.',
  },
  {
    sign: /does not have a Release file|unknown suite|cannot find suite/i,
    code: 'invalid',
    message: ({ suite, mirror }) => `There is no Debian release "${suite}"${mirror ? ` at ${mirror}` : ''}`,
    hint: 'Use the name of a release, such as trixie.',
  },
  {
    sign: /Unable to locate package (\S+)/,
    code: 'invalid',
    message: ({ suite }, found) => `Debian ${suite} has no package "${found}"`,
    hint: 'Look it up with apt-cache search, and correct "packages" of the base.',
  },
  {
    sign: /(newuidmap|newgidmap|unshare|\/etc\/subuid)/,
    code: 'unavailable',
    message: () => 'This user cannot make the base: it may not use user namespaces',
    hint: 'apt-get install uidmap, give the user a range in /etc/subuid and /etc/subgid, or build as root.',
  },
];

/** Explains a failure of mmdebstrap, with its last lines of output. */
export function bootstrapError(base: DebianBase, { exitCode, lastLines }: CommandFailure): BuilderError {
  for (const { sign, code, message, hint } of knownFailures) {
    const match = sign.exec(lastLines);
    if (match === null) continue;
    return new BuilderError(`${message(base, match[1] ?? '')}\n${lastLines}`, { code, hint });
  }
  return new BuilderError(`mmdebstrap ended with ${exitCode}\n${lastLines}`, { code: 'failed' });
}
