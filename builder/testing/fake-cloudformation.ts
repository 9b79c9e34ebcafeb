import type { ChangeSetRequest, CloudFormationApi } from '../aws/cloudformation/cloudformation-api.js';
import type { ChangeSet, Stack, StackEvent } from '../aws/cloudformation/stack.js';

interface FakeStack {
  readonly id: string;
  readonly name: string;
  status: string;
  template: string | undefined;
  readonly events: StackEvent[];
  /** Looks that are left until what is under way is done. */
  left: number;
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
  calls = 0;
  beforeCall: (count: number) => void = () => {};

  #call(): void {
    this.beforeCall(++this.calls);
  }

  #find(name: string): FakeStack | undefined {
    return this.stacks.get(name) ?? [...this.stacks.values()].find(({ id }) => id === name);
  }

  #event(stack: FakeStack, status: string): void {
    const index = stack.events.length;
    stack.events.push({
      id: `${stack.name}-${index}`,
      stack: stack.name,
      logicalId: stack.name,
      physicalId: stack.id,
      type: 'AWS::CloudFormation::Stack',
      status,
      time: new Date(index * 1000),
    });
  }

  async stack(name: string): Promise<Stack | undefined> {
    this.#call();
    const found = this.#find(name);
    if (found === undefined) return undefined;
    if (found.left > 0 && --found.left === 0) {
      found.status = found.status.replace('_IN_PROGRESS', '_COMPLETE');
      this.#event(found, found.status);
      if (found.status === 'DELETE_COMPLETE') this.stacks.delete(found.name);
    }
    const { id, status } = found;
    return { id, name: found.name, status, outputs: {}, isProtected: false, parameters: {} };
  }

  async createChangeSet(request: ChangeSetRequest): Promise<string> {
    this.#call();
    const there = this.#find(request.name);
    if (request.type === 'CREATE' && there !== undefined && there.status !== 'REVIEW_IN_PROGRESS')
      throw new Error(`Stack [${request.name}] already exists and cannot be created again`);
    if (there?.left) throw new Error(`${request.name} is in ${there.status} state and can not be updated`);
    const stack = there ?? {
      id: `arn:${request.name}`,
      name: request.name,
      status: 'REVIEW_IN_PROGRESS',
      template: undefined,
      events: [],
      left: 0,
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
    found.template = template;
    found.changeSet = undefined;
    found.status = `${type}_IN_PROGRESS`;
    found.left = looksPerOperation;
    this.#event(found, found.status);
  }

  async deleteStack(name: string): Promise<void> {
    this.#call();
    const found = this.#find(name);
    if (found === undefined) return;
    found.status = 'DELETE_IN_PROGRESS';
    found.left = looksPerOperation;
    this.#event(found, found.status);
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
