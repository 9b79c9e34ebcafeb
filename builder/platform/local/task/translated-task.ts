import type { ContainerOptions } from '../../../engine/docker/resources/containers.js';
import type { EngineImage } from '../../../engine/docker/resources/images.js';
import type { ContainerDefinition, TaskVolume } from './task-definition.js';

/** What a task meets on this machine; all of it is known before anything is made. */
export interface TaskSurroundings {
  /** Prefix of the names of the task's volumes. */
  readonly name: string;
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

export interface TranslatedTask {
  /** In the order in which they are started. */
  readonly containers: readonly TranslatedContainer[];
  /** Volumes that live as long as the task, by name, and their settings. */
  readonly volumes: Readonly<Record<string, { readonly driverOptions: Readonly<Record<string, string>> }>>;
  /** What a user should know: fields that mean something else here, or nothing. */
  readonly notes: readonly string[];
}

/** Where a container finds the files of its secrets. */
export const secretsFolder = '/run/secrets';
