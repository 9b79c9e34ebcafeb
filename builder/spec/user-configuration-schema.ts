import { z } from 'zod';
import { engineChoices } from '../engine/engine-choice.js';

/** The contents of `~/.config/platen/config.yaml`: a user's settings for all projects. */
export const userConfigurationSchema = z.strictObject({
  engine: z
    .enum(engineChoices)
    .optional()
    .describe('The engine, if neither `--engine` nor `PLATEN_ENGINE` is given.'),
});
