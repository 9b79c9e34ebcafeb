import { join } from 'node:path';
import type { EngineChoice } from '../../engine/engine-choice.js';
import { askDocker } from '../../engine/docker/docker-problem.js';
import { type SandboxLook, lookAtSandbox } from '../../engine/sandbox/sandbox-problem.js';
import type { BuilderError } from '../../errors.js';
import { cacheFolder } from '../../store/cache-folder.js';
import { engineOf } from '../engine-choice.js';
import type { Finding } from './finding.js';
import { userConfiguration, userConfigurationFile } from '../user-configuration.js';
import type { Environment } from '../../environment.js';

/** Which engine a build takes, and why. */
interface Taken {
  readonly engine: 'sandbox' | 'docker' | undefined;
  readonly wish: EngineChoice;
  readonly why: string;
}

/** Reports which engine builds use, and the state of both. @throws BuilderError, SpecError if PLATEN_ENGINE or the configuration is invalid */
export async function checkEngines(environment: Environment): Promise<readonly Finding[]> {
  const { wish, said } = await wishedEngine(environment);
  const [sandbox, docker] = await Promise.all([
    lookAtSandbox(join(cacheFolder(environment), 'sandbox')),
    askDocker({ host: environment.DOCKER_HOST }),
  ]);
  const works = { sandbox: sandbox.problems.length === 0, docker: docker.problem === undefined };
  const engine = takenEngine(wish, works);
  const taken = { engine, wish, why: said };
  return [engineFinding(taken), sandboxFinding(sandbox, taken), dockerFinding(docker, taken)];
}

/** Returns the selected engine and where it was selected; a build's own `--engine` is not known here. */
async function wishedEngine(environment: Environment): Promise<{ wish: EngineChoice; said: string }> {
  const variable = engineOf(environment);
  const configured = (await userConfiguration(environment)).engine;
  if (variable !== undefined) return { wish: variable, said: `PLATEN_ENGINE=${variable}` };
  if (configured === undefined) return { wish: 'auto', said: 'auto' };
  return { wish: configured, said: `engine: ${configured} in ${userConfigurationFile(environment)}` };
}

function takenEngine(wish: EngineChoice, works: { sandbox: boolean; docker: boolean }): Taken['engine'] {
  if (wish !== 'auto') return works[wish] ? wish : undefined;
  if (works.sandbox) return 'sandbox';
  return works.docker ? 'docker' : undefined;
}

const whyNotTheOther = {
  sandbox: 'the sandbox, which is preferred to Docker if it works',
  docker: 'Docker, because the sandbox does not work here',
} as const;

function engineFinding({ engine, wish, why }: Taken): Finding {
  const name = 'engine';
  if (engine === undefined) {
    const none = wish === 'auto' ? 'neither works here' : `${wish} does not work here`;
    const remedy = 'Fix one of the two: both are listed below.';
    return { name, state: 'missing', detail: `none: ${none} (${why})`, remedy };
  }
  const detail = wish === 'auto' ? whyNotTheOther[engine] : engine === 'docker' ? 'Docker' : 'the sandbox';
  return { name, state: 'ok', detail: `${detail} (${why})` };
}

function sandboxFinding({ problems, byFuse }: SandboxLook, { engine, wish }: Taken): Finding {
  const name = 'sandbox';
  const [first, ...others] = problems;
  const how = byFuse ? '; slower, by fuse-overlayfs, because the kernel refuses an overlay in the cache' : '';
  if (first === undefined)
    return {
      name,
      state: 'ok',
      detail:
        (engine === 'sandbox' ? 'runs commands, without a daemon' : `works, but ${wish} is selected`) + how,
    };
  return {
    name,
    state: engine === undefined && wish !== 'docker' ? 'missing' : 'other',
    detail: first.what,
    remedy: first.remedy,
    more: others.map(({ what, remedy }) => ({ detail: what, remedy })),
  };
}

function dockerFinding(
  { version, problem }: { version?: string; problem?: BuilderError },
  { engine }: Taken,
): Finding {
  const name = 'Docker';
  if (problem === undefined) {
    const part = engine === 'docker' ? 'runs commands and receives images' : 'receives images';
    return { name, state: 'ok', detail: `engine ${version}: ${part}` };
  }
  const { message, hint } = problem;
  const spared =
    engine === 'sandbox' ? '; needed to load images into it and to run platforms, not to build' : '';
  return {
    name,
    state: engine === undefined ? 'missing' : 'other',
    detail: `${message}${spared}`,
    remedy: `Run scripts/setup${hint === undefined ? '' : `, or: ${hint}`}`,
  };
}
