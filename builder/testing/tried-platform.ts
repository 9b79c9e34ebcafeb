import { readFileSync } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { Agent, request } from 'undici';
import { connectDocker } from '../engine/docker/docker-client.js';
import type { PlatformDriver } from '../platform/driver.js';
import type { ServiceStatus } from '../platform/platform-status.js';
import type { LoadOutcome } from './load.js';
import type { LocalTestPlatform } from './local-platform.js';

/** Pages made by PHP (a query bypasses the page cache), and a cached one. */
const paths = ['/?fresh=1', '/wp-login.php', '/'];

/** A running platform on this machine, with actions and queries for tests. */
export class TriedPlatform {
  readonly driver: PlatformDriver;
  /** Like https://localhost:8443 */
  readonly origin: string;
  /** The authority to trust, in PEM. */
  readonly ca: string;
  readonly #name: string;
  readonly #docker: Docker;
  readonly #agent: Agent;

  private constructor(
    name: string,
    driver: PlatformDriver,
    more: { origin: string; ca: string; docker: Docker },
  ) {
    this.#name = name;
    this.driver = driver;
    this.origin = more.origin;
    this.ca = more.ca;
    this.#docker = more.docker;
    this.#agent = new Agent({ connect: { ca: more.ca } });
  }

  /** Starts the platform. */
  static async start(platform: LocalTestPlatform): Promise<TriedPlatform> {
    const { driver, authorityFile = '' } = await platform.open();
    const { address = '' } = await driver.apply({});
    const docker = await connectDocker({ host: process.env.DOCKER_HOST });
    const ca = readFileSync(authorityFile, 'utf8');
    return new TriedPlatform(platform.name, driver, { origin: address.replace(/\/$/, ''), ca, docker });
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  /** For `underLoad`. */
  get load() {
    return { origin: this.origin, ca: this.ca, paths, connections: 3, pauseMs: 30 };
  }

  /** Status for an anonymous visitor; 0 without an answer. */
  async status(path: string): Promise<number> {
    const { statusCode, body } = await request(`${this.origin}${path}`, { dispatcher: this.#agent }).catch(
      () => ({ statusCode: 0, body: { dump: () => undefined } }),
    );
    await body.dump();
    return statusCode;
  }

  /** Milliseconds until a page answers; `longest` if it does not. */
  async msUntil(path: string, longest: number): Promise<number> {
    const since = Date.now();
    while ((await this.status(path)) !== 200 && Date.now() - since < longest) await sleep(100);
    return Date.now() - since;
  }

  /** Runs a command in a part; returns exit code and output. */
  async run(part: string, command: readonly string[], input = ''): Promise<{ code: number; said: string }> {
    const stdout = new PassThrough();
    const streams = { stdin: Readable.from([input]), stdout, stderr: stdout, terminal: false };
    const code = await this.driver.exec({ part, command, isNew: false }, streams);
    stdout.end();
    return { code, said: await text(stdout) };
  }

  async tasks(): Promise<ServiceStatus['tasks']> {
    return (await this.driver.status()).service?.tasks ?? [];
  }

  /** The container of a part, or of a task by its name. */
  container(name: string): Docker.Container {
    return this.#docker.getContainer(`platen-${this.#name}-${name.replace(' ', '-')}`);
  }

  /** Kills all containers, like a power failure. */
  async killAll(): Promise<void> {
    const filters = { label: [`platen.environment=${this.#name}`] };
    const all = await this.#docker.listContainers({ filters });
    await Promise.all(all.map(({ Id }) => this.#docker.getContainer(Id).kill()));
  }
}

/** Number of requests without an answer, or with a server error. */
export function failures({ statuses, errors }: LoadOutcome): number {
  const bad = Object.entries(statuses).filter(([code]) => Number(code) >= 500);
  return errors.length + bad.reduce((sum, [, count]) => sum + count, 0);
}
