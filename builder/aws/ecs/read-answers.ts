import type * as Sdk from '@aws-sdk/client-ecs';
import type {
  EcsDeployment,
  EcsService,
  EcsServiceDeployment,
  EcsTask,
  EcsTaskDefinition,
} from './ecs-service.js';

/** A service of DescribeServices. */
export function serviceOf(found: Sdk.Service): EcsService {
  return {
    name: found.serviceName ?? '',
    arn: found.serviceArn ?? '',
    desired: found.desiredCount ?? 0,
    running: found.runningCount ?? 0,
    pending: found.pendingCount ?? 0,
    definition: found.taskDefinition ?? '',
    deployments: (found.deployments ?? []).map(deploymentOf),
    targetGroups: (found.loadBalancers ?? []).flatMap(({ targetGroupArn }) => targetGroupArn ?? []),
    events: (found.events ?? []).flatMap(({ message }) => message ?? []),
  };
}

function deploymentOf(found: Sdk.Deployment): EcsDeployment {
  return {
    id: found.id ?? '',
    status: found.status ?? '',
    definition: found.taskDefinition ?? '',
    desired: found.desiredCount ?? 0,
    running: found.runningCount ?? 0,
    failed: found.failedTasks ?? 0,
    rollout: found.rolloutState,
    reason: found.rolloutStateReason,
    createdAt: found.createdAt,
  };
}

/** A deployment of DescribeServiceDeployments. */
export function serviceDeploymentOf(found: Sdk.ServiceDeployment): EcsServiceDeployment {
  const target = found.targetServiceRevision;
  return {
    arn: found.serviceDeploymentArn ?? '',
    status: found.status ?? '',
    reason: found.statusReason,
    stage: found.lifecycleStage,
    traffic: target?.requestedProductionTrafficWeight ?? 0,
    testTraffic: target?.requestedTestTrafficWeight ?? 0,
    rollbackReason: found.rollback?.reason,
    triggeredAlarms: found.alarms?.triggeredAlarmNames ?? [],
  };
}

/** A task of DescribeTasks. */
export function taskOf(found: Sdk.Task): EcsTask {
  const arn = found.taskArn ?? '';
  return {
    arn,
    id: arn.slice(arn.lastIndexOf('/') + 1),
    definition: found.taskDefinitionArn ?? '',
    startedBy: found.startedBy ?? '',
    status: found.lastStatus ?? '',
    health: found.healthStatus ?? 'UNKNOWN',
    startedAt: found.startedAt,
    stoppedAt: found.stoppedAt,
    stoppedReason: found.stoppedReason,
    containers: (found.containers ?? []).map(
      ({ name = '', image = '', imageDigest, exitCode, reason, runtimeId }) => ({
        name,
        image,
        digest: imageDigest ?? /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1],
        exitCode,
        reason,
        runtimeId,
      }),
    ),
  };
}

/** A definition of DescribeTaskDefinition, by its first container. */
export function definitionOf(found: Sdk.TaskDefinition): EcsTaskDefinition {
  const container = found.containerDefinitions?.[0];
  const options = container?.logConfiguration?.options ?? {};
  const group = options['awslogs-group'];
  return {
    arn: found.taskDefinitionArn ?? '',
    family: found.family ?? '',
    revision: found.revision ?? 0,
    container: container?.name ?? '',
    image: container?.image ?? '',
    log: group === undefined ? undefined : { group, prefix: options['awslogs-stream-prefix'] ?? '' },
  };
}
