import { z } from 'zod';
import { imageSchema } from './image-schema.js';

/** The JSON schema of image specs (draft 7, which editors understand best), as `images/image.schema.json` holds it. */
export function imageJsonSchema(): string {
  const schema = z.toJSONSchema(imageSchema, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
