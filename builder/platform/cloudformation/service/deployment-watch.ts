import type { EcsServiceDeployment } from '../../../aws/ecs/ecs-service.js';
import { servicesOf } from '../aws-account.js';
import type { AwsContext } from '../aws-context.js';

interface Place {
  readonly cluster: string;
  readonly service: string;
}

/** Follows the one deployment of a service that an update begins: stages, traffic, and whether ECS takes it back. */
export class DeploymentWatch {
  readonly #context: AwsContext;
  readonly #place: Place;
  /** Deployments that are none of ours; undefined before the first look. */
  #before: ReadonlySet<string> | undefined;
  #last: EcsServiceDeployment | undefined;
  #told = '';

  constructor(context: AwsContext, place: Place) {
    this.#context = context;
    this.#place = place;
  }

  /** As it was seen last; undefined before there is one. */
  get last(): EcsServiceDeployment | undefined {
    return this.#last;
  }

  /** What is there by now is none of ours: an operation that was under way, and was joined, ends with it. @throws BuilderError */
  async begin(): Promise<void> {
    const { cluster, service } = this.#place;
    this.#before = new Set(
      await servicesOf(this.#context).ecs.serviceDeployments(cluster, service, this.#context),
    );
    this.#last = undefined;
  }

  /** One look; what is new of it is told. True while ECS is still at it. @throws BuilderError */
  async look(): Promise<boolean> {
    const arn = this.#last?.arn ?? (await this.#find());
    if (arn === undefined) return false;
    const found = await servicesOf(this.#context).ecs.serviceDeployment(arn, this.#context);
    // With the service, ECS forgets its deployments; and ours may have begun meanwhile.
    if (found === undefined || this.#before?.has(arn)) return false;
    this.#last = found;
    this.#tell(found);
    return isGoing(found);
  }

  /** The first that was not there before: CloudFormation's roll-back of the stack makes another one after it. */
  async #find(): Promise<string | undefined> {
    const { ecs } = servicesOf(this.#context);
    const { cluster, service } = this.#place;
    if (this.#before === undefined) {
      const all = await ecs.serviceDeployments(cluster, service, this.#context);
      // What is under way is joined, as after an interruption.
      const going = await ecs.serviceDeployments(cluster, service, { ...this.#context, underWay: true });
      this.#before ??= new Set(all.filter((arn) => !going.includes(arn)));
      return going.at(-1);
    }
    const found = await ecs.serviceDeployments(cluster, service, this.#context);
    return found.findLast((arn) => !this.#before?.has(arn));
  }

  #tell(deployment: EcsServiceDeployment): void {
    const { stage, traffic, testTraffic } = deployment;
    if (stage === undefined) return;
    const state = isGoingBack(deployment) ? 'rolling-back' : 'in-progress';
    const told = [stage, traffic, testTraffic, state].join();
    if (told === this.#told) return;
    this.#told = told;
    const { service } = this.#place;
    this.#context.reporter.report({ kind: 'deployment-stage', service, stage, traffic, testTraffic, state });
  }
}

/** Whether ECS is still at it, forwards or backwards. */
function isGoing({ status }: EcsServiceDeployment): boolean {
  return /^PENDING$|_PROGRESS$|_REQUESTED$/.test(status);
}

/** Whether ECS took it back, or is about to: then what was wanted does not run, whatever CloudFormation says. */
export function isGoingBack({ status }: EcsServiceDeployment): boolean {
  return /^ROLLBACK|^STOP/.test(status);
}

/** Why a deployment was taken back; undefined where ECS does not say. */
export function rollbackReason({
  triggeredAlarms,
  rollbackReason: said,
  reason,
}: EcsServiceDeployment): string | undefined {
  if (triggeredAlarms.length === 0) return said ?? reason;
  return `the alarm${triggeredAlarms.length === 1 ? '' : 's'} ${triggeredAlarms.join(', ')} went off`;
}
