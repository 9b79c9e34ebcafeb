import { setImmediate } from 'node:timers/promises';
import type { ContainerFacts } from '../engine/docker/resources/container-facts.js';
import type { ContainerCommand, ContainerOptions } from '../engine/docker/resources/containers.js';
import type { DockerResources } from '../engine/docker/resources/docker-resources.js';
import type { Clock } from '../system/clock.js';

type Labels = Readonly<Record<string, string>>;
type Target = { name: string; address: string; state: string; reason: string };

/** How a container is that runs: as the engine's checks have it, and what the definition's own check ends with. */
export interface FakeHealth {
  readonly health?: ContainerFacts['health'];
  readonly exitCode?: number;
  /** It has ended. */
  readonly ended?: number;
}

/** An engine in memory, with a load balancer in it: as far as tasks of a service need them. Everything is healthy where nothing else is said. */
export class FakeDocker {
  readonly containers = new Map<string, { options: ContainerOptions; facts: ContainerFacts }>();
  readonly volumes = new Map<string, Labels>();
  readonly targets = new Map<string, Target>();
  /** What was done, in its order: `start NAME`, `stop NAME 60`, `deregister ID 5`. */
  readonly done: string[] = [];
  /** By the name of a container. */
  healthOf: (name: string) => FakeHealth = () => ({});
  /** By the name of a task. */
  stateOf: (task: string) => Pick<Target, 'state' | 'reason'> = () => ({ state: 'healthy', reason: '' });

  get resources(): DockerResources {
    const containers = {
      create: async (name: string, options: ContainerOptions) => {
        this.containers.set(name, { options, facts: factsOf(name, options) });
        return name;
      },
      start: async (name: string) => {
        this.done.push(`start ${name}`);
        this.#become(name, { state: 'running' });
      },
      stop: async (name: string, seconds: number) => {
        this.done.push(`stop ${name} ${seconds}`);
        this.#become(name, { state: 'exited' });
      },
      remove: async (name: string) => void this.containers.delete(name),
      find: async (name: string) => this.#facts(name),
      list: async (wanted: Labels) =>
        [...this.containers.keys()]
          .map((name) => this.#facts(name))
          .filter((facts) => facts !== undefined && has(facts.labels, wanted)),
      putFiles: async () => undefined,
      keepRunning: async () => undefined,
      usage: async () => ({ processors: 0.5, memory: 1000 }),
      async *logs() {
        yield { text: 'its last line' };
      },
      run: async (name: string, { argv }: ContainerCommand) => this.#run(name, argv),
      runInForeground: async (name: string, { argv }: ContainerCommand) => {
        this.done.push(`exec ${name} ${argv.join(' ')}`);
        return 0;
      },
    };
    const volumes = {
      create: async (name: string, { labels }: { readonly labels: Labels }) =>
        void this.volumes.set(name, labels),
      remove: async (name: string) => void this.volumes.delete(name),
      find: async (name: string) => {
        const labels = this.volumes.get(name);
        return labels === undefined ? undefined : { name, labels };
      },
      list: async (wanted: Labels) =>
        [...this.volumes]
          .map(([name, labels]) => ({ name, labels }))
          .filter(({ labels }) => has(labels, wanted)),
    };
    const networks = {
      find: async (name: string) => ({ id: 'n', name, labels: {}, subnet: '10.213.0.0/24', containers: [] }),
    };
    return { containers, volumes, networks } as unknown as DockerResources;
  }

  #facts(name: string): ContainerFacts | undefined {
    const found = this.containers.get(name);
    if (found === undefined || found.facts.state !== 'running') return found?.facts;
    const { health, ended } = this.healthOf(name);
    return ended === undefined
      ? { ...found.facts, health }
      : { ...found.facts, state: 'exited', exitCode: ended };
  }

  #become(name: string, more: Partial<ContainerFacts>): void {
    const found = this.containers.get(name);
    if (found !== undefined) this.containers.set(name, { ...found, facts: { ...found.facts, ...more } });
  }

  #run(name: string, [program, verb, target = '', word = '']: readonly string[]) {
    if (program !== 'loadbalancer-targets') return answer('', this.healthOf(name).exitCode ?? 0);
    if (verb === 'register')
      this.targets.set(target, { name: target, address: word, ...this.stateOf(target) });
    if (verb === 'deregister') {
      this.done.push(`deregister ${target} ${word}`);
      this.targets.delete(target);
    }
    const all = [...this.targets.values()].map((one) => ({
      ...one,
      ...this.stateOf(one.name),
      inFlight: 0,
      requests: 0,
    }));
    return answer(JSON.stringify(all), 0);
  }
}

/** A clock that a sleep moves at once. */
export class FakeClock implements Clock {
  #now = 0;

  now(): number {
    return this.#now;
  }

  async sleep(ms: number): Promise<void> {
    this.#now += ms;
    await setImmediate();
  }
}

function answer(stdout: string, exitCode: number) {
  return { stdout, stderr: '', exitCode };
}

function has(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) =>
    value === '' ? name in labels : labels[name] === value,
  );
}

function factsOf(
  name: string,
  { Image = '', Labels = {}, NetworkingConfig }: ContainerOptions,
): ContainerFacts {
  const endpoints = Object.entries(NetworkingConfig?.EndpointsConfig ?? {});
  const addresses = endpoints.map(
    ([network, endpoint]) => [network, endpoint?.IPAMConfig?.IPv4Address ?? '10.213.0.99'] as const,
  );
  return {
    id: name,
    name,
    image: Image,
    labels: Labels,
    state: 'created',
    exitCode: 0,
    outOfMemory: false,
    problem: '',
    startedAt: new Date(0).toISOString(),
    finishedAt: new Date(0).toISOString(),
    created: new Date(0).toISOString(),
    health: undefined,
    healthOutput: 'its check failed',
    restarts: 0,
    addresses: Object.fromEntries(addresses),
    ports: {},
    volumes: {},
  };
}
