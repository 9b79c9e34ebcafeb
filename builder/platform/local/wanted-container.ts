import type { ContainerOptions, PlacedFile } from '../../engine/docker/resources/containers.js';
import { labels } from './platform-names.js';
import { fingerprint, type PlatformSecrets } from './state/platform-secrets.js';
import {
  type TranslatedContainer,
  type TranslatedTask,
  ofTask,
  secretsFolder,
} from './task/translated-task.js';

/** A container as it is to be: name, settings, and the files that it finds when it starts. */
export interface WantedContainer {
  readonly name: string;
  readonly options: ContainerOptions;
  /** In `secretsFolder`. */
  readonly files: readonly PlacedFile[];
  readonly translated: TranslatedContainer;
}

/** A file beside the secrets: what it is called, and what is in it. */
export interface ExtraFile {
  readonly name: string;
  readonly text: string;
}

/** Where the values of secrets come from. */
export type SecretSource = Pick<PlatformSecrets, 'valueFrom' | 'fingerprint'>;

/** Where a task runs: what its containers have that its definition does not say. */
export interface TaskPlace {
  /** Of the task in Docker; that of its container where there is but one. */
  readonly name: string;
  readonly network: string;
  readonly address?: string | undefined;
  /** By which others find it. */
  readonly aliases: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Ports of this machine by the container's, `8443/tcp`: `{ HostIp, HostPort }`. */
  readonly publish?:
    Readonly<Record<string, { readonly HostIp: string; readonly HostPort: string }>> | undefined;
  readonly files: readonly ExtraFile[];
  readonly secrets: SecretSource;
}

/** The containers of a task in this place, in the order of their start. The secrets must be there. */
export function wantedContainers(
  { containers }: Pick<TranslatedTask, 'containers'>,
  place: TaskPlace,
): WantedContainer[] {
  const nameOf = (container: string): string =>
    containers.length === 1 ? place.name : nameInTask(place.name, container);
  const holders = containers.filter(holdsNetwork);
  // Where each has a network of its own, the address is that of the first that others ask.
  const asked =
    holders.find(({ options }) => Object.keys(options.ExposedPorts ?? {}).length > 0) ?? holders[0];
  const endpointOf = (container: TranslatedContainer) => {
    const links = (container.options.HostConfig?.Links as string[] | undefined)?.map((link) =>
      linked(link, nameOf),
    );
    return endpoint(place, { links, isAsked: container === asked });
  };
  return containers.map((translated) => {
    const holds = holdsNetwork(translated);
    return {
      name: nameOf(translated.name),
      options: {
        ...translated.options,
        ...(holds ? { NetworkingConfig: { EndpointsConfig: endpointOf(translated) } } : {}),
        Env: [...(translated.options.Env ?? []), ...secretVariables(translated, place.secrets)],
        Labels: { ...translated.options.Labels, ...place.labels, [labels.container]: translated.name },
        Volumes: {
          ...translated.options.Volumes,
          ...(place.files.length > 0 ? { [secretsFolder]: {} } : {}),
        },
        HostConfig: {
          ...renamed(translated.options.HostConfig, { nameOf, task: place.name }),
          ...(holds ? { NetworkMode: place.network } : {}),
          ...(holds && place.publish !== undefined ? { PortBindings: bindings(place.publish) } : {}),
        },
      },
      files: [...placedFiles(translated, place)],
      translated,
    };
  });
}

/** The name in Docker of a task's container or volume; the dot keeps what platen adds apart, as no name in a definition has one. */
function nameInTask(task: string, name: string): string {
  return name.startsWith(ofTask) ? `${task}.${name.slice(ofTask.length)}` : `${task}-${name}`;
}

/** The volumes of a task in this place that live as long as it does, by their names in Docker. */
export function taskVolumeNames(
  { volumes }: Pick<TranslatedTask, 'volumes'>,
  { name }: Pick<TaskPlace, 'name'>,
) {
  return Object.entries(volumes).map(
    ([volume, settings]) => [nameInTask(name, ofTask + volume), settings] as const,
  );
}

/** What of a task makes a difference: settings, secrets by fingerprints, files. Equal texts are equal tasks. */
export function definitionText(
  { containers, volumes }: TranslatedTask,
  { files, publish, secrets }: Pick<TaskPlace, 'files' | 'publish' | 'secrets'>,
): string {
  return JSON.stringify({
    containers: containers.map(({ options, ...container }) => ({
      ...container,
      options,
      secrets: Object.fromEntries(
        [...container.secretFiles, ...container.secretVariables].map(({ name, from }) => [
          name,
          secrets.fingerprint(from),
        ]),
      ),
    })),
    volumes,
    files: Object.fromEntries(files.map(({ name, text }) => [name, fingerprint(text)])),
    publish,
  });
}

function holdsNetwork({ options }: TranslatedContainer): boolean {
  return options.HostConfig?.NetworkMode === undefined;
}

function endpoint(
  { network, address, aliases }: TaskPlace,
  { links, isAsked }: { readonly links: readonly string[] | undefined; readonly isAsked: boolean },
) {
  const own = address === undefined || !isAsked ? {} : { IPAMConfig: { IPv4Address: address } };
  return {
    [network]: {
      Aliases: isAsked ? [...aliases] : [],
      ...own,
      ...(links === undefined ? {} : { Links: [...links] }),
    },
  };
}

/** `NAME` or `NAME:ALIAS`, as ECS has it, by Docker's name. */
function linked(link: string, nameOf: (container: string) => string): string {
  const [name = '', alias = name] = link.split(':');
  return `${nameOf(name)}:${alias}`;
}

function bindings(publish: NonNullable<TaskPlace['publish']>) {
  return Object.fromEntries(Object.entries(publish).map(([port, place]) => [port, [place]]));
}

function secretVariables({ secretVariables: wanted }: TranslatedContainer, secrets: SecretSource): string[] {
  return wanted.map(({ name, from }) => `${name}=${secrets.valueFrom(from) ?? ''}`);
}

function placedFiles(
  { secretFiles, secretsOwner }: TranslatedContainer,
  { files, secrets }: TaskPlace,
): PlacedFile[] {
  const file = (name: string, text: string): PlacedFile => ({
    name,
    bytes: Buffer.from(text),
    mode: 0o600,
    ...secretsOwner,
  });
  return [
    ...secretFiles.map(({ name, from }) => file(name, secrets.valueFrom(from) ?? '')),
    ...files.map(({ name, text }) => file(name, text)),
  ];
}

/** Docker calls containers and volumes by their own names; a task's definition, by its. */
function renamed(
  host: ContainerOptions['HostConfig'] = {},
  { nameOf, task }: { readonly nameOf: (container: string) => string; readonly task: string },
): NonNullable<ContainerOptions['HostConfig']> {
  const spaces = Object.fromEntries(
    (['NetworkMode', 'PidMode', 'IpcMode'] as const)
      .filter((key) => host[key]?.startsWith('container:') === true)
      .map((key) => [key, `container:${nameOf((host[key] ?? '').slice('container:'.length))}`]),
  );
  const from = (host.VolumesFrom ?? []).map((text: string) => {
    const [name = '', mode] = text.split(':');
    return mode === undefined ? nameOf(name) : `${nameOf(name)}:${mode}`;
  });
  const binds = (host.Binds ?? []).map((bind: string) =>
    bind.startsWith(ofTask) ? nameInTask(task, bind) : bind,
  );
  // Links are an endpoint's: on a network of one's own the engine takes them nowhere else.
  const { Links: _links, ...rest } = host;
  return { ...rest, ...spaces, VolumesFrom: from, Binds: binds };
}
