import type { DriftedProperty } from '../../platform-drift.js';

/** A property that differs though nobody changed it. */
interface KnownNoise {
  readonly type: string;
  readonly path: RegExp;
  readonly reason: string;
  /** Only such differences; by default all. */
  fits?(property: DriftedProperty): boolean;
}

const grows = ({ expected, actual }: DriftedProperty): boolean => Number(actual) > Number(expected);

/** All that is known; numbers are issues of AWS's public trackers. */
const knownNoise: readonly KnownNoise[] = [
  {
    type: 'AWS::ECS::Service',
    path: /^\/DesiredCount$/,
    reason: 'scaling sets how many tasks run',
  },
  {
    type: 'AWS::ECS::Service',
    path: /^\/DeploymentController/,
    reason: 'AWS names its default there (cloudformation-coverage-roadmap#1259)',
    fits: ({ actual }) => /^\{?"?(Type"?:"?)?ECS/.test(actual),
  },
  {
    type: 'AWS::ECS::TaskDefinition',
    path: /^\/Volumes\/\d+\/EFSVolumeConfiguration/,
    reason: 'AWS reads it back in other letters (cloudformation-coverage-roadmap#1283)',
  },
  {
    type: 'AWS::RDS::DBInstance',
    path: /^\/EngineVersion$/,
    reason: 'the template names a version without its last part, and RDS takes newer ones by itself',
    fits: ({ expected, actual }) => actual.startsWith(`${expected}.`),
  },
  {
    type: 'AWS::RDS::DBInstance',
    path: /^\/AllocatedStorage$/,
    reason: 'storage grows by itself, up to database.maximumStorage',
    fits: grows,
  },
  {
    type: 'AWS::ApplicationAutoScaling::ScalableTarget',
    path: /^\/(Min|Max)Capacity$/,
    reason: 'the scheduled actions of service.officeHours set it',
  },
  {
    type: 'AWS::AutoScaling::AutoScalingGroup',
    path: /^\/DesiredCapacity$/,
    reason: "ECS's managed scaling sets how many instances run",
  },
  {
    type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
    path: /^\/Actions\/\d+\/(ForwardConfig|TargetGroupArn)/,
    reason: 'ECS moves the traffic between blue and green (cdk-real-drift#1730)',
  },
];

/** Why a property differs though nobody changed it; undefined where somebody did. */
export function noiseOf(type: string, property: DriftedProperty): string | undefined {
  return knownNoise.find(
    (known) => known.type === type && known.path.test(property.path) && (known.fits?.(property) ?? true),
  )?.reason;
}
