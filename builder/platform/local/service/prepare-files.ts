import { BuilderError } from '../../../errors.js';
import type { LocalContext } from '../local-context.js';
import type { WantedService } from '../wanted-platform.js';

const place = '/files';

/**
 * Gives volumes that stand for EFS the owner and mode that their access point gives a folder when it makes it. One that has
 * something in it was made before, and stays as it is.
 */
export async function prepareFiles(
  { docker, names }: LocalContext,
  { image, sharedFiles: { volumes, accessPoint } }: Pick<WantedService, 'image' | 'sharedFiles'>,
): Promise<void> {
  const name = names.of('files');
  const { owner, mode } = accessPoint;
  const script = `[ -n "$(ls -A ${place})" ] || { chown ${owner.uid}:${owner.gid} ${place} && chmod ${mode} ${place}; }`;
  for (const volume of volumes) {
    await docker.containers.remove(name);
    await docker.containers.create(name, {
      Image: image,
      User: '0:0',
      Entrypoint: ['/bin/sh', '-c', script],
      Cmd: [],
      Labels: names.labels('files'),
      HostConfig: { NetworkMode: 'none', ReadonlyRootfs: true, Binds: [`${volume}:${place}:nocopy`] },
    });
    try {
      await docker.containers.start(name);
      const exitCode = await docker.containers.wait(name);
      if (exitCode !== 0)
        throw new BuilderError(`The volume ${volume} can't be given to user ${owner.uid}`, {
          code: 'failed',
        });
    } finally {
      await docker.containers.remove(name);
    }
  }
}
