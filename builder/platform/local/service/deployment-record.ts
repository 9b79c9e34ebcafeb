import type { DockerResources } from '../../../engine/docker/resources/docker-resources.js';
import type { PlatformNames } from '../platform-names.js';
import type { TranslatedTask } from '../task/translated-task.js';

/** How a deployment of the service ended: what `status` and `rollback` know of it. */
export interface DeploymentRecord {
  /** Counts up from 1. */
  readonly revision: number;
  readonly outcome: 'completed' | 'failed';
  readonly desired: number;
  /** The image's id. */
  readonly image: string;
  /** `definitionText` of the task, and what it is made from. */
  readonly definition: string;
  readonly task: TranslatedTask;
  /** ISO 8601. */
  readonly ended: string;
  /** Why it was not completed. */
  readonly reason?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly log?: readonly string[] | undefined;
}

const label = 'platen.deployment';
/** So many of each kind are kept. */
const kept = 5;

/** The records of an environment's deployments: labels of volumes without contents, since a label can't be changed later. */
export class DeploymentRecords {
  readonly #docker: DockerResources;
  readonly #names: PlatformNames;

  constructor(docker: DockerResources, names: PlatformNames) {
    this.#docker = docker;
    this.#names = names;
  }

  /** The newest first. */
  async list(): Promise<DeploymentRecord[]> {
    const volumes = await this.#docker.volumes.list({ ...this.#names.all, [label]: '' });
    return volumes
      .map(({ labels }) => JSON.parse(labels[label] ?? '{}') as DeploymentRecord)
      .sort((a, b) => b.ended.localeCompare(a.ended));
  }

  async add(record: DeploymentRecord): Promise<void> {
    const name = `deployment-${record.revision}-${Date.parse(record.ended)}`;
    await this.#docker.volumes.create(this.#names.of(name), {
      labels: { ...this.#names.labels('deployment'), [label]: JSON.stringify(record) },
    });
    const all = await this.#docker.volumes.list({ ...this.#names.all, [label]: '' });
    const parsed = all
      .map(({ name: volume, labels }) => ({
        volume,
        ...(JSON.parse(labels[label] ?? '{}') as DeploymentRecord),
      }))
      .sort((a, b) => b.ended.localeCompare(a.ended));
    for (const outcome of ['completed', 'failed'] as const)
      for (const { volume } of parsed.filter((one) => one.outcome === outcome).slice(kept))
        await this.#docker.volumes.remove(volume);
  }
}
