import type { Engine } from './engine.js';
import { dockerEngine } from './docker.js';
import { sandboxEngine } from './sandbox.js';

export interface EnginePlaces {
  /** Where Docker answers, as in DOCKER_HOST. */
  readonly host: string | undefined;
  /** The sandbox's folder. */
  readonly folder: string;
}

/** The engine that was asked for. */
export function chooseEngine(choice: 'auto' | 'sandbox' | 'docker', { host, folder }: EnginePlaces): Engine {
  return choice === 'sandbox' ? sandboxEngine({ folder }) : dockerEngine({ host });
}
