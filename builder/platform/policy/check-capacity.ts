import { BuilderError, SpecError } from '../../errors.js';
import type { EnvironmentSpec } from '../../spec/load-environment.js';
import { instanceType, knownInstanceTypes, memoryForTasks } from './instance-types.js';

/** How many tasks run at most: while a deployment replaces all, or green stands beside blue. */
export function tasksAtMost({ service }: EnvironmentSpec): number {
  const percent = service.strategy === 'blue-green' ? 200 : service.maximumPercent;
  return Math.floor((service.maximum * percent) / 100);
}

/** Tasks that fit one instance of the least of the environment's types, by network interfaces, vCPUs and memory. */
export function tasksOfInstance({ compute, service }: EnvironmentSpec): number {
  const limits = compute.instanceTypes.map((name) => {
    const type = instanceType(name);
    if (type === undefined) return 0;
    const byInterfaces = compute.trunking && type.trunked > 0 ? type.trunked : type.interfaces - 1;
    const byCpu = Math.floor((type.vcpus * 1024) / service.cpu);
    return Math.min(byInterfaces, byCpu, Math.floor(memoryForTasks(type) / service.memory));
  });
  return Math.min(...limits);
}

/**
 * Looks whether the tasks of an environment fit its instances: each task has a network interface, and one that finds
 * none waits until the deployment is given up.
 * @throws SpecError where they do not, or the limits of an instance type are not known
 */
export function checkCapacity(environment: EnvironmentSpec): void {
  const { compute, service } = environment;
  if (compute.kind === 'fargate') return;
  const unknown = compute.instanceTypes.filter((name) => instanceType(name) === undefined);
  const fail = (message: string, hint: string) =>
    new SpecError([
      new BuilderError(message, { code: 'invalid', origin: environment.originOfKey(['compute']), hint }),
    ]);
  if (unknown.length > 0)
    throw fail(
      `How many tasks fit ${unknown.join(', ')} is not known`,
      `Known are: ${knownInstanceTypes.join(', ')}; others go into builder/platform/policy/instance-types.ts.`,
    );
  const [most, each] = [tasksAtMost(environment), tasksOfInstance(environment)];
  const room = each * compute.maximum;
  if (most <= room) return;
  const why = service.strategy === 'blue-green' ? 'green beside blue' : `at ${service.maximumPercent} %`;
  throw fail(
    `${most} tasks (${service.maximum}, ${why}) do not fit ${compute.maximum} instances, which take ${each} each`,
    compute.trunking
      ? 'Raise compute.maximum, or take larger instances.'
      : 'Raise compute.maximum, take larger instances, or compute.trunking: true where the account may have awsvpcTrunking on.',
  );
}
