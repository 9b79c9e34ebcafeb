import type Docker from 'dockerode';
import { asking } from './asking.js';

/** Where the engine is, and what it has. */
export interface EngineFacts {
  /** The folder of images, containers and volumes: on the engine's own machine. */
  readonly folder: string;
  /** As the engine's machine calls itself. */
  readonly host: string;
}

/** What the engine says of itself. */
export class Engine {
  readonly #docker: Docker;

  constructor(docker: Docker) {
    this.#docker = docker;
  }

  async facts(): Promise<EngineFacts> {
    const found = (await asking('ask the engine about itself', () => this.#docker.info())) as {
      readonly DockerRootDir?: string;
      readonly Name?: string;
    };
    return { folder: found.DockerRootDir ?? '', host: found.Name ?? '' };
  }

  /** Its own clock, which its times are of: milliseconds since 1970. */
  async time(): Promise<number> {
    const found = (await asking('ask the engine for its time', () => this.#docker.info())) as {
      readonly SystemTime: string;
    };
    return Date.parse(found.SystemTime);
  }
}
