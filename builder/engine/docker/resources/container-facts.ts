import type Docker from 'dockerode';
import type { Labels } from './asking.js';

/** The state of a container. */
export interface ContainerFacts {
  readonly id: string;
  readonly name: string;
  /** Id of its image. */
  readonly image: string;
  readonly labels: Labels;
  readonly state: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  /** Of the last run; 0 if it never ended. */
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  /** The engine's reason why it did not start; empty if it did. */
  readonly problem: string;
  /** ISO 8601; the year 1 if it never started. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly created: string;
  /** Result of the engine's health checks; undefined without any. */
  readonly health: 'starting' | 'healthy' | 'unhealthy' | undefined;
  /** Output of the last health check. */
  readonly healthOutput: string;
  /** How often the engine restarted it. */
  readonly restarts: number;
  /** By name of the network. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Addresses such as `127.0.0.1:8443`, by the container's port, `8443/tcp`. */
  readonly ports: Readonly<Record<string, string>>;
  /** Named and unnamed volumes, by mount path. */
  readonly volumes: Readonly<Record<string, string>>;
}

/** Picks the facts from the engine's answer. */
export function containerFacts(found: Docker.ContainerInspectInfo): ContainerFacts {
  const { State, NetworkSettings } = found;
  const lastCheck = State.Health?.Log.at(-1);
  return {
    id: found.Id,
    name: found.Name.replace(/^\//, ''),
    image: found.Image,
    labels: found.Config.Labels ?? {},
    state: State.Status as ContainerFacts['state'],
    exitCode: State.ExitCode,
    outOfMemory: State.OOMKilled,
    problem: State.Error,
    startedAt: State.StartedAt,
    finishedAt: State.FinishedAt,
    created: found.Created,
    health: healthOf(State.Health?.Status),
    healthOutput: lastCheck?.Output.trim() ?? '',
    restarts: found.RestartCount,
    addresses: Object.fromEntries(
      Object.entries(NetworkSettings.Networks).map(([name, { IPAddress }]) => [name, IPAddress]),
    ),
    ports: publishedPorts(NetworkSettings.Ports),
    volumes: Object.fromEntries(
      found.Mounts.filter(({ Type }) => Type === 'volume').map(({ Destination, Name }) => [
        Destination,
        Name ?? '',
      ]),
    ),
  };
}

function healthOf(status: string | undefined): ContainerFacts['health'] {
  return status === 'starting' || status === 'healthy' || status === 'unhealthy' ? status : undefined;
}

function publishedPorts(ports: Docker.ContainerInspectInfo['NetworkSettings']['Ports']) {
  const found = Object.entries(ports ?? {}).flatMap(([port, places]) => {
    const [place] = places ?? [];
    return place === undefined ? [] : [[port, `${place.HostIp}:${place.HostPort}`] as const];
  });
  return Object.fromEntries(found);
}
