import { z } from 'zod';

/** What `~/.config/platen/config.yaml` may say: a user's wishes, for all projects. */
export const userConfigurationSchema = z.strictObject({
  engine: z
    .enum(['auto', 'sandbox', 'docker'])
    .optional()
    .describe('What runs commands, where neither `--engine` nor `PLATEN_ENGINE` says it.'),
});
