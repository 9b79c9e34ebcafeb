import type * as Sdk from '@aws-sdk/client-ecs';
import type { AwsApi } from '../aws-api.js';
import { type AwsPlace, type CallOptions, awsClient } from '../aws-client.js';
import { definitionOf, serviceDeploymentOf, serviceOf, taskOf } from './read-answers.js';
import type {
  EcsService,
  EcsServiceDeployment,
  EcsTask,
  EcsTaskDefinition,
  TaskRequest,
} from './ecs-service.js';

/** States of a service's deployment that can still be stopped. */
const underWay = ['PENDING', 'IN_PROGRESS'] as const;

/** ECS in one region (Amazon ECS API reference), as far as deployments need it. Every method throws BuilderError where AWS refuses. */
export class EcsApi {
  readonly #api: AwsApi<typeof Sdk, Sdk.ECSClient>;

  constructor(place: AwsPlace) {
    this.#api = awsClient(
      place,
      () => import('@aws-sdk/client-ecs'),
      (sdk, settings) => new sdk.ECSClient(settings),
    );
  }

  /** Undefined where there is none, or it was deleted. */
  async service(cluster: string, name: string, options: CallOptions = {}): Promise<EcsService | undefined> {
    const call = {
      action: 'ecs:DescribeServices',
      doing: `look at the service ${name}`,
      expected: ['ClusterNotFoundException'],
    };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DescribeServicesCommand({ cluster, services: [name] }), http),
    );
    const found = answer?.services?.find(({ status }) => status !== 'INACTIVE');
    return found && serviceOf(found);
  }

  /** Tasks of a service, or those with a family. ECS forgets stopped ones after an hour. */
  async tasks(
    cluster: string,
    { service, family, stopped = false }: TaskQuery,
    options: CallOptions = {},
  ): Promise<EcsTask[]> {
    const call = {
      action: 'ecs:ListTasks',
      doing: `list tasks of ${service ?? family}`,
      expected: ['ClusterNotFoundException', 'ServiceNotFoundException'],
    };
    const input = {
      cluster,
      desiredStatus: stopped ? ('STOPPED' as const) : ('RUNNING' as const),
      ...(service === undefined ? { family } : { serviceName: service }),
    };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.ListTasksCommand(input), http),
    );
    const arns = answer?.taskArns ?? [];
    return arns.length === 0 ? [] : this.describeTasks(cluster, arns.slice(0, 100), options);
  }

  /** @param arns at most 100 */
  async describeTasks(
    cluster: string,
    arns: readonly string[],
    options: CallOptions = {},
  ): Promise<EcsTask[]> {
    const call = { action: 'ecs:DescribeTasks', doing: `look at tasks of the cluster ${cluster}` };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DescribeTasksCommand({ cluster, tasks: [...arns] }), http),
    );
    return (answer?.tasks ?? []).map(taskOf);
  }

  async taskDefinition(arn: string, options: CallOptions = {}): Promise<EcsTaskDefinition> {
    const call = { action: 'ecs:DescribeTaskDefinition', doing: `read the task definition ${arn}` };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DescribeTaskDefinitionCommand({ taskDefinition: arn }), http),
    );
    return definitionOf(answer?.taskDefinition ?? {});
  }

  /** Starts a task; ends with its ARN, or with why it did not start. */
  async runTask(
    request: TaskRequest,
    options: CallOptions = {},
  ): Promise<{ readonly arn?: string | undefined; readonly reason?: string | undefined }> {
    const { cluster, definition, container, command, startedBy } = request;
    const call = { action: 'ecs:RunTask', doing: `start a task of ${definition}` };
    const input: Sdk.RunTaskCommandInput = {
      cluster,
      taskDefinition: definition,
      capacityProviderStrategy: [{ capacityProvider: request.capacityProvider, weight: 1 }],
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: [...request.subnets],
          securityGroups: [request.securityGroup],
          assignPublicIp: 'DISABLED',
        },
      },
      startedBy,
      enableExecuteCommand: request.exec === true,
      ...(command === undefined
        ? {}
        : { overrides: { containerOverrides: [{ name: container, command: [...command] }] } }),
    };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.RunTaskCommand(input), http),
    );
    return { arn: answer?.tasks?.[0]?.taskArn, reason: answer?.failures?.[0]?.reason };
  }

  async stopTask(cluster: string, arn: string, reason: string, options: CallOptions = {}): Promise<void> {
    const call = { action: 'ecs:StopTask', doing: `stop the task ${arn}` };
    await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.StopTaskCommand({ cluster, task: arn, reason }), http),
    );
  }

  /** The ARNs of a service's deployments, the newest first; none where there is no service. */
  async serviceDeployments(
    cluster: string,
    service: string,
    options: CallOptions & { readonly underWay?: boolean } = {},
  ): Promise<string[]> {
    const call = {
      action: 'ecs:ListServiceDeployments',
      doing: `list deployments of ${service}`,
      expected: ['ClusterNotFoundException', 'ServiceNotFoundException'],
    };
    const status = options.underWay === true ? { status: [...underWay] } : {};
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(
        new sdk.ListServiceDeploymentsCommand({ cluster, service, maxResults: 100, ...status }),
        http,
      ),
    );
    const found = answer?.serviceDeployments ?? [];
    const time = ({ createdAt }: Sdk.ServiceDeploymentBrief): number => createdAt?.getTime() ?? 0;
    return found.toSorted((a, b) => time(b) - time(a)).flatMap((one) => one.serviceDeploymentArn ?? []);
  }

  /** Undefined where ECS knows it no more. */
  async serviceDeployment(arn: string, options: CallOptions = {}): Promise<EcsServiceDeployment | undefined> {
    const call = { action: 'ecs:DescribeServiceDeployments', doing: `look at the deployment ${arn}` };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }), http),
    );
    const found = answer?.serviceDeployments?.[0];
    return found && serviceDeploymentOf(found);
  }

  /** Ends the deployment that is under way by a roll-back; false where none is. */
  async stopDeployment(cluster: string, service: string, options: CallOptions = {}): Promise<boolean> {
    const [arn] = await this.serviceDeployments(cluster, service, { ...options, underWay: true });
    if (arn === undefined) return false;
    const call = { action: 'ecs:StopServiceDeployment', doing: `roll the deployment of ${service} back` };
    await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(
        new sdk.StopServiceDeploymentCommand({ serviceDeploymentArn: arn, stopType: 'ROLLBACK' }),
        http,
      ),
    );
    return true;
  }

  /** A session into a container, as session-manager-plugin takes it: AWS's answer as it is. */
  async executeCommand(
    wish: {
      readonly cluster: string;
      readonly task: string;
      readonly container: string;
      readonly command: string;
    },
    options: CallOptions = {},
  ): Promise<Sdk.Session | undefined> {
    const call = { action: 'ecs:ExecuteCommand', doing: `run a command in the task ${wish.task}` };
    const answer = await this.#api.ask(call, options, ({ sdk, client }, http) =>
      client.send(new sdk.ExecuteCommandCommand({ ...wish, interactive: true }), http),
    );
    return answer?.session;
  }
}

/** Which tasks: of a service, or of a family of definitions. */
export interface TaskQuery {
  readonly service?: string | undefined;
  readonly family?: string | undefined;
  /** Those that have stopped, instead of those that run. */
  readonly stopped?: boolean;
}
