import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudFormationApi } from '../../aws/cloudformation/cloudformation-api.js';
import type { Stack } from '../../aws/cloudformation/stack.js';
import { NoCredentialsError } from '../../aws/aws-error.js';
import { BuilderError } from '../../errors.js';
import type { Reporter } from '../../reporter.js';
import type { EnvironmentSpec } from '../../spec/load-environment.js';
import { type Change, type PlatformPlan, hasChanges } from '../change.js';
import type { DestroyWish, PlatformOutcome, PlatformWish } from '../driver.js';
import type { PlatformStack } from '../graph/platform.js';
import type { PartStatus, PlatformStatus } from '../platform-status.js';
import { compareStack } from './change-set.js';
import { type Deploying, deleteStack, deployStack } from './deploy-stack.js';
import { inOrder } from './in-order.js';
import { plannedChanges, plannedCreation } from './plan-stack.js';
import { type StackOutputs, stackParameters } from './stack-parameters.js';

/** What the platform of an environment on AWS is made with. */
export interface AwsContext {
  /** The environment's name. */
  readonly name: string;
  readonly spec: EnvironmentSpec;
  /** The stacks of the environment, each after those it needs; `image` is the digest that is to run, where one is given. */
  stacks(image: string | undefined): readonly PlatformStack[];
  api(region: string): CloudFormationApi;
  /** The number of the account whose credentials were found. @throws NoCredentialsError */
  account(): Promise<string>;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  /** Names this run. */
  readonly token: string;
  /** Waits that many milliseconds; for tests. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/** An environment's platform on AWS: one CloudFormation stack for each node of the graph. CloudFormation holds the state. */
export class CloudFormationDriver {
  readonly #context: AwsContext;

  constructor(context: AwsContext) {
    this.#context = context;
  }

  /**
   * What `apply` would do. Stacks that are there are compared by CloudFormation, and the comparison is removed again; the others
   * are planned from their templates, for which no credentials are needed.
   */
  async plan({ image }: PlatformWish): Promise<PlatformPlan> {
    const stacks = this.#context.stacks(image);
    const notes: string[] = [];
    const there = await this.#known(stacks, notes);
    const outputs: StackOutputs = new Map([...there].map(([name, stack]) => [name, stack.outputs]));
    const changes: Change[] = [];
    for (const stack of stacks)
      changes.push(
        ...(there.has(stack.name) ? await this.#compared(stack, outputs, notes) : plannedCreation(stack)),
      );
    return { environment: this.#context.name, changes, notes };
  }

  /** Plans, asks, and brings all stacks to what they are wanted to be, as many at once as their order allows. */
  async apply(wish: PlatformWish): Promise<PlatformOutcome> {
    const started = performance.now();
    await this.#refuseOtherAccount();
    const plan = await this.plan(wish);
    const outcome = { environment: this.#context.name, changes: plan.changes, deployment: undefined };
    const stacks = this.#context.stacks(wish.image);
    if (hasChanges(plan) && (await wish.approve?.(plan)) === false)
      return { ...outcome, address: undefined, ms: performance.now() - started };
    const outputs = new Map<string, Readonly<Record<string, string>>>();
    await inOrder(stacks, async (stack) => {
      const { known, missing } = stackParameters(stack, outputs);
      if (missing.length > 0) throw missingOutputs(stack, missing);
      const request = { ...this.#request(stack), parameters: known };
      const { stack: made } = await deployStack(stack.name, request, this.#deploying(stack));
      outputs.set(stack.name, made.outputs);
    });
    return {
      ...outcome,
      address: addressAmong(outputs, this.#context.spec),
      ms: performance.now() - started,
    };
  }

  /** How each stack stands. */
  async status(): Promise<PlatformStatus> {
    await this.#refuseOtherAccount();
    const stacks = this.#context.stacks(undefined);
    const there = await this.#known(stacks, []);
    const outputs: StackOutputs = new Map([...there].map(([name, stack]) => [name, stack.outputs]));
    const parts = stacks.map(({ name }) => partOf(name, there.get(name)));
    return {
      environment: this.#context.name,
      address: addressAmong(outputs, this.#context.spec),
      parts,
      service: undefined,
    };
  }

  /** The state, again and again until the signal. */
  async *watch(everyMs: number): AsyncIterable<PlatformStatus> {
    const { signal, wait = (ms) => sleep(ms, undefined, { signal }) } = this.#context;
    for (;;) {
      yield await this.status();
      await wait(everyMs, signal);
    }
  }

  /** What `destroy` would remove. Stacks of the account stay: other environments use them. */
  async planDestroy(_wish: DestroyWish): Promise<PlatformPlan> {
    await this.#refuseOtherAccount();
    const own = this.#ownStacks();
    const there = await this.#known(own, []);
    const changes = own
      .filter(({ name }) => there.has(name))
      .map(({ name }): Change => ({
        part: name,
        type: 'AWS::CloudFormation::Stack',
        action: 'remove',
        reasons: there.get(name)?.isProtected === true ? ['protected'] : [],
      }));
    return { environment: this.#context.name, changes, notes: [] };
  }

  /** Deletes the environment's stacks, those that others need last; what the templates retain stays. */
  async destroy(_wish: DestroyWish): Promise<void> {
    await this.#refuseOtherAccount();
    const own = this.#ownStacks();
    const dependents = (name: string): string[] =>
      own.filter(({ dependsOn }) => dependsOn.includes(name)).map((stack) => stack.name);
    const reversed = own.map((stack) => ({ name: stack.name, dependsOn: dependents(stack.name), stack }));
    await inOrder(reversed, async ({ stack }) => {
      const deploying = this.#deploying(stack);
      const there = await deploying.api.stack(stack.stackName, deploying);
      if (there?.isProtected === true) await deploying.api.setProtection(stack.stackName, false, deploying);
      await deleteStack(stack.name, stack.stackName, deploying);
    });
  }

  #ownStacks(): PlatformStack[] {
    return this.#context.stacks(undefined).filter(({ scope }) => scope === 'environment');
  }

  /** The stacks that are there, by their names in the graph; none, and a note, where there are no credentials to ask with. */
  async #known(stacks: readonly PlatformStack[], notes: string[]): Promise<ReadonlyMap<string, Stack>> {
    try {
      await this.#refuseOtherAccount();
    } catch (error) {
      if (!(error instanceof NoCredentialsError)) throw error;
      notes.push(
        'There are no AWS credentials: this plan is made from the templates, as for a new platform.',
      );
      return new Map();
    }
    const found = await Promise.all(
      stacks.map(async (stack): Promise<[string, Stack][]> => {
        const there = await this.#api(stack).stack(stack.stackName, this.#context);
        return there === undefined || there.status === 'REVIEW_IN_PROGRESS' ? [] : [[stack.name, there]];
      }),
    );
    return new Map(found.flat());
  }

  async #compared(stack: PlatformStack, outputs: StackOutputs, notes: string[]): Promise<Change[]> {
    const { known, missing } = stackParameters(stack, outputs);
    if (missing.length > 0) {
      notes.push(
        `${stack.name} can't be compared yet: it takes ${missing.join(', ')} from stacks that are not there.`,
      );
      return [
        {
          part: stack.name,
          type: 'AWS::CloudFormation::Stack',
          action: 'update',
          reasons: ['inputs change'],
        },
      ];
    }
    const { api, ...deploying } = this.#deploying(stack);
    const changeSet = `platen-plan-${this.#context.token}`;
    const request = { ...this.#request(stack), parameters: known, changeSet, type: 'UPDATE' as const };
    const found = await compareStack(request, { api, ...deploying });
    if (found !== undefined) await api.deleteChangeSet(stack.stackName, found.id, deploying);
    return plannedChanges(stack.name, found);
  }

  #request({ stackName, template }: PlatformStack) {
    // Not who deployed or when: changed tags would make each deployment a change.
    const tags = { 'platen:environment': this.#context.name };
    return { name: stackName, template: template.source.text, tags };
  }

  #deploying(stack: PlatformStack): Deploying {
    const { reporter, signal, token, wait } = this.#context;
    return { api: this.#api(stack), reporter, signal, token, ...(wait === undefined ? {} : { wait }) };
  }

  #api({ name, region }: PlatformStack): CloudFormationApi {
    const { spec } = this.#context;
    if (region === undefined)
      throw new BuilderError(`${spec.file} says no region, and the stack ${name} must live in one`, {
        code: 'invalid',
        hint: 'Add to it, for example: region: eu-central-1',
      });
    return this.#context.api(region);
  }

  /** The environment names its account: credentials that happen to be there may be another's. */
  async #refuseOtherAccount(): Promise<void> {
    const { spec, name } = this.#context;
    const account = await this.#context.account();
    if (spec.account === undefined || spec.account === account) return;
    throw new BuilderError(
      `These credentials are of the AWS account ${account}; the environment ${name} is in ${spec.account}`,
      { code: 'usage', hint: `Set AWS_PROFILE to one of that account, or mend account in ${spec.file}.` },
    );
  }
}

function missingOutputs({ name }: PlatformStack, missing: readonly string[]): BuilderError {
  return new BuilderError(`The stack ${name} needs what others do not give: ${missing.join(', ')}`, {
    code: 'invalid',
    hint: 'See the outputs of these templates, and their conditions.',
  });
}

/** The address of the site: of its domain, else of CloudFront, else of the load balancer. */
function addressAmong(outputs: StackOutputs, { domain }: EnvironmentSpec): string | undefined {
  if (domain !== undefined && outputs.has('edge')) return `https://${domain.name}`;
  return ['cdn', 'edge'].map((name) => outputs.get(name)?.['Address']).find((address) => address);
}

function partOf(name: string, stack: Stack | undefined): PartStatus {
  if (stack === undefined) return { name, type: 'stack', state: 'missing' };
  const isWell = /^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(stack.status);
  const state = isWell ? 'healthy' : stack.status.endsWith('_IN_PROGRESS') ? 'starting' : 'unhealthy';
  return { name, type: 'stack', state, detail: stack.statusReason ?? stack.status };
}
