import type { ContainerOptions } from '../../../engine/docker/resources/containers.js';
import type { ContainerDefinition, TaskDefinition } from './task-definition.js';
import type { TaskSurroundings } from './translated-task.js';

/** The container that holds a task's network namespace, where more than one container shares it. */
export const networkHolder = '~network';

/** What of a container's settings is its network namespace's: they are the holder's where there is one. */
export function networkSettings(
  containers: readonly ContainerDefinition[],
  { publishAt }: TaskSurroundings,
): ContainerOptions & { readonly HostConfig: NonNullable<ContainerOptions['HostConfig']> } {
  const all = <T>(of: (container: ContainerDefinition) => readonly T[] | undefined): T[] =>
    containers.flatMap((container) => of(container) ?? []);
  const ports = all(({ PortMappings }) => PortMappings).flatMap(
    ({ ContainerPort, ContainerPortRange, Protocol = 'tcp', HostPort }) =>
      portsOf(ContainerPort, ContainerPortRange).map((port) => ({ name: `${port}/${Protocol}`, HostPort })),
  );
  const hostname = containers.find(({ Hostname }) => Hostname !== undefined)?.Hostname;
  return {
    ...(hostname === undefined ? {} : { Hostname: hostname }),
    ExposedPorts: Object.fromEntries(ports.map(({ name }) => [name, {}])),
    HostConfig: {
      Dns: all(({ DnsServers }) => DnsServers),
      DnsSearch: all(({ DnsSearchDomains }) => DnsSearchDomains),
      ExtraHosts: all(({ ExtraHosts }) => ExtraHosts).map(
        ({ Hostname, IpAddress }) => `${Hostname}:${IpAddress}`,
      ),
      Sysctls: Object.fromEntries(
        all(({ SystemControls }) => SystemControls).map(({ Namespace, Value }) => [Namespace, Value]),
      ),
      ...(publishAt === undefined
        ? {}
        : {
            PortBindings: Object.fromEntries(
              ports.map(({ name, HostPort = 0 }) => [
                name,
                [{ HostIp: publishAt, HostPort: String(HostPort) }],
              ]),
            ),
          }),
    },
  };
}

function portsOf(port: number | undefined, range: string | undefined): number[] {
  if (port !== undefined) return [port];
  const [first = 0, last = first] = (range ?? '').split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Where a container's network, processes and memory to share are. */
export function namespaces(
  container: ContainerDefinition,
  { NetworkMode, PidMode, IpcMode }: TaskDefinition,
  holder: string | undefined,
): NonNullable<ContainerOptions['HostConfig']> {
  const lone = container.DisableNetworking === true || NetworkMode === 'none';
  const shared = holder === undefined ? undefined : `container:${holder}`;
  const network = lone ? 'none' : NetworkMode === 'host' ? 'host' : shared;
  const pid = PidMode === 'host' ? 'host' : PidMode === 'task' ? shared : undefined;
  const ipc = IpcMode === 'task' ? shared : IpcMode;
  return {
    ...(network === undefined ? {} : { NetworkMode: network }),
    ...(pid === undefined ? {} : { PidMode: pid }),
    ...(ipc === undefined ? {} : { IpcMode: ipc }),
  };
}
