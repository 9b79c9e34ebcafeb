import type { Containers } from './resources/containers.js';

/** A container that a session keeps for its commands. */
export interface KeptContainer {
  readonly containers: Containers;
  readonly id: string;
}
