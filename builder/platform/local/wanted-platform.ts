import type { EngineImage } from '../../engine/docker/resources/images.js';
import type { LocalContext } from './local-context.js';
import { type PlatformImages, requireImage } from './platform-images.js';
import type { Part } from './parts/part.js';
import { partTable } from './parts/part-table.js';
import type { AccessPoint } from './service/access-point.js';
import { accessPointNotes, serviceNotes } from './service/service-notes.js';
import { serviceDefinition } from './service/service-definition.js';
import type { ServiceSettings } from './service/service-settings.js';
import type { FieldNote } from './task/field-notes.js';
import type { TaskDefinition } from './task/task-definition.js';
import { translateTask } from './task/translate-task.js';
import type { TaskSurroundings, TranslatedTask } from './task/translated-task.js';
import { machineArchitecture, openFilesLimit } from './machine.js';
import { type ExtraFile, definitionText } from './wanted-container.js';

/** A part with what Docker is to make of it. */
export interface WantedPart {
  readonly part: Part;
  readonly task: TranslatedTask;
  /** Equal texts are equal parts. */
  readonly definition: string;
}

/** Volumes that stand for EFS, and whose they are. */
export interface SharedFiles {
  readonly volumes: readonly string[];
  readonly accessPoint: AccessPoint;
}

export interface WantedService {
  readonly image: string;
  readonly task: TranslatedTask;
  readonly definition: string;
  readonly databaseUser: TranslatedTask;
  readonly settings: ServiceSettings;
  readonly sharedFiles: SharedFiles;
  /** Files that tasks find beside their secrets. */
  readonly files: readonly ExtraFile[];
}

/** All that an environment should have. */
export interface WantedPlatform {
  readonly parts: readonly WantedPart[];
  readonly service: WantedService;
  /** Volumes that outlive containers, by their names in Docker. */
  readonly volumes: TranslatedTask['sharedVolumes'];
  readonly notes: readonly string[];
}

/** The network, as far as definitions depend on it; of one that is not made yet, nothing is known. */
export interface NetworkFacts {
  readonly id: string;
  readonly subnet: string;
}

/** What the environment's file, the stacks and the images amount to. Secrets and certificates that are not made yet are empty. @throws BuilderError, SpecError */
export async function wantedPlatform(
  context: LocalContext,
  images: PlatformImages,
  network: NetworkFacts,
): Promise<WantedPlatform> {
  const { service, notes } = wantedService(context, requireImage(images, 'wordpress'), network);
  const { healthCheck } = service.settings;
  const authority = context.authority.certificate() ?? '';
  const parts = await Promise.all(
    partTable
      .filter(({ name }) => name !== 'cache' || context.spec.cache.enabled)
      .map(async (maker) => {
        const image = requireImage(images, maker.name);
        const certificate = (await context.authority.find(maker.name)) ?? { certificate: '', key: '' };
        const { spec, names } = context;
        const part = maker.make({ spec, names, image, authority, certificate, healthCheck });
        return wantedPart(context, { part, image, network });
      }),
  );
  return {
    parts,
    service,
    volumes: Object.assign({}, ...[...parts, service].map(({ task }) => task.sharedVolumes)),
    notes,
  };
}

function wantedPart(
  context: LocalContext,
  { part, image, network }: { part: Part; image: EngineImage; network: NetworkFacts },
): WantedPart {
  const task = translate(context, { task: part.task, notes: [] }, { [image.id]: image });
  const place = { files: part.files, publish: part.publish, secrets: context.secrets };
  return { part, task, definition: onNetwork(definitionText(task, place), network) };
}

function wantedService(
  context: LocalContext,
  image: EngineImage,
  network: NetworkFacts,
): { service: WantedService; notes: string[] } {
  const { projectFolder, spec, names } = context;
  const definition = serviceDefinition({
    projectFolder,
    spec,
    environment: names.environment,
    image: image.id,
    subnet: network.subnet,
  });
  const images = { [`local@${image.id}`]: image };
  const task = translate(context, definition.web, images);
  const files = [{ name: 'authority.crt', text: context.authority.certificate() ?? '' }];
  const place = { files, publish: undefined, secrets: context.secrets };
  return {
    service: {
      image: image.id,
      task,
      definition: onNetwork(definitionText(task, place), network),
      databaseUser: translate(context, definition.databaseUser, images),
      settings: definition.settings,
      sharedFiles: {
        volumes: (definition.web.task.Volumes ?? [])
          .filter(({ EFSVolumeConfiguration: efs }) => efs !== undefined)
          .map(({ Name }) => names.of(Name)),
        accessPoint: definition.accessPoint,
      },
      files,
    },
    notes: [
      ...task.notes,
      ...accessPointNotes(definition.web.task, images, definition.accessPoint),
      ...serviceNotes(task),
      ...definition.notes,
    ],
  };
}

function translate(
  { names }: LocalContext,
  parsed: { task: TaskDefinition; notes: readonly FieldNote[] },
  images: Readonly<Record<string, EngineImage>>,
): TranslatedTask {
  const surroundings: TaskSurroundings = {
    images,
    sharedVolume: ({ Name }) => names.of(Name),
    hasAccessPoints: true,
    architecture: machineArchitecture(),
    openFiles: openFilesLimit(),
  };
  return translateTask(parsed, surroundings);
}

/** A container of a network that was removed can't be started again. */
function onNetwork(text: string, { id }: NetworkFacts): string {
  return JSON.stringify({ ...(JSON.parse(text) as object), network: id });
}
