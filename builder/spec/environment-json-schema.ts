import { z } from 'zod';
import { environmentSchema } from './environment-schema.js';

/** The JSON schema of environments (draft 7), as `infra-cfn/environment.schema.json` holds it. */
export function environmentJsonSchema(): string {
  const schema = z.toJSONSchema(environmentSchema, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}
