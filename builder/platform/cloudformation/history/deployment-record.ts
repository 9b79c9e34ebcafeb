import { z } from 'zod';

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

/** Who deployed what, when, and how it ended; without an outcome it is under way, or was killed. Times are RFC 3339. */
export interface DeploymentRecord {
  readonly id: string;
  readonly who: string;
  readonly branch?: string | undefined;
  readonly commit?: string | undefined;
  readonly image?: string | undefined;
  readonly started: string;
  readonly ended?: string | undefined;
  readonly outcome?: 'completed' | 'rolled-back' | 'failed' | undefined;
  /** What ran afterwards, and what was wanted; undefined where the service was left alone. */
  readonly revision?: string | undefined;
  readonly wanted?: string | undefined;
  readonly reason?: string | undefined;
}

/** A record as it was written; undefined for what is none. */
export function parseRecord(value: string): DeploymentRecord | undefined {
  try {
    return schema.safeParse(JSON.parse(value)).data;
  } catch {
    return undefined;
  }
}
