/**
 * What happens while a platform is brought up, changed or taken down, in ECS's words, on this machine and on AWS.
 * A part is a service, a replica of one ("wordpress 2"), a network, a volume, a stack or a resource of one.
 */
export type PlatformEvent =
  /** The next phase of the command; `parts` are all parts to work on, if known. */
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
      /** The type of a resource: "AWS::RDS::DBInstance". */
      readonly type?: string | undefined;
    }
  /** The part exists, but is not visible everywhere yet: CloudFormation's eventual consistency check. */
  | { readonly kind: 'part-settling'; readonly part: string }
  /** Cancelled because another part failed. */
  | { readonly kind: 'part-cancelled'; readonly part: string }
  | StackProgress
  /** A part is in the wanted state, apart from its health. */
  | {
      readonly kind: 'part-changed';
      readonly part: string;
      readonly change: PartChange;
      readonly ms: number;
      /** The difference ("image", "scale 1 → 2"). */
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
      /** The last lines of the part's log. */
      readonly log?: readonly string[] | undefined;
    }
  | DeploymentProgress
  | DeploymentStage
  | {
      readonly kind: 'deployment-done';
      readonly service: string;
      /** The revision that runs now. */
      readonly revision: string;
      readonly outcome: 'completed' | 'rolled-back' | 'failed';
      readonly ms: number;
      readonly reason?: string | undefined;
    }
  /** A line of a part's log. */
  | { readonly kind: 'log-line'; readonly part: string; readonly text: string };

/** `look` reads the actual state; `verify` checks it after a deployment. */
export type PlatformPhase = 'look' | 'deploy' | 'verify' | 'remove';

export type PartAction =
  'compare' | 'create' | 'update' | 'replace' | 'remove' | 'drain' | 'stop' | 'save' | 'restore';

export type PartChange = 'created' | 'updated' | 'removed' | 'unchanged' | 'saved' | 'restored';

/** Progress of a service's deployment: numbers of tasks. */
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

/** Progress of a stack: numbers of resources. */
export interface StackProgress {
  readonly kind: 'stack-progress';
  readonly stack: string;
  readonly done: number;
  /** Undefined if somebody else started the operation. */
  readonly total: number | undefined;
  readonly state: 'in-progress' | 'rolling-back';
}

/** The stage of a blue/green, canary or linear deployment; traffic in per cent of requests, as set by ECS. */
export interface DeploymentStage {
  readonly kind: 'deployment-stage';
  readonly service: string;
  /** In ECS's terms: `SCALE_UP`, `PRODUCTION_TRAFFIC_SHIFT`, `BAKE_TIME` … */
  readonly stage: string;
  /** Share of visitors' requests for the new revision. */
  readonly traffic: number;
  /** Share of test requests for it. */
  readonly testTraffic: number;
  readonly state: 'in-progress' | 'rolling-back';
}
