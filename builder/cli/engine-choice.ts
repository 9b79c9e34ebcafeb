import { type EngineChoice, engineChoices } from '../engine/engine-choice.js';
import { usage } from './usage.js';
import type { Environment } from '../environment.js';

/** What the environment says. @throws BuilderError `usage` for an engine that is none */
export function engineOf({ PLATEN_ENGINE: name }: Environment): EngineChoice | undefined {
  if (name === undefined || name === '') return undefined;
  const found = engineChoices.find((choice) => choice === name);
  if (found === undefined)
    throw usage(`PLATEN_ENGINE=${name} is not understood`, `It is one of ${engineChoices.join(', ')}.`);
  return found;
}
