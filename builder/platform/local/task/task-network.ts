import type { ContainerOptions } from '../../../engine/docker/resources/containers.js';
import type { ContainerDefinition, TaskDefinition } from './task-definition.js';
import { type TaskSurroundings, ofTask } from './translated-task.js';

/** The container that holds a task's network namespace, where more than one container shares it. */
export const networkHolder = `${ofTask}network`;

/** Whether the containers of a task share one network namespace; else each has its own, or the machine's. */
export function sharesNetwork({ NetworkMode, ContainerDefinitions }: TaskDefinition): boolean {
  return NetworkMode === 'awsvpc' && ContainerDefinitions.length > 1;
}

/** Whether a container is needed that does nothing but to hold what the others share. */
export function needsHolder(task: TaskDefinition): boolean {
  const sharesMore = task.PidMode === 'task' || task.IpcMode === 'task';
  return sharesNetwork(task) || (sharesMore && task.ContainerDefinitions.length > 1);
}

/** What of a container's settings is its network namespace's: they are the holder's where the network is shared. */
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
      Sysctls: systemControls(containers, 'network'),
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

/** Settings of the kernel that are a namespace's own: those of the network begin with `net.`, others are those of the memory to share. */
export function systemControls(
  containers: readonly ContainerDefinition[],
  of: 'network' | 'ipc',
): Record<string, string> {
  const all = containers.flatMap(({ SystemControls = [] }) => SystemControls);
  const own = all.filter(({ Namespace }) => Namespace.startsWith('net.') === (of === 'network'));
  return Object.fromEntries(own.map(({ Namespace, Value }) => [Namespace, Value]));
}

/** Where a container's network, processes and memory to share are. */
export function namespaces(
  container: ContainerDefinition,
  task: TaskDefinition,
): NonNullable<ContainerOptions['HostConfig']> {
  const { NetworkMode, PidMode, IpcMode } = task;
  const holder = needsHolder(task) ? `container:${networkHolder}` : undefined;
  const lone = container.DisableNetworking === true || NetworkMode === 'none';
  const shared = sharesNetwork(task) ? holder : undefined;
  const network = lone ? 'none' : NetworkMode === 'host' ? 'host' : shared;
  const pid = PidMode === 'host' ? 'host' : PidMode === 'task' ? holder : undefined;
  const ipc = IpcMode === 'task' ? holder : IpcMode;
  return {
    ...(network === undefined ? {} : { NetworkMode: network }),
    ...(pid === undefined ? {} : { PidMode: pid }),
    ...(ipc === undefined ? {} : { IpcMode: ipc }),
  };
}
