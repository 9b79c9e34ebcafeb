import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';

export interface Load {
  /** Like http://127.0.0.1:8080 */
  readonly origin: string;
  /** Requested in turn. */
  readonly paths: readonly string[];
  /** Number of open connections, each with one request at a time. */
  readonly connections: number;
  /** Pause between an answer and the next request of a connection. */
  readonly pauseMs?: number;
  /** The authority to trust, in PEM. */
  readonly ca?: string;
}

/** The result: number of answers by status, and other errors. */
export interface LoadOutcome {
  readonly statuses: Readonly<Record<number, number>>;
  readonly errors: readonly string[];
}

/** Sends requests until `work` is done. */
export async function underLoad(load: Load, work: () => Promise<unknown>): Promise<LoadOutcome> {
  const { origin, paths, connections, pauseMs = 0, ca } = load;
  const statuses: Record<number, number> = {};
  const errors: string[] = [];
  // The client must close idle connections first: it could not tell the load balancer's closing from a failure.
  const agent = new Agent({
    connections,
    pipelining: 1,
    keepAliveTimeout: 1000,
    headersTimeout: 60_000,
    ...(ca === undefined ? {} : { connect: { ca } }),
  });
  const end = new AbortController();
  let count = 0;
  const ask = async (): Promise<void> => {
    while (!end.signal.aborted) {
      const path = paths[count++ % paths.length] ?? '/';
      try {
        const { statusCode, body } = await request(`${origin}${path}`, { dispatcher: agent });
        await body.dump();
        statuses[statusCode] = (statuses[statusCode] ?? 0) + 1;
      } catch (error) {
        errors.push(`${path}: ${String(error)}`);
      }
      await sleep(pauseMs);
    }
  };
  const asking = Array.from({ length: connections }, ask);
  try {
    await work();
  } finally {
    end.abort();
    await Promise.all(asking);
    await agent.close();
  }
  return { statuses, errors };
}
