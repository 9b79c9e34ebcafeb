import type { ContainerNetwork } from './containers.js';
import { serviceTask } from './service-task.js';

/** Gives the files of a folder to user 999 with mode 0600, as a platform does for secrets: with a container of the image. */
export async function giveSecrets(network: ContainerNetwork, image: string, folder: string): Promise<void> {
  const container = await network.start({
    image,
    alias: 'giver',
    binds: [`${folder}:/secrets`],
    task: {
      ...serviceTask,
      User: '0:0',
      LinuxParameters: { ...serviceTask.LinuxParameters, Capabilities: { Drop: [], Add: [] } },
    },
    entrypoint: ['sh', '-c', 'chown 999:999 /secrets/* && chmod 600 /secrets/*'],
  });
  const { exitCode, log } = await container.ended();
  if (exitCode !== 0) throw new Error(log);
}
