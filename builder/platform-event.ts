/**
 * What happens while a platform is brought up, changed or taken down, in ECS's words, on this machine and on AWS.
 * A part is a service, a replica of one ("wordpress 2"), a network, a volume, a stack or a resource of one.
 */
export type PlatformEvent =
  /** Another stage of the command; `parts` are all that will be worked on, where that is known. */
  | {
      readonly kind: 'phase-started';
      readonly environment: string;
      readonly phase: PlatformPhase;
      readonly parts?: readonly string[] | undefined;
    }
  /** Work on a part begins, or another action on it. */
  | {
      readonly kind: 'part-started';
      readonly part: string;
      readonly action: PartAction;
      /** Of a resource: "AWS::RDS::DBInstance". */
      readonly type?: string | undefined;
    }
  /** What was made of a part is there, and is not yet seen everywhere: CloudFormation's eventual consistency check. */
  | { readonly kind: 'part-settling'; readonly part: string }
  /** Given up because another part failed. */
  | { readonly kind: 'part-cancelled'; readonly part: string }
  | StackProgress
  /** A part is as it was wanted; nothing is said of its health. */
  | {
      readonly kind: 'part-changed';
      readonly part: string;
      readonly change: PartChange;
      readonly ms: number;
      /** What differed ("image", "scale 1 → 2"). */
      readonly reason?: string | undefined;
    }
  /** The container's own check and the load balancer's have passed. */
  | { readonly kind: 'part-healthy'; readonly part: string; readonly ms: number }
  /** The part gets no more requests, and those in flight have ended or timed out. */
  | { readonly kind: 'part-drained'; readonly part: string; readonly ms: number }
  | {
      readonly kind: 'part-stopped';
      readonly part: string;
      readonly ms: number;
      readonly exitCode?: number | undefined;
      readonly reason?: string | undefined;
    }
  | {
      readonly kind: 'part-failed';
      readonly part: string;
      readonly ms: number;
      readonly reason: string;
      /** The last lines that the part logged. */
      readonly log?: readonly string[] | undefined;
    }
  | DeploymentProgress
  | DeploymentStage
  | {
      readonly kind: 'deployment-done';
      readonly service: string;
      /** Which revision runs now. */
      readonly revision: string;
      readonly outcome: 'completed' | 'rolled-back' | 'failed';
      readonly ms: number;
      readonly reason?: string | undefined;
    }
  /** A line that a part logged. */
  | { readonly kind: 'log-line'; readonly part: string; readonly text: string };

/** `look`: at what is there; `verify`: whether it is as it was wanted. */
export type PlatformPhase = 'look' | 'deploy' | 'verify' | 'remove';

export type PartAction =
  'compare' | 'create' | 'update' | 'replace' | 'remove' | 'drain' | 'stop' | 'save' | 'restore';

export type PartChange = 'created' | 'updated' | 'removed' | 'unchanged' | 'saved' | 'restored';

/** How far a service's deployment is: counts of tasks. */
export interface DeploymentProgress {
  readonly kind: 'deployment-progress';
  readonly service: string;
  readonly revision: string;
  readonly desired: number;
  readonly running: number;
  readonly healthy: number;
  readonly failed: number;
  readonly state: 'in-progress' | 'rolling-back';
}

/** How far a stack is: counts of its resources. */
export interface StackProgress {
  readonly kind: 'stack-progress';
  readonly stack: string;
  readonly done: number;
  /** Undefined where somebody else began it. */
  readonly total: number | undefined;
  readonly state: 'in-progress' | 'rolling-back';
}

/** Where a blue/green, canary or linear deployment stands; traffic in per cent of requests, as ECS wants it. */
export interface DeploymentStage {
  readonly kind: 'deployment-stage';
  readonly service: string;
  /** ECS's name for it: `SCALE_UP`, `PRODUCTION_TRAFFIC_SHIFT`, `BAKE_TIME` … */
  readonly stage: string;
  /** What the new revision gets of visitors. */
  readonly traffic: number;
  /** What it gets of those who test. */
  readonly testTraffic: number;
  readonly state: 'in-progress' | 'rolling-back';
}
