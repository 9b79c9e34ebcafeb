import {
  CloudFormationClient,
  type CloudFormationServiceException,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import * as cloudformation from '@aws-sdk/client-cloudformation';
import type { PlatformStack } from '../platform/graph/platform.js';
import { renderTemplate } from '../platform/template/render-template.js';
import { type RenderedData, withoutTypes } from './without-types.js';

/** CloudFormation's event of a resource. */
export interface StackEvent {
  readonly resource: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string;
}

/** Outputs of stacks, by stack name. */
export type Outputs = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** What a deployment did to a stack. */
export type Deployed = 'created' | 'updated' | 'unchanged';

/** Deploys stacks with CloudFormation's API: creates them, and updates changed ones. Without change sets, after which moto forgets outputs. */
export class CloudFormationDeploy {
  readonly #clients = new Map<string, CloudFormationClient>();
  readonly #endpoint: string;
  readonly #leftOut: ReadonlySet<string>;
  #changeSets = 0;

  /** @param leftOut types of resources that the emulator does not know: stacks are deployed without them */
  constructor(endpoint: string, leftOut: readonly string[] = []) {
    this.#endpoint = endpoint;
    this.#leftOut = new Set(leftOut);
  }

  /** The deployed part of a stack. */
  templateOf(stack: PlatformStack): RenderedData {
    return withoutTypes(renderTemplate(stack), this.#leftOut);
  }

  /** Deploys one stack, with outputs of the earlier ones. */
  async deploy(stack: PlatformStack, outputs: Outputs): Promise<Deployed> {
    const client = this.#client(stack);
    const exists = (await this.describe(stack)) !== undefined;
    const text = JSON.stringify(this.templateOf(stack));
    const { Parameters: declared = {} } = JSON.parse(text) as { Parameters?: Record<string, unknown> };
    const given = {
      StackName: stack.stackName,
      TemplateBody: text,
      Capabilities: ['CAPABILITY_NAMED_IAM' as const, 'CAPABILITY_AUTO_EXPAND' as const],
      Parameters: Object.keys(declared).map((parameter) => ({
        ParameterKey: parameter,
        ParameterValue: this.#fed(stack, parameter, outputs),
      })),
    };
    if (exists && !(await this.#differs(client, given))) return 'unchanged';
    if (exists) await client.send(new cloudformation.UpdateStackCommand(given));
    else await client.send(new cloudformation.CreateStackCommand(given));
    const after = await this.#settled(stack);
    if (!/^(CREATE|UPDATE)_COMPLETE$/.test(after?.StackStatus ?? ''))
      throw new Error(`${stack.stackName}: ${after?.StackStatus} ${after?.StackStatusReason ?? ''}`);
    return exists ? 'updated' : 'created';
  }

  /** A parameter's value from outputs; 1 for a number from a resource that is left out. */
  #fed(stack: PlatformStack, parameter: string, outputs: Outputs): string {
    const value = valueOf(stack, parameter, outputs);
    return stack.template.Parameters[parameter]?.Type === 'Number' && value.startsWith('left-out-')
      ? '1'
      : value;
  }

  /** Whether a change set shows changes. It is not executed, because moto would forget the outputs. */
  async #differs(
    client: CloudFormationClient,
    given: cloudformation.UpdateStackCommandInput,
  ): Promise<boolean> {
    const name = { StackName: given.StackName, ChangeSetName: `${given.StackName}-${++this.#changeSets}` };
    try {
      await client.send(
        new cloudformation.CreateChangeSetCommand({ ...given, ...name, ChangeSetType: 'UPDATE' }),
      );
    } catch (error) {
      if ((error as Error).message.includes('No updates are to be performed')) return false;
      throw error;
    }
    const { Changes: changes = [] } = await client.send(new cloudformation.DescribeChangeSetCommand(name));
    await client.send(new cloudformation.DeleteChangeSetCommand(name));
    return changes.length > 0;
  }

  /** CloudFormation's description of a stack; undefined if there is none. */
  async describe(stack: PlatformStack): Promise<Stack | undefined> {
    try {
      const command = new cloudformation.DescribeStacksCommand({ StackName: stack.stackName });
      return (await this.#client(stack).send(command)).Stacks?.[0];
    } catch (error) {
      if (/does not exist/.test((error as CloudFormationServiceException).message)) return undefined;
      throw error;
    }
  }

  /** The outputs of a stack. */
  async outputs(stack: PlatformStack): Promise<Record<string, string>> {
    const described = await this.describe(stack);
    return Object.fromEntries(
      (described?.Outputs ?? []).map(({ OutputKey: key = '', OutputValue: value = '' }) => [key, value]),
    );
  }

  /** The events of a stack's resources, the newest first. */
  async events(stack: PlatformStack): Promise<StackEvent[]> {
    const command = new cloudformation.DescribeStackEventsCommand({ StackName: stack.stackName });
    const { StackEvents: events = [] } = await this.#client(stack).send(command);
    return events.map((event) => ({
      resource: event.LogicalResourceId ?? '',
      type: event.ResourceType ?? '',
      status: event.ResourceStatus ?? '',
      reason: event.ResourceStatusReason ?? '',
    }));
  }

  async destroy(stack: PlatformStack): Promise<void> {
    await this.#client(stack).send(new cloudformation.DeleteStackCommand({ StackName: stack.stackName }));
    await this.#settled(stack);
  }

  async #settled(stack: PlatformStack): Promise<Stack | undefined> {
    for (let tries = 0; tries < 600; tries++) {
      const described = await this.describe(stack);
      if (!(described?.StackStatus ?? '').endsWith('_IN_PROGRESS')) return described;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`${stack.stackName} does not settle`);
  }

  #client({ region = 'us-east-1' }: PlatformStack): CloudFormationClient {
    const known = this.#clients.get(region);
    if (known !== undefined) return known;
    const client = new CloudFormationClient({
      region,
      endpoint: this.#endpoint,
      credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'swordfish-of-aws' },
    });
    this.#clients.set(region, client);
    return client;
  }
}

function valueOf(stack: PlatformStack, parameter: string, outputs: Outputs): string {
  const given = stack.parameters[parameter];
  if (given?.kind !== 'outputs') throw new Error(`${stack.name}.${parameter} is fed by no output`);
  return given.parts
    .map((part) => {
      if (typeof part === 'string') return part;
      const value = outputs.get(part.stack)?.[part.output];
      if (value === undefined) throw new Error(`${part.stack} has no output ${part.output}`);
      return value;
    })
    .join('');
}
