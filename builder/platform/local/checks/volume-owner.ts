import type { DockerResources } from '../../../engine/docker/resources/docker-resources.js';
import type { Entry } from '../../../tar/entry.js';
import { readTar } from '../../../tar/tar-reader.js';

const place = '/volume';
/** The folder, and the first thing in it. */
const enough = 2;

/** What a look at a volume takes: a container of this name, image and labels, which is never started. */
export interface VolumeLook {
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Whose the folder of a volume is, by number; undefined of an empty one, which Docker gives to whoever mounts it first. */
export async function volumeOwner(
  { containers }: Pick<DockerResources, 'containers'>,
  volume: string,
  { name, image, labels }: VolumeLook,
): Promise<number | undefined> {
  await containers.create(name, {
    Image: image,
    Entrypoint: ['true'],
    Cmd: [],
    Labels: labels,
    HostConfig: { NetworkMode: 'none', ReadonlyRootfs: true, Binds: [`${volume}:${place}:nocopy`] },
  });
  try {
    const seen = await firstEntries(containers, name);
    return seen.length < enough ? undefined : seen[0]?.uid;
  } finally {
    await containers.remove(name);
  }
}

async function firstEntries(containers: DockerResources['containers'], name: string): Promise<Entry[]> {
  const seen: Entry[] = [];
  const isEnough = new Error('enough');
  const stream = await containers.archive(name, place);
  try {
    await readTar(stream, {
      raw: async () => {
        if (seen.length >= enough) throw isEnough;
      },
      entry: (entry) => void seen.push(entry),
      data: () => undefined,
    });
  } catch (error) {
    if (error !== isEnough) throw error;
  } finally {
    stream.destroy();
  }
  return seen;
}
