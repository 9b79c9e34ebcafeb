import type { ChangeSetRequest, CloudFormationApi } from '../aws/cloudformation/cloudformation-api.js';
import type { ChangeSet, Stack, StackEvent } from '../aws/cloudformation/stack.js';

interface FakeStack {
  readonly id: string;
  readonly name: string;
  status: string;
  template: string | undefined;
  /** What it goes back to where an update fails. */
  before: string | undefined;
  readonly events: StackEvent[];
  /** Looks that are left until what is under way is done. */
  left: number;
  /** When it is done, by `performance.now()`, where operations take time. */
  doneAt: number;
  changeSet: (ChangeSet & { readonly request: ChangeSetRequest }) | undefined;
}

/** Looks at a stack until an operation is done. */
const looksPerOperation = 3;

/**
 * CloudFormation as a timeline: each look at a stack moves it on. It goes on whether or not somebody looks on, as AWS does, and
 * refuses what AWS refuses. `beforeCall` may throw: a process that is killed, a connection that breaks.
 */
export class FakeCloudFormation implements Partial<CloudFormationApi> {
  readonly stacks = new Map<string, FakeStack>();
  /** What was executed, by the stack's name. */
  readonly executed: string[] = [];
  /** Stacks of which each operation fails, as long as they are in here. */
  readonly failing = new Set<string>();
  /** Milliseconds that an operation on a stack takes; by default three looks, however fast they come. */
  duration: ((name: string) => number) | undefined;
  /** What the one resource of each stack is. */
  resource = { type: 'AWS::X' };
  /** What a stack gives. */
  outputs: (name: string) => Readonly<Record<string, string>> = () => ({});
  calls = 0;
  beforeCall: (count: number) => void = () => {};

  #call(): void {
    this.beforeCall(++this.calls);
  }

  /** Those that were deleted are found by their ids alone, as in AWS. */
  readonly #deleted = new Map<string, FakeStack>();

  #find(name: string): FakeStack | undefined {
    const found = this.stacks.get(name) ?? [...this.stacks.values()].find(({ id }) => id === name);
    return found ?? this.#deleted.get(name);
  }

  #event(stack: FakeStack, status: string, resource?: { readonly reason?: string }): void {
    const index = stack.events.length;
    stack.events.push({
      id: `${stack.id}-${index}`,
      stack: stack.name,
      logicalId: resource === undefined ? stack.name : 'A',
      physicalId: resource === undefined ? stack.id : 'a-1',
      type: resource === undefined ? 'AWS::CloudFormation::Stack' : this.resource.type,
      status,
      reason: resource?.reason,
      time: new Date(index * 1000),
    });
  }

  #begin(stack: FakeStack, status: string): void {
    stack.status = status;
    stack.left = looksPerOperation;
    stack.doneAt = performance.now() + (this.duration?.(stack.name) ?? 0);
    this.#event(stack, status);
  }

  /** What is under way comes to its end, where its time has come. */
  #moveOn(stack: FakeStack): void {
    if (stack.left === 0) return;
    stack.left -= 1;
    const isDue = this.duration === undefined ? stack.left === 0 : performance.now() >= stack.doneAt;
    if (!isDue) {
      stack.left = Math.max(1, stack.left);
      return;
    }
    stack.left = 0;
    const [, verb] = /^(CREATE|UPDATE)_IN_PROGRESS$/.exec(stack.status) ?? [];
    if (verb !== undefined && this.failing.has(stack.name)) {
      this.#event(stack, `${verb}_FAILED`, { reason: 'no such key' });
      stack.template = stack.before;
      // A first creation is made with OnStackFailure DELETE.
      return this.#begin(stack, verb === 'CREATE' ? 'DELETE_IN_PROGRESS' : 'UPDATE_ROLLBACK_IN_PROGRESS');
    }
    stack.status = stack.status.replace('_IN_PROGRESS', '_COMPLETE');
    if (verb !== undefined) this.#event(stack, stack.status, {});
    this.#event(stack, stack.status);
    if (stack.status !== 'DELETE_COMPLETE') return;
    this.stacks.delete(stack.name);
    this.#deleted.set(stack.id, stack);
  }

  async stack(name: string): Promise<Stack | undefined> {
    this.#call();
    const found = this.#find(name);
    if (found === undefined) return undefined;
    this.#moveOn(found);
    const { id, status } = found;
    return {
      id,
      name: found.name,
      status,
      outputs: this.outputs(found.name),
      isProtected: false,
      parameters: {},
    };
  }

  async createChangeSet(request: ChangeSetRequest): Promise<string> {
    this.#call();
    const there = this.#find(request.name);
    if (request.type === 'CREATE' && there !== undefined && there.status !== 'REVIEW_IN_PROGRESS')
      throw new Error(`Stack [${request.name}] already exists and cannot be created again`);
    if (there?.left) throw new Error(`${request.name} is in ${there.status} state and can not be updated`);
    const stack = there ?? {
      id: `arn:${request.name}:${this.calls}`,
      name: request.name,
      status: 'REVIEW_IN_PROGRESS',
      template: undefined,
      before: undefined,
      events: [],
      left: 0,
      doneAt: 0,
      changeSet: undefined,
    };
    this.stacks.set(request.name, stack);
    const isSame = stack.template === request.template;
    stack.changeSet = {
      id: request.changeSet,
      stackId: stack.id,
      status: isSame ? 'FAILED' : 'CREATE_COMPLETE',
      statusReason: isSame ? "The submitted information didn't contain changes." : undefined,
      changes: isSame ? [] : [{ action: 'Modify', logicalId: 'A', type: 'AWS::X', properties: [] }],
      request,
    };
    return request.changeSet;
  }

  async changeSet(name: string): Promise<ChangeSet | undefined> {
    this.#call();
    return this.#find(name)?.changeSet;
  }

  async deleteChangeSet(name: string): Promise<void> {
    this.#call();
    const found = this.#find(name);
    if (found !== undefined) found.changeSet = undefined;
  }

  async execute(name: string): Promise<void> {
    this.#call();
    const found = this.#find(name);
    if (found?.changeSet === undefined) throw new Error(`ChangeSet of ${name} does not exist`);
    const { type, template } = found.changeSet.request;
    this.executed.push(name);
    found.before = found.template;
    found.template = template;
    found.changeSet = undefined;
    this.#begin(found, `${type}_IN_PROGRESS`);
  }

  async deleteStack(name: string): Promise<void> {
    this.#call();
    const found = this.#find(name);
    if (found !== undefined && !this.#deleted.has(found.id)) this.#begin(found, 'DELETE_IN_PROGRESS');
  }

  async events(id: string, after: string | undefined): Promise<StackEvent[]> {
    this.#call();
    const all = this.#find(id)?.events ?? [];
    return all.slice(all.findIndex((event) => event.id === after) + 1);
  }

  async latestEvent(id: string): Promise<string | undefined> {
    this.#call();
    return this.#find(id)?.events.at(-1)?.id;
  }
}
