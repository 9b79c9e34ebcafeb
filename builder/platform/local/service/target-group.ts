import { z } from 'zod';
import type { DockerResources } from '../../../engine/docker/resources/docker-resources.js';
import { BuilderError } from '../../../errors.js';

const targetSchema = z.object({
  name: z.string(),
  address: z.string(),
  state: z.enum(['initial', 'healthy', 'unhealthy', 'draining']),
  reason: z.string(),
  /** Requests that it is answering. */
  inFlight: z.number(),
  /** All that it was ever given. */
  requests: z.number(),
});

/** A task at the load balancer, in the words of `DescribeTargetHealth` (Elastic Load Balancing API). */
export type Target = z.output<typeof targetSchema>;

/** The tasks that the load balancer knows, through the program of its image. */
export class TargetGroup {
  readonly #docker: DockerResources;
  readonly #container: string;

  constructor(docker: DockerResources, container: string) {
    this.#docker = docker;
    this.#container = container;
  }

  /** @param address like 172.20.0.100:8080 */
  async register(name: string, address: string): Promise<void> {
    await this.#run('register', name, address);
  }

  /** No more requests; ends when the last is answered, or after so many seconds, which cut it off. One that is not there is no error. */
  async deregister(name: string, seconds: number): Promise<void> {
    const there = (await this.list()).some((target) => target.name === name);
    if (there) await this.#run('deregister', name, String(seconds));
  }

  async list(): Promise<Target[]> {
    return z.array(targetSchema).parse(JSON.parse(await this.#run('list')));
  }

  async #run(...words: readonly string[]): Promise<string> {
    const argv = ['loadbalancer-targets', ...words];
    const { exitCode, stdout, stderr } = await this.#docker.containers.run(this.#container, { argv });
    if (exitCode === 0) return stdout;
    throw new BuilderError(`The load balancer refuses: ${stderr.trim() || stdout.trim()}`, {
      code: 'failed',
    });
  }
}
