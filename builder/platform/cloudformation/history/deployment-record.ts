import { z } from 'zod';
import type { PastDeployment } from '../../platform-status.js';

const schema = z.object({
  id: z.string(),
  who: z.string(),
  branch: z.string().optional(),
  commit: z.string().optional(),
  image: z.string().optional(),
  started: z.string(),
  ended: z.string().optional(),
  outcome: z.enum(['completed', 'rolled-back', 'failed']).optional(),
  revision: z.string().optional(),
  wanted: z.string().optional(),
  reason: z.string().optional(),
});

/** Who deployed what, when, and how it ended; without an outcome it is under way, or was killed. */
export interface DeploymentRecord extends PastDeployment {
  readonly id: string;
  readonly who: string;
  readonly started: string;
  /** What ran afterwards; undefined where the service was left alone. */
  readonly revision?: string | undefined;
}

/** A record as it was written; undefined for what is none. */
export function parseRecord(value: string): DeploymentRecord | undefined {
  try {
    return schema.safeParse(JSON.parse(value)).data;
  } catch {
    return undefined;
  }
}
