import type { ContainerFacts } from '../../../engine/docker/resources/container-facts.js';
import type { ContainerDefinition } from '../task/task-definition.js';

/** Seconds: ECS's own where a policy does not say (API reference, ContainerRestartPolicy). */
const usualPeriod = 300;

/** Whether ECS's agent would start a container again that ended: its code is not ignored, and it ran for long enough. */
export function mayRestart(
  policy: ContainerDefinition['RestartPolicy'],
  { exitCode, startedAt, finishedAt }: Pick<ContainerFacts, 'exitCode' | 'startedAt' | 'finishedAt'>,
): boolean {
  if (policy?.Enabled !== true || policy.IgnoredExitCodes?.includes(exitCode) === true) return false;
  const ranSeconds = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
  return ranSeconds >= (policy.RestartAttemptPeriod ?? usualPeriod);
}
