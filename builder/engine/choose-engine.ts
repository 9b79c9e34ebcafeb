import { BuilderError } from '../errors.js';
import { connectDocker } from './docker-client.js';
import { dockerEngine } from './docker.js';
import type { Engine } from './engine.js';
import { sandboxEngine } from './sandbox.js';
import { sandboxProblemNow } from './sandbox-problem.js';

export interface EnginePlaces {
  /** Where Docker answers, as in DOCKER_HOST. */
  readonly host: string | undefined;
  /** The sandbox's folder. */
  readonly folder: string;
}

export type EngineChoice = 'auto' | 'sandbox' | 'docker';

/**
 * The engine that was asked for; `auto` is the sandbox where it works, else Docker.
 * @throws BuilderError `unavailable` where none works
 */
export async function chooseEngine(choice: EngineChoice, { host, folder }: EnginePlaces): Promise<Engine> {
  if (choice === 'docker') return dockerEngine({ host });
  const problem = await sandboxProblemNow(folder);
  if (problem === undefined) return sandboxEngine({ folder });
  if (choice === 'sandbox')
    throw unavailable(`The sandbox does not work here: ${problem.what}`, problem.remedy);
  await connectDocker({ host }).catch((cause: unknown) => {
    const docker = (cause as Error).message;
    throw unavailable(
      `No engine works here. The sandbox: ${problem.what}. Docker: ${docker}`,
      problem.remedy,
    );
  });
  return dockerEngine({ host });
}

function unavailable(message: string, hint: string): BuilderError {
  return new BuilderError(message, { code: 'unavailable', hint });
}
