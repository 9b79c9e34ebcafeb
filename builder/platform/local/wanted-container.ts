import type { ContainerOptions, PlacedFile } from '../../engine/docker/resources/containers.js';
import { labels } from './platform-names.js';
import { fingerprint, type PlatformSecrets } from './state/platform-secrets.js';
import { type TranslatedContainer, type TranslatedTask, secretsFolder } from './task/translated-task.js';

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
export function wantedContainers({ containers }: TranslatedTask, place: TaskPlace): WantedContainer[] {
  const nameOf = (container: string): string =>
    containers.length === 1 ? place.name : `${place.name}-${container.replace('~', '')}`;
  return containers.map((translated) => {
    const holds = holdsNetwork(translated);
    return {
      name: nameOf(translated.name),
      options: {
        ...translated.options,
        ...(holds ? { NetworkingConfig: { EndpointsConfig: endpoint(place) } } : {}),
        Env: [...(translated.options.Env ?? []), ...secretVariables(translated, place.secrets)],
        Labels: { ...translated.options.Labels, ...place.labels, [labels.container]: translated.name },
        Volumes: {
          ...translated.options.Volumes,
          ...(place.files.length > 0 ? { [secretsFolder]: {} } : {}),
        },
        HostConfig: {
          ...renamed(translated.options.HostConfig, nameOf),
          ...(holds ? { NetworkMode: place.network } : {}),
          ...(holds && place.publish !== undefined ? { PortBindings: bindings(place.publish) } : {}),
        },
      },
      files: [...placedFiles(translated, place)],
      translated,
    };
  });
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

function endpoint({ network, address, aliases }: TaskPlace) {
  const own = address === undefined ? {} : { IPAMConfig: { IPv4Address: address } };
  return { [network]: { Aliases: [...aliases], ...own } };
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

/** Docker calls containers by their own names; a task's definition, by its. */
function renamed(
  host: ContainerOptions['HostConfig'] = {},
  nameOf: (container: string) => string,
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
  return { ...host, ...spaces, VolumesFrom: from };
}
