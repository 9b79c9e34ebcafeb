import type Docker from 'dockerode';
import { asking } from './asking.js';

/** Facts about the engine and its machine. */
export interface EngineFacts {
  /** The engine's data folder, on its own machine. */
  readonly folder: string;
  /** Host name of the engine's machine. */
  readonly host: string;
}

/** Queries about the engine itself. */
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

  /** The engine's clock, on which its timestamps are based: milliseconds since 1970. */
  async time(): Promise<number> {
    const found = (await asking('ask the engine for its time', () => this.#docker.info())) as {
      readonly SystemTime: string;
    };
    return Date.parse(found.SystemTime);
  }
}
