import { connectDocker, type DockerOptions } from '../docker-client.js';
import { Containers } from './containers.js';
import { Engine } from './engine-facts.js';
import { Images } from './images.js';
import { Networks } from './networks.js';
import { Volumes } from './volumes.js';

/** The kinds of resources of an engine, over one connection. */
export interface DockerResources {
  readonly containers: Containers;
  readonly networks: Networks;
  readonly volumes: Volumes;
  readonly images: Images;
  readonly engine: Engine;
}

/** The resources of an engine (API 1.41 or later); connects on the first call. */
export async function dockerResources(options: DockerOptions): Promise<DockerResources> {
  const docker = await connectDocker(options);
  return {
    containers: new Containers(docker),
    networks: new Networks(docker),
    volumes: new Volumes(docker),
    images: new Images(docker),
    engine: new Engine(docker),
  };
}
