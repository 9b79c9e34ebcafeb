import { connectDocker } from '../engine/docker/docker-client.js';

/** Derives an image from another by changes in a Dockerfile's notation; returns its name. */
export async function derivedImage(from: string, name: string, changes: readonly string[]): Promise<string> {
  const docker = await connectDocker({ host: process.env.DOCKER_HOST });
  const container = await docker.createContainer({
    Image: from,
    HostConfig: { NetworkMode: 'none' },
  });
  const [repo, tag] = name.split(':');
  try {
    await container.commit({ repo, tag, changes: changes.join('\n') });
  } finally {
    await container.remove();
  }
  return name;
}
