import type { StackEvent } from '../../aws/cloudformation/stack.js';
import type { PartAction, PartChange, PlatformEvent } from '../../platform-event.js';
import { isConsequence } from './root-cause.js';

type StackAction = 'create' | 'update' | 'remove';

const actions: Readonly<Record<string, StackAction>> = {
  CREATE: 'create',
  UPDATE: 'update',
  DELETE: 'remove',
  IMPORT: 'create',
};

const changes: Readonly<Record<StackAction, PartChange>> = {
  create: 'created',
  update: 'updated',
  remove: 'removed',
};

/** Says that the configuration is done and CloudFormation waits until all see it (`ResourceStatusReason` of such events). */
const settles = /^Eventual consistency check initiated/;

/**
 * Turns the events of one operation on a stack into those that the user is told. Remembers when each resource's work began, and
 * counts: what is done, and from the beginning of a roll-back what is still to be taken back.
 */
export class StackLines {
  readonly #part: string;
  readonly #total: number | undefined;
  #began = new Map<string, number>();
  readonly #settling = new Set<string>();
  readonly #done = new Set<string>();
  /** All resources that were touched. */
  readonly #touched = new Set<string>();
  #hasFailed = false;
  /** What is to be taken back; undefined before a roll-back. */
  #back: { readonly total: number; readonly left: Set<string> } | undefined;

  /**
   * @param part the stack's own name: "network"
   * @param total how many resources will change; undefined where that is not known
   */
  constructor(part: string, total?: number) {
    this.#part = part;
    this.#total = total;
  }

  /** What to tell of an event; nothing of what says nothing new. */
  of(event: StackEvent): PlatformEvent[] {
    const isStack = event.physicalId !== undefined && event.type === 'AWS::CloudFormation::Stack';
    return isStack ? this.#ofStack(event) : this.#ofResource(event);
  }

  #ofStack(event: StackEvent): PlatformEvent[] {
    const { status, reason } = event;
    const part = this.#part;
    if (/^(UPDATE_)?ROLLBACK_IN_PROGRESS$/.test(status)) return this.#rollBack();
    // A first creation that failed is removed (OnStackFailure), which is its roll-back.
    if (status === 'DELETE_IN_PROGRESS' && this.#hasFailed) return this.#rollBack();
    if (/^(CREATE|UPDATE)_FAILED$/.test(status)) {
      this.#hasFailed = true;
      return [];
    }
    const ms = this.#since(part, event);
    if (/ROLLBACK_(COMPLETE|FAILED)$/.test(status))
      return [
        {
          kind: 'part-failed',
          part,
          ms,
          reason: status.endsWith('FAILED') ? (reason ?? status) : 'rolled back',
        },
      ];
    if (status === 'DELETE_COMPLETE' && this.#back !== undefined)
      return [{ kind: 'part-failed', part, ms, reason: 'rolled back: what was made of it is removed' }];
    const count = this.#done.size;
    return this.#tell(event, part, count === 0 ? undefined : `${count} resource${count === 1 ? '' : 's'}`);
  }

  #ofResource(event: StackEvent): PlatformEvent[] {
    const { logicalId, status, reason = '' } = event;
    const part = `${this.#part}/${logicalId}`;
    this.#touched.add(logicalId);
    if (status.endsWith('_FAILED')) {
      this.#hasFailed = true;
      if (isConsequence(reason)) {
        this.#began.delete(part);
        return [{ kind: 'part-cancelled', part }];
      }
    }
    if (status.endsWith('_IN_PROGRESS') && isSettling(event) && !this.#settling.has(part)) {
      this.#settling.add(part);
      return [...this.#tell(event, part), { kind: 'part-settling', part }];
    }
    const told = this.#tell(event, part);
    const hasEnded =
      /_(COMPLETE|SKIPPED)$/.test(status) || (this.#back !== undefined && status.endsWith('_FAILED'));
    return hasEnded ? [...told, ...this.#count(logicalId)] : told;
  }

  #tell(event: StackEvent, part: string, count?: string): PlatformEvent[] {
    const [, verb = '', state = ''] =
      /^([A-Z]+)_(IN_PROGRESS|COMPLETE|FAILED|SKIPPED)$/.exec(event.status) ?? [];
    const action = actions[verb];
    if (action === undefined) return [];
    if (state === 'IN_PROGRESS') return this.#begin(event, part, action);
    const ms = this.#since(part, event);
    this.#began.delete(part);
    if (state === 'FAILED') return [{ kind: 'part-failed', part, ms, reason: event.reason ?? event.status }];
    if (state === 'SKIPPED')
      return [{ kind: 'part-changed', part, change: 'unchanged', ms, reason: 'is kept' }];
    return [{ kind: 'part-changed', part, change: changes[action], ms, ...(count && { reason: count }) }];
  }

  #begin({ time, type }: StackEvent, part: string, action: PartAction): PlatformEvent[] {
    if (this.#began.has(part)) return [];
    this.#began.set(part, time.getTime());
    return [{ kind: 'part-started', part, action, ...(part === this.#part ? {} : { type }) }];
  }

  /** Milliseconds since its work began, both by CloudFormation's clock: this machine's may be wrong. */
  #since(part: string, { time }: StackEvent): number {
    return time.getTime() - (this.#began.get(part) ?? time.getTime());
  }

  #rollBack(): PlatformEvent[] {
    if (this.#back !== undefined) return [];
    this.#back = { total: this.#touched.size, left: new Set(this.#touched) };
    const stackBegan = this.#began.get(this.#part);
    this.#began = new Map(stackBegan === undefined ? [] : [[this.#part, stackBegan]]);
    this.#settling.clear();
    return [this.#progress()];
  }

  #count(logicalId: string): PlatformEvent[] {
    const isNew = this.#back === undefined ? !this.#done.has(logicalId) : this.#back.left.delete(logicalId);
    this.#done.add(logicalId);
    return isNew ? [this.#progress()] : [];
  }

  #progress(): PlatformEvent {
    const back = this.#back;
    const kind = 'stack-progress';
    if (back === undefined)
      return { kind, stack: this.#part, done: this.#done.size, total: this.#total, state: 'in-progress' };
    return {
      kind,
      stack: this.#part,
      done: back.total - back.left.size,
      total: back.total,
      state: 'rolling-back',
    };
  }
}

function isSettling({ reason = '', detailedStatus }: StackEvent): boolean {
  return detailedStatus === 'CONFIGURATION_COMPLETE' || settles.test(reason);
}
