import type Docker from 'dockerode';
import { hasStatus } from '../docker-client.js';
import { type Labels, asking, askingFor, labelFilter } from './asking.js';

export interface DockerVolume {
  readonly name: string;
  readonly labels: Labels;
}

/** The named volumes of an engine. */
export class Volumes {
  readonly #docker: Docker;

  constructor(docker: Docker) {
    this.#docker = docker;
  }

  /**
   * Makes a volume; one of that name that is there stays as it is, labels included.
   * @param options.driverOptions the driver's; of "local": `type`, `device`, `o`, as mount(8) has them
   */
  async create(
    name: string,
    options: {
      readonly labels: Labels;
      readonly driver?: string | undefined;
      readonly driverOptions?: Labels | undefined;
    },
  ): Promise<void> {
    await asking(`make the volume ${name}`, () =>
      this.#docker.createVolume({
        Name: name,
        Labels: { ...options.labels },
        ...(options.driver === undefined ? {} : { Driver: options.driver }),
        DriverOpts: { ...options.driverOptions },
      }),
    );
  }

  async find(name: string): Promise<DockerVolume | undefined> {
    const found = await askingFor(`look at the volume ${name}`, () => this.#docker.getVolume(name).inspect());
    return found === undefined ? undefined : factsOf(found);
  }

  async list(labels: Labels): Promise<DockerVolume[]> {
    const filters = { label: labelFilter(labels) };
    const { Volumes: found } = await asking('list the volumes', () => this.#docker.listVolumes({ filters }));
    // The engine answers null for an empty list.
    return (found ?? []).map(factsOf);
  }

  /** Removes a volume with its data; does nothing if it is gone. @throws BuilderError if a container uses it */
  async remove(name: string): Promise<void> {
    await asking(`remove the volume ${name}`, async () => {
      await this.#docker
        .getVolume(name)
        .remove()
        .catch((error: unknown) => {
          if (!hasStatus(error, 404)) throw error;
        });
    });
  }
}

function factsOf({ Name, Labels }: { Name: string; Labels?: Labels | null }): DockerVolume {
  return { name: Name, labels: Labels ?? {} };
}
