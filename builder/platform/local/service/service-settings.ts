import { z } from 'zod';
import type { LocalSettings } from '../../../spec/environment/local-schema.js';

const number = z.coerce.number();

const schema = z.looseObject({
  LoadBalancers: z.array(z.looseObject({ ContainerName: z.string(), ContainerPort: number })).min(1),
  HealthCheckGracePeriodSeconds: number.default(0),
  DeploymentConfiguration: z
    .looseObject({
      MinimumHealthyPercent: number.default(100),
      MaximumPercent: number.default(200),
      DeploymentCircuitBreaker: z
        .looseObject({
          Enable: z.boolean(),
          Rollback: z.boolean(),
          ThresholdConfiguration: z.looseObject({ Type: z.string(), Value: number }).optional(),
        })
        .optional(),
    })
    .prefault({}),
});

/** How a service is deployed and who asks it for its health: what Amazon ECS's rolling deployments go by. */
export interface ServiceSettings {
  readonly container: string;
  readonly port: number;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  /** Failed tasks after which a deployment is given up; Infinity without a circuit breaker. */
  readonly breakerThreshold: number;
  readonly rollsBack: boolean;
  /** A target may be unhealthy for so long after its start. */
  readonly graceSeconds: number;
  /** A target that is deregistered has so long to answer. */
  readonly deregistrationSeconds: number;
  readonly healthPath: string;
}

/** ECS's own least number of failures (Developer Guide, "deployment circuit breaker"). */
const leastFailures = 3;

/** @param targets properties of the target group */
export function serviceSettings(
  properties: unknown,
  targets: Readonly<Record<string, unknown>>,
  { deregistrationSeconds }: LocalSettings,
): ServiceSettings {
  const { LoadBalancers, HealthCheckGracePeriodSeconds, DeploymentConfiguration } = schema.parse(properties);
  const {
    DeploymentCircuitBreaker: breaker,
    MinimumHealthyPercent,
    MaximumPercent,
  } = DeploymentConfiguration;
  const threshold = breaker?.ThresholdConfiguration;
  const [{ ContainerName, ContainerPort } = { ContainerName: '', ContainerPort: 0 }] = LoadBalancers;
  return {
    container: ContainerName,
    port: ContainerPort,
    minimumHealthyPercent: MinimumHealthyPercent,
    maximumPercent: MaximumPercent,
    breakerThreshold:
      breaker?.Enable === true ? (threshold?.Type === 'COUNT' ? threshold.Value : leastFailures) : Infinity,
    rollsBack: breaker?.Rollback ?? false,
    graceSeconds: HealthCheckGracePeriodSeconds,
    deregistrationSeconds,
    healthPath: String(targets['HealthCheckPath'] ?? '/'),
  };
}
