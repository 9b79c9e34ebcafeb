import type { ContainerOptions } from '../../../engine/docker/resources/containers.js';
import type { EngineImage } from '../../../engine/docker/resources/images.js';
import type { ContainerDefinition, TaskVolume } from './task-definition.js';

/** What a task meets on this machine; all of it is known before anything is made. */
export interface TaskSurroundings {
  /** What the engine has under each name of an image; an image that is missing is run as it is named. */
  readonly images: Readonly<Record<string, EngineImage>>;
  /** The volume that stands for a file system that tasks share. */
  sharedVolume(volume: TaskVolume): string;
  /** Folders of EFS have the owner that their access point says, which an image's own must not replace. */
  readonly hasAccessPoints?: boolean | undefined;
  /** Where ports of containers are published: an address of this machine; without it they are not. */
  readonly publishAt?: string | undefined;
  /** This machine's, in AWS's words: X86_64, ARM64. */
  readonly architecture: string;
  /** How many files a process of this machine may have open at most; undefined where that is not known. */
  readonly openFiles?: number | undefined;
}

/** A secret that a container gets: a file's or variable's name, and where it comes from, as the definition says it (`ValueFrom`). */
export interface TaskSecret {
  readonly name: string;
  readonly from: string;
}

/** One container of a task, as Docker is to make it, and what Docker does not do by itself. */
export interface TranslatedContainer {
  readonly name: string;
  readonly options: ContainerOptions;
  readonly essential: boolean;
  /** Files in `secretsFolder`, of mode 0600, that belong to this user. */
  readonly secretFiles: readonly TaskSecret[];
  readonly secretsOwner: { readonly uid: number; readonly gid: number };
  /** Variables to be added when the container is made: anybody who may ask Docker sees them. */
  readonly secretVariables: readonly TaskSecret[];
  readonly dependsOn: NonNullable<ContainerDefinition['DependsOn']>;
  readonly restartPolicy: ContainerDefinition['RestartPolicy'];
  /** Seconds until a container that is not as `dependsOn` wants it is given up. */
  readonly startTimeout: number;
  /** Seconds between the stop signal and the end. */
  readonly stopTimeout: number;
  /** The command that tells whether it is healthy, as Docker has it (`CMD`, `CMD-SHELL`); undefined where the definition has none. */
  readonly healthCheck: readonly string[] | undefined;
}

/** How a volume is made; all are Docker's own where the definition says nothing. */
export interface VolumeSettings {
  readonly driver?: string | undefined;
  readonly driverOptions?: Readonly<Record<string, string>> | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

export interface TranslatedTask {
  /** In the order in which they are started. */
  readonly containers: readonly TranslatedContainer[];
  /** Volumes that live as long as the task, by the definition's names: containers bind them as `~NAME`. */
  readonly volumes: Readonly<Record<string, VolumeSettings>>;
  /** Volumes that outlive the task, by their names in Docker. */
  readonly sharedVolumes: Readonly<Record<string, VolumeSettings>>;
  /** What a user should know: fields that mean something else here, or nothing. */
  readonly notes: readonly string[];
}

/** Begins names that are the task's own: in Docker its name comes before them. */
export const ofTask = '~';

/** Where a container finds the files of its secrets. */
export const secretsFolder = '/run/secrets';
