import { setTimeout as sleep } from 'node:timers/promises';
import type { DockerOptions } from '../engine/docker/docker-client.js';
import { startContainer } from '../engine/docker/start-container.js';
import { SandboxContainer, type SandboxContainerOptions } from '../engine/sandbox/sandbox-container.js';
import type { OciConfig } from '../image/oci-documents.js';
import { containerSettings } from './container-settings.js';

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** A running container for checks. */
export interface CheckedContainer {
  /** Sends an HTTP request, without following redirects. @throws Error without an answer */
  ask(port: number, path: string): Promise<HttpAnswer>;
  /** All output so far. */
  logs(): Promise<string>;
  /** Undefined while it runs. */
  exitCode(): Promise<number | undefined>;
  remove(): Promise<void>;
}

export interface CheckedStart {
  readonly environment: Readonly<Record<string, string>>;
  /** Replaces the entrypoint and its arguments. */
  readonly command?: readonly string[] | undefined;
  /** The port for `ask`. */
  readonly port?: number | undefined;
}

/** Starts a container for a check. */
export type StartChecked = (wanted: CheckedStart) => Promise<CheckedContainer>;

/** Starts containers of a loaded image in Docker. */
export function checkedInDocker(image: string, docker: DockerOptions, signal: AbortSignal): StartChecked {
  return async ({ environment, command, port }) => {
    const ports = port === undefined ? [] : [port];
    const container = await startContainer(docker, { image, environment, command, ports, signal });
    const { fetch } = await import('undici');
    return {
      logs: () => container.logs(),
      exitCode: () => container.exitCode(),
      remove: () => container.remove(),
      ask: async (inside, path) => {
        const address = `http://127.0.0.1:${await container.port(inside)}${path}`;
        const answer = await fetch(address, { redirect: 'manual', signal: AbortSignal.timeout(5000) });
        return { status: answer.status, body: await answer.text() };
      },
    };
  };
}

/** A container's last output may arrive a moment after its end. */
const lastWordsMs = 2000;

/** Starts containers in the sandbox. */
export function checkedInSandbox(config: OciConfig, options: SandboxContainerOptions): StartChecked {
  return async ({ environment, command }) => {
    const changes = command === undefined ? {} : { entrypoint: command };
    const container = await SandboxContainer.open(
      options,
      containerSettings(config, { ...changes, environment }),
    );
    const { stdin, stdout, stderr, exitCode } = await container.start();
    stdin.end();
    const pieces: Buffer[] = [];
    const silent = [stdout, stderr].map((stream) => {
      stream.on('data', (bytes: Buffer) => pieces.push(bytes));
      return new Promise<void>((resolve) => stream.once('close', resolve));
    });
    let ended: number | undefined;
    const end = exitCode.then((code) => (ended = code));
    return {
      ask: (port, path) => container.ask(port, path),
      exitCode: () => Promise.resolve(ended),
      remove: () => container.remove(),
      logs: async () => {
        const done = new AbortController();
        const late = sleep(lastWordsMs, undefined, { signal: done.signal }).catch(() => undefined);
        if (ended !== undefined) await Promise.race([Promise.all([end, ...silent]), late]);
        done.abort();
        return Buffer.concat(pieces).toString('utf8');
      },
    };
  };
}
