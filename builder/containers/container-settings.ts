import { BuilderError } from '../errors.js';
import type { ContainerWanted } from '../engine/container-wanted.js';
import type { OciConfig } from '../image/oci-documents.js';

/** The user's options for a container, besides its image. */
export interface ContainerChanges {
  /** Replaces the entrypoint, and drops the image's command. */
  readonly entrypoint?: readonly string[] | undefined;
  /** Replaces the image's command. */
  readonly command?: readonly string[] | undefined;
  readonly environment: Readonly<Record<string, string>>;
}

/** How to run a container of an image (OCI image specification, config.md, "config"). @throws BuilderError without a command */
export function containerSettings(
  { config }: OciConfig,
  { entrypoint, command, environment }: ContainerChanges,
): ContainerWanted {
  const { Entrypoint, Cmd, Env, User, WorkingDir, Volumes, StopSignal } = config ?? {};
  const ownCommand = entrypoint === undefined ? (Cmd ?? []) : [];
  const argv = [...(entrypoint ?? Entrypoint ?? []), ...(command ?? ownCommand)];
  if (argv.length === 0)
    throw new BuilderError('The image has no command', {
      code: 'usage',
      hint: 'give one: platen run IMAGE -- COMMAND',
    });
  const own = (Env ?? []).map((line) => [line.replace(/=.*$/s, ''), line.replace(/^[^=]*=?/, '')] as const);
  return {
    argv,
    environment: { ...Object.fromEntries(own), ...environment },
    user: User ?? '',
    cwd: WorkingDir || '/',
    volumes: Object.keys(Volumes ?? {}),
    stopSignal: StopSignal || 'SIGTERM',
  };
}
