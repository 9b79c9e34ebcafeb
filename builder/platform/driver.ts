import type { ForegroundStreams } from '../engine/docker/resources/attached.js';
import type { BackupManifest } from './backup/backup-manifest.js';
import type { Change, PlatformPlan } from './change.js';
import type { PlatformDrift } from './platform-drift.js';
import type { PastDeployment, PlatformStatus } from './platform-status.js';

/** What `provision` is asked for beyond what the environment's file says. */
export interface PlatformWish {
  /** The release: a digest, an id or a name; by default, on this machine the newest build, elsewhere what runs. */
  readonly image?: string | undefined;
  /** How many replicas; by default as many as there are, at first what the file says. */
  readonly scale?: number | undefined;
  /** Make secrets anew that are gone, though what is there was made with them. */
  readonly newSecrets?: boolean | undefined;
  /** On AWS: addresses, as CIDR blocks by commas, that reach the site until it is open. */
  readonly operator?: string | undefined;
  /** On AWS: asks for `operator` where nobody said it; undefined where nobody answers. */
  askOperator?(): Promise<string | undefined>;
  /** On AWS: resources that hold data and may be replaced or deleted: "database/Instance". */
  readonly allowReplace?: readonly string[] | undefined;
  /** Another value deploys the service again though nothing changed. */
  readonly nonce?: string | undefined;
  /** On AWS: make the database anew of a snapshot; its name gets another suffix, as the old one is there for a while. */
  readonly restore?: { readonly snapshot: string; readonly suffix: string } | undefined;
  /** Shown the plan before anything is done; false ends there. By default all is done. */
  approve?(plan: PlatformPlan): Promise<boolean>;
}

/** What `provision` did. */
export interface PlatformOutcome {
  readonly environment: string;
  /** Where the site is reached; undefined where it is not. */
  readonly address: string | undefined;
  readonly changes: readonly Change[];
  /** How the service's deployment ended; undefined where there was none. */
  readonly deployment: DeploymentOutcome | undefined;
  readonly ms: number;
}

export interface DeploymentOutcome {
  readonly outcome: 'completed' | 'rolled-back' | 'failed';
  /** What runs now, and what was wanted. */
  readonly revision: string;
  readonly wanted: string;
  /** Why it was not completed. */
  readonly reason?: string | undefined;
  /** Of the task that failed last. */
  readonly exitCode?: number | undefined;
  readonly log?: readonly string[] | undefined;
}

export interface PlatformLogWish {
  /** Parts or replicas; empty for all. */
  readonly parts: readonly string[];
  readonly follow: boolean;
  /** Seconds since 1970. */
  readonly since?: number | undefined;
  /** So many of the last lines of each. */
  readonly tail?: number | undefined;
}

export interface PlatformLogLine {
  readonly part: string;
  /** RFC 3339. */
  readonly time: string;
  readonly text: string;
}

export interface ExecWish {
  readonly part: string;
  /** Empty for a shell. */
  readonly command: readonly string[];
  /** In a container of its own, with the part's volumes and secrets, whether or not the part runs. */
  readonly isNew: boolean;
}

/**
 * One environment's platform, on this machine or on AWS. "Deployed", "healthy", "drained" and "rolled back" mean in both what they
 * mean on ECS; what happens is reported as `PlatformEvent`s.
 */
export interface PlatformDriver {
  /** What `apply` would do; touches nothing. @throws BuilderError */
  plan(wish: PlatformWish): Promise<PlatformPlan>;
  /** Plans again and does it; waits for another that is at it. What was interrupted is finished by the next one. @throws BuilderError */
  apply(wish: PlatformWish): Promise<PlatformOutcome>;
  /** What would stop `apply`, found before anything is made. */
  check(): Promise<readonly PlatformCheck[]>;
  status(): Promise<PlatformStatus>;
  /** Deployments that were, the newest first, as far as they are remembered. */
  history(): Promise<readonly PastDeployment[]>;
  /** The state, again and again until the signal. */
  watch(everyMs: number): AsyncIterable<PlatformStatus>;
  logs(wish: PlatformLogWish): AsyncIterable<PlatformLogLine>;
  /** Ends with the command's exit code. */
  exec(wish: ExecWish, streams: ForegroundStreams): Promise<number>;
  /**
   * On this machine, writes the database and the web root to one file, which must not be there yet; on AWS, makes a snapshot and a
   * recovery point of one name. What was interrupted is gone on with. @throws BuilderError
   */
  backup(place: string): Promise<BackupReport>;
  /** Backups that were made by name, the newest first. @throws BuilderError `usage` where they are files */
  backups(): Promise<readonly ListedBackup[]>;
  /**
   * Puts back what `backup` wrote, of this environment or another: the release stays, its tasks are away meanwhile, and where the
   * address differs it is rewritten. What was interrupted can be run again.
   * @throws BuilderError for a file that is none or not whole, before anything is changed
   */
  restore(wish: RestoreWish): Promise<RestoreReport>;
  /** Deploys what ran before the release that runs now, or that one. @throws BuilderError where there is none */
  rollBack(to?: string): Promise<PlatformOutcome>;
  /** What was changed outside of platen. @throws BuilderError where nobody could tell */
  drift(): Promise<PlatformDrift>;
  /**
   * Ends the service's deployment that is under way by going back to what ran before; `apply` then ends as it does where one is
   * rolled back. False where there is none that goes on by itself. @throws BuilderError
   */
  stopDeployment(): Promise<boolean>;
  /** What `destroy` would remove, the data that would be lost last. */
  planDestroy(wish: DestroyWish): Promise<PlatformPlan>;
  destroy(wish: DestroyWish): Promise<void>;
}

/** What was looked at, how it stands, and what is wrong with it; nothing where it stands well. */
export interface PlatformCheck {
  readonly name: string;
  readonly detail: string;
  readonly problems: readonly {
    readonly message: string;
    readonly hint: string;
    /** `apply` mends it, and is not stopped by it. */
    readonly isMended?: true;
  }[];
}

/** What `backup` wrote. */
export interface BackupReport {
  readonly environment: string;
  /** Absolute path; on AWS the backup's name. */
  readonly file: string;
  readonly bytes: number;
  readonly ms: number;
}

/** A backup on AWS: two things of one name. */
export interface ListedBackup {
  readonly name: string;
  /** RFC 3339. */
  readonly created: string;
  /** RDS's word: "available", "creating" …; undefined where there is no snapshot of that name. */
  readonly database: string | undefined;
  /** AWS Backup's word: "COMPLETED" …; undefined where there is no recovery point of that name. */
  readonly files: string | undefined;
  /** Both can be restored. */
  readonly isWhole: boolean;
}

export interface RestoreWish {
  /** Absolute path; on AWS the backup's name. */
  readonly file: string;
  /** Told what the file holds before anything is replaced; false ends there. By default all is done. */
  approve?(backup: BackupManifest): Promise<boolean>;
}

export interface RestoreReport {
  readonly environment: string;
  /** Where the site is reached. */
  readonly address: string;
  readonly backup: BackupManifest;
  /** False where `approve` said no. */
  readonly restored: boolean;
  /** How the service came back; undefined where nothing was restored. */
  readonly deployment: DeploymentOutcome | undefined;
  readonly ms: number;
}

export interface DestroyWish {
  /** Volumes and secrets, too. */
  readonly withData: boolean;
}
