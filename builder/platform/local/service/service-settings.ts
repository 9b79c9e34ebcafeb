import { z } from 'zod';
import type { LocalSettings } from '../../../spec/environment/local-schema.js';
import { validate } from '../../../spec/validate.js';
import type { SourceDocument } from '../../../yaml/yaml.js';
import { type CircuitBreaker, circuitBreakerSchema } from './circuit-breaker.js';

const number = z.coerce.number();

const schema = z.looseObject({
  LoadBalancers: z.array(z.looseObject({ ContainerName: z.string(), ContainerPort: number })).min(1),
  HealthCheckGracePeriodSeconds: number.default(0),
  DeploymentConfiguration: z
    .looseObject({
      MinimumHealthyPercent: number.default(100),
      MaximumPercent: number.default(200),
      DeploymentCircuitBreaker: circuitBreakerSchema.optional(),
    })
    .prefault({}),
});

/** Elastic Load Balancing's own, where a target group says nothing (API Reference, CreateTargetGroup: an Application Load Balancer's). */
const targetSchema = z.looseObject({
  HealthCheckPath: z.string().default('/'),
  HealthCheckTimeoutSeconds: number.default(5),
  HealthyThresholdCount: number.default(5),
  UnhealthyThresholdCount: number.default(2),
  Matcher: z.looseObject({ HttpCode: z.coerce.string().default('200') }).prefault({}),
});

/** How a service is deployed and who asks it for its health: what Amazon ECS's rolling deployments go by. */
export interface ServiceSettings {
  readonly container: string;
  readonly port: number;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  readonly breaker: CircuitBreaker | undefined;
  /** A task's container and its target may be unhealthy for so long after its start. */
  readonly graceSeconds: number;
  /** A target that is deregistered has so long to answer. */
  readonly deregistrationSeconds: number;
  readonly healthCheck: TargetHealthCheck;
}

/** How a load balancer tells whether a target is healthy; the interval is the environment's (`local.healthCheckSeconds`). */
export interface TargetHealthCheck {
  readonly path: string;
  /** Statuses, like `200`, `200-299` or `200,301`. */
  readonly status: string;
  readonly timeoutSeconds: number;
  /** Checks in a row that make a target healthy, or unhealthy. */
  readonly healthyCount: number;
  readonly unhealthyCount: number;
}

/**
 * @param source whose data are the properties of the service
 * @param targets whose data are the properties of the target group
 * @throws SpecError
 */
export function serviceSettings(
  source: SourceDocument,
  targets: SourceDocument,
  { deregistrationSeconds }: LocalSettings,
): ServiceSettings {
  const { LoadBalancers, HealthCheckGracePeriodSeconds, DeploymentConfiguration } = validate(schema, source);
  const { DeploymentCircuitBreaker, MinimumHealthyPercent, MaximumPercent } = DeploymentConfiguration;
  const target = validate(targetSchema, targets);
  const [{ ContainerName, ContainerPort } = { ContainerName: '', ContainerPort: 0 }] = LoadBalancers;
  return {
    container: ContainerName,
    port: ContainerPort,
    minimumHealthyPercent: MinimumHealthyPercent,
    maximumPercent: MaximumPercent,
    breaker: DeploymentCircuitBreaker,
    graceSeconds: HealthCheckGracePeriodSeconds,
    deregistrationSeconds,
    healthCheck: {
      path: target.HealthCheckPath,
      status: target.Matcher.HttpCode,
      timeoutSeconds: target.HealthCheckTimeoutSeconds,
      healthyCount: target.HealthyThresholdCount,
      unhealthyCount: target.UnhealthyThresholdCount,
    },
  };
}
