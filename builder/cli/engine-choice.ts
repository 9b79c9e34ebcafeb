import { type EngineChoice, engineChoices } from '../engine/engine-choice.js';
import { usage } from './usage.js';
import type { Environment } from '../environment.js';

/** Returns the engine that `PLATEN_ENGINE` names. @throws BuilderError `usage` for an unknown engine */
export function engineOf({ PLATEN_ENGINE: name }: Environment): EngineChoice | undefined {
  if (name === undefined || name === '') return undefined;
  const found = engineChoices.find((choice) => choice === name);
  if (found === undefined)
    throw usage(`PLATEN_ENGINE=${name} is not an engine`, `Use one of ${engineChoices.join(', ')}.`);
  return found;
}
