import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { request as ask, createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { fetch } from 'undici';

/** Installed by `scripts/setup test` on machines without moto. */
const own = resolve('dist/test-tools/moto');

/** Stands in for AWS: moto keeps repositories, tokens, scans and policies in memory. */
export class MotoServer {
  /** For AWS_ENDPOINT_URL. */
  readonly url: string;
  /** Calls by `x-amz-target`: "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken" and so on. */
  readonly calls: readonly string[];

  private constructor(url: string, calls: readonly string[]) {
    this.url = url;
    this.calls = calls;
  }

  static async start(t: Test): Promise<MotoServer> {
    const calls: string[] = [];
    const url = await onFreePort((port) => startMoto(t, port, programOf()));
    return new MotoServer(await errorsAsJson(url, t, calls), calls);
  }

  /** Like `start`, plus features of CloudFormation and ECS that deployments need and moto lacks (`testing/moto/closer.py`). */
  static async startCloser(t: Test): Promise<MotoServer> {
    const calls: string[] = [];
    const url = await onFreePort((port) => startMoto(t, port, closer));
    return new MotoServer(await errorsAsJson(url, t, calls), calls);
  }

  /** Number of tokens issued; the last one ends with that number. */
  get tokens(): number {
    return tokensIn(this.calls);
  }

  /** Variables for the program and the SDK to find this server. */
  get environment(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.url,
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'swordfish-of-aws',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    };
  }

  /** Calls IAM's query API, for which there is no client here. */
  async iam(action: string, parameters: Readonly<Record<string, string>>): Promise<string> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: {
        authorization:
          'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=none',
      },
      body: new URLSearchParams({ Action: action, Version: '2010-05-08', ...parameters }),
    });
    return response.text();
  }

  /** From now on enforces policies. */
  async enforcePolicies(): Promise<void> {
    await fetch(`${this.url}/moto-api/reset-auth`, { method: 'POST', body: '0' });
  }

  /** Sets the findings of the next scans. */
  async setScanResults(results: unknown): Promise<void> {
    await fetch(`${this.url}/moto-api/static/ecr/scan-finding-results`, {
      method: 'POST',
      body: JSON.stringify(results),
    });
  }
}

/** How to start moto. */
interface MotoProgram {
  readonly program: string;
  readonly argv: readonly string[];
}

function programOf(): MotoProgram {
  return { program: existsSync(own) ? resolve(own, 'bin/moto_server') : 'moto_server', argv: [] };
}

const closer: MotoProgram = { program: 'python3', argv: [resolve('builder/testing/moto/closer.py')] };

/** Returns its URL. @throws Error if it ends, such as after a lost race for the port, or does not answer in two minutes */
async function startMoto(t: Test, port: number, { program, argv }: MotoProgram): Promise<string> {
  const log =
    process.env.PLATEN_MOTO_LOG === undefined ? 'ignore' : openSync(process.env.PLATEN_MOTO_LOG, 'a');
  const path = existsSync(own) ? { PYTHONPATH: own } : {};
  const child = spawn(program, [...argv, '-H', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', log],
    env: { ...process.env, ...path },
  });
  let failure: Error | undefined;
  child.on('error', (error) => (failure = error));
  t.teardown(() => child.kill());
  const url = `http://127.0.0.1:${port}`;
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(100)) {
    if (failure !== undefined || child.exitCode !== null)
      throw new Error(`moto_server does not start: ${failure?.message ?? child.exitCode}`);
    if (await answers(url)) return url;
  }
  throw new Error('moto_server does not answer');
}

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/moto-api/data.json`).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Number of requests for tokens. */
function tokensIn(calls: readonly string[]): number {
  return calls.filter((call) => call.endsWith('.GetAuthorizationToken')).length;
}

/** Makes tokens distinct: moto always returns the same one. */
function numbered(said: string, calls: readonly string[]): string {
  return said.replace(/("authorizationToken": ?")([^"]+)"/, (_, before: string, token: string) => {
    const text = `${Buffer.from(token, 'base64').toString('utf8')}-${tokensIn(calls)}`;
    return `${before}${Buffer.from(text).toString('base64')}"`;
  });
}

/**
 * Converts IAM's refusals, which moto writes as XML for every service, to the form that AWS sends to JSON clients; and numbers
 * tokens.
 */
async function errorsAsJson(behind: string, t: Test, calls: string[]): Promise<string> {
  const front = createHttpServer((request, response) => {
    // Keep the Host header, because it is signed.
    const { method, url, headers } = request;
    calls.push(String(headers['x-amz-target']));
    const sent = ask(behind + url, { method, headers }, (answer) => {
      void text(answer).then((said) => {
        const [, code] = /<Code>(.*?)<\/Code>/.exec(said) ?? [];
        const [, message] = /<Message>(.*?)<\/Message>/.exec(said) ?? [];
        const json = 'x-amz-target' in headers && code !== undefined;
        const type = json ? 'application/x-amz-json-1.1' : (answer.headers['content-type'] ?? '');
        response.writeHead(answer.statusCode ?? 500, { 'content-type': type });
        response.end(json ? JSON.stringify({ __type: code, message }) : numbered(said, calls));
      });
    });
    sent.on('error', () => response.destroy());
    request.pipe(sent);
  });
  await new Promise<void>((done) => front.listen(0, '127.0.0.1', done));
  t.teardown(() => front.closeAllConnections());
  t.teardown(() => front.close());
  return `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
}

/** Starts something on a free port, and again on another one if the port was taken meanwhile. */
export async function onFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let left = 2; ; left -= 1)
    try {
      return await start(await freePort());
    } catch (error) {
      if (left === 0) throw error;
    }
}

function freePort(): Promise<number> {
  return new Promise((done, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
