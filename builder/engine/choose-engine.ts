import { BuilderError } from '../errors.js';
import { dockerProblem } from './docker/docker-problem.js';
import { dockerEngine } from './docker/docker.js';
import type { Engine } from './engine.js';
import type { EngineChoice } from './engine-choice.js';
import { sandboxEngine } from './sandbox/sandbox.js';
import { sandboxProblemsNow } from './sandbox/sandbox-problem.js';

export interface EnginePlaces {
  /** Address of Docker, as in DOCKER_HOST. */
  readonly host: string | undefined;
  /** The sandbox's folder. */
  readonly folder: string;
}

/**
 * The engine asked for; `auto` is the sandbox if it works, else Docker.
 * @throws BuilderError `unavailable` if none works
 */
export async function chooseEngine(choice: EngineChoice, { host, folder }: EnginePlaces): Promise<Engine> {
  if (choice === 'docker') return dockerEngine({ host });
  const problems = await sandboxProblemsNow(folder);
  if (problems.length === 0) return sandboxEngine({ folder });
  const what = problems.map((problem) => problem.what).join('; ');
  const remedy = problems.map((problem) => problem.remedy).join(' ');
  if (choice === 'sandbox') throw unavailable(`The sandbox does not work here: ${what}`, remedy);
  const docker = await dockerProblem({ host });
  if (docker === undefined) return dockerEngine({ host });
  throw unavailable(`No engine works here. The sandbox: ${what}. Docker: ${docker.message}`, remedy);
}

/** Like `chooseEngine`, but chooses on the first call; all calls return the same engine. */
export function lazyEngine(choice: EngineChoice, places: EnginePlaces): () => Promise<Engine> {
  let chosen: Promise<Engine> | undefined;
  return () => (chosen ??= chooseEngine(choice, places));
}

function unavailable(message: string, hint: string): BuilderError {
  return new BuilderError(message, { code: 'unavailable', hint });
}
