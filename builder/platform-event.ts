/**
 * What happens while a platform is brought up, changed or taken down, in ECS's words, on this machine and on AWS.
 * A part is a service, a replica of one ("wordpress 2"), a network, a volume, a stack or a resource of one.
 */
export type PlatformEvent =
  /** Work on a part begins. */
  | { readonly kind: 'part-started'; readonly part: string; readonly action: PartAction }
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

export type PartAction = 'create' | 'update' | 'replace' | 'remove' | 'drain' | 'stop' | 'save' | 'restore';

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
