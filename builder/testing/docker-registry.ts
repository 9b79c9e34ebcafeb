import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Options of a registry, all optional. */
export interface DockerRegistryOptions {
  /** Accepts the user `platen` with the password `open sesame`. */
  readonly htpasswd?: boolean;
  /** Files in PEM. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** The token service, and the certificate of its signatures. */
  readonly token?: { readonly realm: string; readonly certificate: string };
  /** Stores data in memory instead of files: faster for small data. */
  readonly inMemory?: boolean;
  /** Its address for clients, the prefix of locations. */
  readonly url?: string;
}

/** A `docker-registry` (Debian's package) for a test, on a free port of 127.0.0.1. */
export interface DockerRegistry {
  /** `127.0.0.1:41234` */
  readonly host: string;
  /** Its data folder; `docker/registry/v2/…` below. */
  readonly storage: string;
  stop(): Promise<void>;
}

export const registryLogin = { username: 'platen', password: 'open sesame' };
export const tokenIssuer = 'platen-test';
export const tokenService = 'registry-test';

/** bcrypt of the password above, with the fewest rounds. */
export const registryPasswordLine = 'platen:$2b$04$PXp4LBU02uXsIHjdWkDpEeD0HlXUyTpsN0W6ocYN39nrgn10YSlYi';

/** Starts one and waits until it listens. */
export async function startDockerRegistry(options: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'platen-registry-'));
  const storage = join(folder, 'storage');
  mkdirSync(storage);
  writeFileSync(join(folder, 'htpasswd'), registryPasswordLine);
  const config = join(folder, 'config.yml');
  // The file may be JSON, as JSON is YAML.
  writeFileSync(config, JSON.stringify(configuration(folder, options)));
  const child = spawn('docker-registry', ['serve', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    const port = await listening(child);
    // A finished test need not wait for it; `stop` removes its files.
    child.unref();
    (child.stderr as Socket).unref();
    return {
      host: `127.0.0.1:${port}`,
      storage,
      stop: async () => {
        await ended(child);
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function configuration(
  folder: string,
  { htpasswd, tls, token, inMemory, url }: DockerRegistryOptions,
): unknown {
  return {
    version: '0.1',
    log: { level: 'info', formatter: 'json', accesslog: { disabled: true } },
    storage: {
      ...(inMemory === true ? { inmemory: {} } : { filesystem: { rootdirectory: join(folder, 'storage') } }),
      delete: { enabled: true },
    },
    http: {
      addr: '127.0.0.1:0',
      ...(url !== undefined && { host: url }),
      ...(tls !== undefined && { tls }),
    },
    ...(htpasswd === true && { auth: { htpasswd: { realm: 'test', path: join(folder, 'htpasswd') } } }),
    ...(token !== undefined && {
      auth: {
        token: {
          realm: token.realm,
          service: tokenService,
          issuer: tokenIssuer,
          rootcertbundle: token.certificate,
        },
      },
    }),
  };
}

/** Reads the log until the end: a full pipe would block the registry. */
function listening(child: ChildProcess): Promise<number> {
  const lines: string[] = [];
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`docker-registry ended:\n${lines.join('\n')}`)));
    createInterface({ input: child.stderr as Socket }).on('line', (line) => {
      if (lines.length < 100) lines.push(line);
      const port = /listening on 127\.0\.0\.1:([0-9]+)/.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    // Unreferenced so far; now wait until it ends.
    child.ref();
    child.once('exit', () => resolve());
    if (child.exitCode !== null || !child.kill('SIGKILL')) resolve();
  });
}
