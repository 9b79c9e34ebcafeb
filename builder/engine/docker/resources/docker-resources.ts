import { connectDocker, type DockerOptions } from '../docker-client.js';
import { Containers } from './containers.js';
import { Images } from './images.js';
import { Networks } from './networks.js';
import { Volumes } from './volumes.js';

/** What an engine has, as four narrow resources over one connection. */
export interface DockerResources {
  readonly containers: Containers;
  readonly networks: Networks;
  readonly volumes: Volumes;
  readonly images: Images;
  /** The engine's own clock, which its times are of: milliseconds since 1970. */
  time(): Promise<number>;
}

/** The resources of an engine (API 1.41 or later); nothing is sent yet. */
export async function dockerResources(options: DockerOptions): Promise<DockerResources> {
  const docker = await connectDocker(options);
  return {
    containers: new Containers(docker),
    networks: new Networks(docker),
    volumes: new Volumes(docker),
    images: new Images(docker),
    time: async () => Date.parse(((await docker.info()) as { SystemTime: string }).SystemTime),
  };
}
