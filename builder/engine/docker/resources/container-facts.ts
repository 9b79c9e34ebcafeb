import type Docker from 'dockerode';
import type { Labels } from './asking.js';

/** How a container stands. */
export interface ContainerFacts {
  readonly id: string;
  readonly name: string;
  /** Id of its image. */
  readonly image: string;
  readonly labels: Labels;
  readonly state: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  /** Of the last end; 0 while it never ended. */
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  /** Why it did not start, in the engine's words; empty where it did. */
  readonly problem: string;
  /** ISO 8601; the year 1 where it never happened. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly created: string;
  /** As the engine's own checks found it; undefined where it makes none. */
  readonly health: 'starting' | 'healthy' | 'unhealthy' | undefined;
  /** What the last check printed. */
  readonly healthOutput: string;
  /** How often the engine started it again. */
  readonly restarts: number;
  /** Addresses by network's name. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Like `127.0.0.1:8443` by the container's port, `8443/tcp`. */
  readonly ports: Readonly<Record<string, string>>;
  /** Named and unnamed volumes by the path where they are mounted. */
  readonly volumes: Readonly<Record<string, string>>;
}

/** What of an inspected container is used. */
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
