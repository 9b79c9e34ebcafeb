import { noted, unhonoured } from '../task/field-notes.js';
import { fieldPaths } from '../task/field-treatment.js';
import { serviceFields } from '../task/task-fields.js';

/** Fields of a service of which one value alone means here what it says, and what is done for the others. */
const usual: readonly (readonly [name: string, path: string, value: string, instead: string])[] = [
  ['Strategy', 'DeploymentConfiguration.Strategy', 'ROLLING', 'deployments are rolling here'],
  ['DeploymentController', 'DeploymentController.Type', 'ECS', 'deployments are rolling here'],
  ['SchedulingStrategy', 'SchedulingStrategy', 'REPLICA', 'as many tasks run as are wanted'],
];

/** What of a service's properties means something else here: a line for each reason. */
export function serviceFieldNotes(properties: Readonly<Record<string, unknown>>): string[] {
  const unusual = usual.flatMap(([name, path, value, instead]) => {
    const found = path
      .split('.')
      .reduce<unknown>((one, key) => (one as Record<string, unknown>)?.[key], properties);
    return found === undefined || found === value
      ? []
      : [`Service: ${name} ${String(found)} not honoured, ${instead}`];
  });
  const balancers = properties['LoadBalancers'];
  return [
    ...unhonoured('Service', noted(fieldPaths(properties), serviceFields)),
    ...unusual,
    ...(Array.isArray(balancers) && balancers.length > 1
      ? ['Service: LoadBalancers after the first not honoured, there is one load balancer']
      : []),
  ];
}
