/** A service as ECS describes it (DescribeServices). */
export interface EcsService {
  readonly name: string;
  readonly arn: string;
  readonly desired: number;
  readonly running: number;
  readonly pending: number;
  /** The definition that is wanted now: that of the primary deployment. */
  readonly definition: string;
  readonly deployments: readonly EcsDeployment[];
  readonly targetGroups: readonly string[];
  /** What ECS says of it, the newest first. */
  readonly events: readonly string[];
}

/** One of the deployments of a service; the first is the primary one. */
export interface EcsDeployment {
  readonly id: string;
  readonly status: string;
  readonly definition: string;
  readonly desired: number;
  readonly running: number;
  readonly failed: number;
  readonly rollout: 'COMPLETED' | 'IN_PROGRESS' | 'FAILED' | undefined;
  readonly reason?: string | undefined;
  readonly createdAt?: Date | undefined;
}

/** How a service gets from one revision to another (DescribeServiceDeployments); there is one for each change of it. */
export interface EcsServiceDeployment {
  readonly arn: string;
  /** `PENDING`, `IN_PROGRESS`, `SUCCESSFUL`, `STOPPED`, `ROLLBACK_IN_PROGRESS`, `ROLLBACK_SUCCESSFUL`, `ROLLBACK_FAILED` … */
  readonly status: string;
  readonly reason?: string | undefined;
  /** `SCALE_UP`, `PRODUCTION_TRAFFIC_SHIFT`, `BAKE_TIME` …; rolling deployments have none. */
  readonly stage?: string | undefined;
  /** Per cent of visitors, and of test traffic, that the new revision is to get. */
  readonly traffic: number;
  readonly testTraffic: number;
  /** Why it goes back, or went. */
  readonly rollbackReason?: string | undefined;
  /** Of those that watch it, the alarms that went off. */
  readonly triggeredAlarms: readonly string[];
}

/** A task as ECS describes it (DescribeTasks). */
export interface EcsTask {
  readonly arn: string;
  /** The end of its ARN. */
  readonly id: string;
  readonly definition: string;
  /** The service's deployment that started it, or who did. */
  readonly startedBy: string;
  readonly status: string;
  readonly health: string;
  readonly startedAt?: Date | undefined;
  readonly stoppedAt?: Date | undefined;
  readonly stoppedReason?: string | undefined;
  readonly containers: readonly EcsContainer[];
}

export interface EcsContainer {
  readonly name: string;
  readonly image: string;
  readonly digest?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly reason?: string | undefined;
  /** Of the container, for a session into it. */
  readonly runtimeId?: string | undefined;
}

/** A task definition, as far as it tells what runs and where it logs. */
export interface EcsTaskDefinition {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  readonly container: string;
  readonly image: string;
  readonly log?: { readonly group: string; readonly prefix: string } | undefined;
}

/** A one-off task. */
export interface TaskRequest {
  readonly cluster: string;
  readonly definition: string;
  readonly capacityProvider: string;
  readonly subnets: readonly string[];
  readonly securityGroup: string;
  /** At most 36 characters; says who started it. */
  readonly startedBy: string;
  /** The container whose command is another. */
  readonly container?: string | undefined;
  readonly command?: readonly string[] | undefined;
  readonly exec?: boolean | undefined;
}

/** The number of a revision: 12 of "…:task-definition/prod-wordpress:12". */
export function revisionOf(definition: string): string {
  return definition.slice(definition.lastIndexOf(':') + 1);
}
