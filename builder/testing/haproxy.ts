import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Browser } from './browser.js';
import type { Certificates } from './certificates.js';
import { onFreePort } from './moto-server.js';

export interface LoadBalancer {
  readonly origin: string;
  stop(): Promise<void>;
}

/**
 * Starts haproxy in front of servers. Like an ALB it uses healthy ones: it checks each every 500 ms, and believes the second
 * answer.
 * @param servers their addresses, like 127.0.0.1:8080
 * @param folder an empty one
 * @param certificates to terminate TLS, with X-Forwarded-Proto and X-Forwarded-For
 */
export function startLoadBalancer(
  servers: readonly string[],
  folder: string,
  certificates?: Certificates,
): Promise<LoadBalancer> {
  return onFreePort((port) => startOn(port, { servers, folder, certificates }));
}

interface Wanted {
  readonly servers: readonly string[];
  readonly folder: string;
  readonly certificates: Certificates | undefined;
}

async function startOn(port: number, { servers, folder, certificates }: Wanted): Promise<LoadBalancer> {
  const file = join(folder, 'haproxy.cfg');
  const lines = servers.map((server, index) => `  server web${index} ${server}`);
  const tls = certificates === undefined ? undefined : join(folder, 'server.pem');
  if (tls !== undefined && certificates !== undefined)
    writeFileSync(
      tls,
      `${readFileSync(certificates.certificate, 'utf8')}${readFileSync(certificates.key, 'utf8')}`,
    );
  writeFileSync(file, configuration(port, lines, tls));
  const child = spawn('haproxy', ['-db', '-f', file], {
    env: { PATH: `${process.env.PATH}:/usr/sbin` },
    stdio: 'ignore',
  });
  const origin = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  const ca = certificates === undefined ? undefined : readFileSync(certificates.ca, 'utf8');
  try {
    await ready(new Browser(origin, { ca }), child);
  } catch (error) {
    child.kill();
    throw error;
  }
  return {
    origin,
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

async function ready(browser: Browser, child: ChildProcess): Promise<void> {
  let why: unknown;
  child.once('error', (error) => (why = error));
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(100)) {
    if (why !== undefined || child.exitCode !== null) break;
    const status = await browser.get('/readyz').then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
  }
  throw new Error('haproxy does not answer', { cause: why });
}

// No retries: a request that fails at a server must fail for the client.
const configuration = (port: number, servers: readonly string[], tls: string | undefined): string => `
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout check 5s
  retries 0
  http-reuse always
frontend web
  bind 127.0.0.1:${port}${tls === undefined ? '' : ` ssl crt ${tls}\n  option forwardfor\n  http-request set-header X-Forwarded-Proto https`}
  default_backend web
backend web
  balance roundrobin
  option httpchk GET /readyz
  http-check expect status 200
  default-server check inter 500ms fall 2 rise 2
${servers.join('\n')}
`;
