import { BuilderError } from '../errors.js';
import type { ContainerWanted } from '../engine/container-wanted.js';
import type { OciConfig } from '../image/oci-documents.js';

/** What its user says of a container, beside its image. */
export interface ContainerChanges {
  /** In place of the entrypoint; the image's command is left out then. */
  readonly entrypoint?: readonly string[] | undefined;
  /** In place of the image's command. */
  readonly command?: readonly string[] | undefined;
  readonly environment: Readonly<Record<string, string>>;
}

/** How a container of an image runs (OCI image specification, config.md, "config"), as Docker takes it. @throws BuilderError where there is nothing to run */
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
