import { z } from 'zod';

/** `DeploymentCircuitBreaker` of a service, with ECS's defaults. */
export const circuitBreakerSchema = z.looseObject({
  Enable: z.boolean(),
  Rollback: z.boolean(),
  ResetOnHealthyTask: z.boolean().default(true),
  ThresholdConfiguration: z
    .looseObject({
      Type: z.enum(['COUNT', 'BOUNDED_PERCENT', 'UNBOUNDED_PERCENT']),
      Value: z.coerce.number(),
    })
    .default({ Type: 'BOUNDED_PERCENT', Value: 50 }),
});

export type CircuitBreaker = z.output<typeof circuitBreakerSchema>;

/** Between these is what a BOUNDED_PERCENT comes to. */
const bounds = { least: 3, most: 200 } as const;

/**
 * Failed tasks after which a deployment is given up; Infinity without a circuit breaker (ECS API Reference,
 * ThresholdConfiguration).
 * @param desired how many tasks the service is to have
 */
export function breakerThreshold(breaker: CircuitBreaker | undefined, desired: number): number {
  if (breaker?.Enable !== true) return Infinity;
  const { Type, Value } = breaker.ThresholdConfiguration;
  if (Type === 'COUNT') return Value;
  const share = Math.ceil((desired * Value) / 100);
  return Type === 'UNBOUNDED_PERCENT'
    ? Math.max(1, share)
    : Math.min(bounds.most, Math.max(bounds.least, share));
}
