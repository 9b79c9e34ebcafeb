import { z } from 'zod';
import { registrySchema } from './registry-schema.js';

/**
 * What `infra-cfn/environments/<name>.yaml` may say: where images and platforms go. Each section may be left out; what
 * needs one says so.
 */
export const environmentSchema = z.strictObject({
  registry: registrySchema.optional().describe('Where images are pushed to.'),
});
