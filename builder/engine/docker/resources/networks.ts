import type Docker from 'dockerode';
import { hasStatus } from '../docker-client.js';
import { type Labels, asking, askingFor, labelFilter } from './asking.js';

export interface DockerNetwork {
  readonly id: string;
  readonly name: string;
  readonly labels: Labels;
  /** Like 172.20.0.0/16. */
  readonly subnet: string;
  /** Ids of connected, running containers. */
  readonly containers: readonly string[];
}

/** The networks of an engine. */
export class Networks {
  readonly #docker: Docker;

  constructor(docker: Docker) {
    this.#docker = docker;
  }

  /**
   * Creates a network in which containers find each other by name.
   * @param options.subnet its addresses; default: a free range of the engine
   */
  async create(
    name: string,
    { labels, subnet }: { readonly labels: Labels; readonly subnet?: string | undefined },
  ): Promise<DockerNetwork> {
    await asking(`make the network ${name}`, () =>
      this.#docker.createNetwork({
        Name: name,
        CheckDuplicate: true,
        Labels: { ...labels },
        ...(subnet === undefined ? {} : { IPAM: { Driver: 'default', Config: [{ Subnet: subnet }] } }),
      }),
    );
    const made = await this.find(name);
    if (made === undefined) throw new Error(`the network ${name} went away`);
    return made;
  }

  /** By name or id; undefined if there is none. */
  async find(name: string): Promise<DockerNetwork | undefined> {
    const found = await askingFor(`look at the network ${name}`, () =>
      this.#docker.getNetwork(name).inspect(),
    );
    return found === undefined ? undefined : factsOf(found as Docker.NetworkInspectInfo);
  }

  async list(labels: Labels): Promise<DockerNetwork[]> {
    const filters = { label: labelFilter(labels) };
    const found = await asking('list the networks', () => this.#docker.listNetworks({ filters }));
    return found.map(factsOf);
  }

  /** Removes a network; does nothing if it is gone. @throws BuilderError if containers are connected */
  async remove(name: string): Promise<void> {
    await asking(`remove the network ${name}`, async () => {
      await this.#docker
        .getNetwork(name)
        .remove()
        .catch((error: unknown) => {
          if (!hasStatus(error, 404)) throw error;
        });
    });
  }
}

function factsOf({ Id, Name, Labels, IPAM, Containers }: Docker.NetworkInspectInfo): DockerNetwork {
  return {
    id: Id,
    name: Name,
    labels: Labels ?? {},
    subnet: IPAM?.Config?.[0]?.Subnet ?? '',
    containers: Object.keys(Containers ?? {}),
  };
}
