import type { StackEvent } from '../../aws/cloudformation/stack.js';
import type { PlatformEvent, PartAction, PartChange } from '../../platform-event.js';

type StackAction = Exclude<PartAction, 'save' | 'restore'>;

const actions: Readonly<Record<string, StackAction>> = {
  CREATE: 'create',
  UPDATE: 'update',
  DELETE: 'remove',
  IMPORT: 'create',
};

const changes: Readonly<Record<StackAction, PartChange>> = {
  create: 'created',
  update: 'updated',
  replace: 'updated',
  remove: 'removed',
  drain: 'updated',
  stop: 'updated',
};

/** Turns the events of one stack into those that the user is told; remembers when each resource's work began. */
export class StackLines {
  readonly #part: string;
  readonly #began = new Map<string, number>();

  /** @param part the stack's own name: "network" */
  constructor(part: string) {
    this.#part = part;
  }

  /** What to tell of an event; undefined of what says nothing new. */
  of(event: StackEvent): PlatformEvent | undefined {
    const isStack = event.physicalId !== undefined && event.type === 'AWS::CloudFormation::Stack';
    const part = isStack ? this.#part : `${this.#part}/${event.logicalId}`;
    const [, verb = '', state = ''] =
      /^(?:UPDATE_ROLLBACK_|ROLLBACK_)?([A-Z]+)_(IN_PROGRESS|COMPLETE|FAILED)$/.exec(event.status) ?? [];
    const action = actions[verb];
    if (action === undefined) return undefined;
    const time = event.time.getTime();
    const ms = time - (this.#began.get(part) ?? time);
    if (state === 'FAILED') return { kind: 'part-failed', part, ms, reason: event.reason ?? event.status };
    if (state === 'COMPLETE') return { kind: 'part-changed', part, change: changes[action], ms };
    if (this.#began.has(part)) return undefined;
    this.#began.set(part, time);
    return { kind: 'part-started', part, action };
  }
}
