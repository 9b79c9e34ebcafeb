import { z } from 'zod';
import { engineChoices } from '../engine/engine-choice.js';

/** What `~/.config/platen/config.yaml` may say: a user's wishes, for all projects. */
export const userConfigurationSchema = z.strictObject({
  engine: z
    .enum(engineChoices)
    .optional()
    .describe('What runs commands, if neither `--engine` nor `PLATEN_ENGINE` says so.'),
});
