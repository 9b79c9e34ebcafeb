import { randomBytes } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connectDocker } from '../engine/docker/docker-client.js';
import type { PlatenEvent } from '../reporter.js';
import { type OpenedPlatform, openPlatform } from '../run/open-platform.js';
import { buildForTest, removeTags } from './build-for-test.js';

const images = {
  wordpress: 'wordpress',
  database: 'mariadb',
  cache: 'valkey',
  loadbalancer: 'loadbalancer',
  registry: 'registry',
  mail: 'mailsink',
} as const;

/** A project and environment for tests, with this repository's stacks and images. */
export interface LocalTestPlatform {
  readonly name: string;
  /** Folder of the project, and of the environment's secrets. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: Readonly<Record<'https' | 'http' | 'registry' | 'mail', number>>;
  /** Names of the images, by role. */
  readonly images: Readonly<Record<keyof typeof images, string>>;
  /** Events since the last call. */
  events(): PlatenEvent[];
  open(signal?: AbortSignal): Promise<OpenedPlatform>;
  /** Writes the environment's file. @param local additions to its `local:` section */
  configure(local?: Readonly<Record<string, unknown>>): void;
  /** Removes everything, data and images included. */
  remove(): Promise<void>;
}

/** Makes the project in an empty folder and builds the images, without starting anything. */
export async function localTestPlatform(folder: string): Promise<LocalTestPlatform> {
  const name = `t${process.pid}-${randomBytes(2).toString('hex')}`;
  const built: Record<string, string> = {};
  for (const [role, image] of Object.entries(images))
    built[role] = (await buildForTest(image, { tag: `${image}-${name}` })).reference;
  const [https = 0, http = 0, registry = 0, mail = 0] = await freePorts(4);
  const ports = { https, http, registry, mail };
  mkdirSync(join(folder, 'infra-cfn/environments'), { recursive: true });
  for (const one of ['images', 'playbooks', 'infra-cfn/stacks'])
    symlinkSync(join(process.cwd(), one), join(folder, one));
  const environment = { XDG_DATA_HOME: join(folder, 'data') };
  const configure = (local: Readonly<Record<string, unknown>> = {}): void => {
    const ownPorts = { httpsPort: https, httpPort: http, registryPort: registry, mailPort: mail };
    const settings = { local: { ...ownPorts, images: built, ...local } };
    writeFileSync(join(folder, `infra-cfn/environments/${name}.yaml`), JSON.stringify(settings));
  };
  configure();
  const reported: PlatenEvent[] = [];
  const open = (signal = new AbortController().signal): Promise<OpenedPlatform> =>
    openPlatform(name, {
      reporter: { report: (event) => reported.push(event) },
      signal,
      environment: { ...process.env, ...environment },
      projectFolder: folder,
    });
  // Opened now, because the folder may be gone when everything is removed.
  const { driver } = await open();
  return {
    name,
    folder,
    environment,
    ports,
    images: built as Record<keyof typeof images, string>,
    open,
    configure,
    events: () => reported.splice(0),
    async remove() {
      await driver.destroy({ withData: true });
      await removeTags(...Object.values(built));
    },
  };
}

/** Names of an environment's containers, networks and volumes in Docker. */
export async function leftovers(environment: string): Promise<string[]> {
  const docker = await connectDocker({ host: process.env.DOCKER_HOST });
  const filters = { label: [`platen.environment=${environment}`] };
  const [containers, networks, { Volumes: volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ]);
  return [
    ...containers.flatMap(({ Names }) => Names),
    ...networks.map(({ Name }) => Name),
    ...(volumes ?? []).map(({ Name }) => Name),
  ];
}

/** Free ports of 127.0.0.1. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
