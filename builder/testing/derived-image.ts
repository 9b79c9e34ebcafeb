import { connectDocker } from '../engine/docker/docker-client.js';

/** An image made of another by changes of its configuration, as a Dockerfile says them; gives its name. */
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
