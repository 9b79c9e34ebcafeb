import type { EngineChoice } from '../engine/choose-engine.js';
import { usage } from './usage.js';

export const engineChoices: readonly EngineChoice[] = ['auto', 'sandbox', 'docker'];

/** What the environment says. @throws BuilderError `usage` for an engine that is none */
export function engineOf({
  PLATEN_ENGINE: name,
}: Readonly<Record<string, string | undefined>>): EngineChoice | undefined {
  if (name === undefined || name === '') return undefined;
  const found = engineChoices.find((choice) => choice === name);
  if (found === undefined)
    throw usage(`PLATEN_ENGINE=${name} is not understood`, `It is one of ${engineChoices.join(', ')}.`);
  return found;
}
