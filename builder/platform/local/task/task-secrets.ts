import type { EngineImage } from '../../../engine/docker/resources/images.js';
import type { ContainerDefinition } from './task-definition.js';
import { type TaskSecret, type TranslatedContainer, secretsFolder } from './translated-task.js';

/** The label of images that read each setting `NAME` also from the file that `NAME_FILE` names: its value is `files`. */
export const secretsLabel = 'platen.secrets';

type Secrets = Pick<TranslatedContainer, 'secretFiles' | 'secretVariables'> & {
  readonly environment: readonly string[];
};

/** How a container gets its secrets: as files where its image takes them so. */
export function taskSecrets({ Secrets = [] }: ContainerDefinition, image: EngineImage | undefined): Secrets {
  const all: TaskSecret[] = Secrets.map(({ Name, ValueFrom }) => ({ name: Name, from: ValueFrom }));
  if (image?.labels[secretsLabel] !== 'files')
    return { secretFiles: [], secretVariables: all, environment: [] };
  const environment = all.map(({ name }) => `${name}_FILE=${secretsFolder}/${name}`);
  return { secretFiles: all, secretVariables: [], environment };
}

/** Whose the files are: the numbers that the container is started as; root where it is started by a name. */
export function secretsOwner(user: string): { uid: number; gid: number } {
  const [uid = '', gid = uid] = user.split(':');
  const number = (text: string): number => (/^\d+$/.test(text) ? Number(text) : 0);
  return { uid: number(uid), gid: number(gid) };
}
