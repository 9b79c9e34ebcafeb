import { BuilderError } from '../../../errors.js';
import type { ContainerDefinition } from './task-definition.js';

/**
 * The containers of a task in an order in which each comes after those that it depends on, otherwise as they are written.
 * @throws BuilderError for a name that no container has, and for a circle
 */
export function startOrder(containers: readonly ContainerDefinition[]): ContainerDefinition[] {
  const ordered: ContainerDefinition[] = [];
  const begun = new Set<string>();
  const visit = (container: ContainerDefinition, way: readonly string[]): void => {
    if (ordered.includes(container)) return;
    if (begun.has(container.Name))
      throw invalid(`Containers depend on each other in a circle: ${[...way, container.Name].join(' → ')}`);
    begun.add(container.Name);
    for (const { name, condition } of needs(container)) {
      const other = containers.find((one) => one.Name === name);
      if (other === undefined)
        throw invalid(`The container ${container.Name} depends on "${name}", which the task does not have`);
      visit(other, [...way, container.Name]);
      refuseForever(container, other, condition);
    }
    ordered.push(container);
  };
  for (const container of containers) visit(container, []);
  return ordered;
}

interface Need {
  readonly name: string;
  readonly condition?: NonNullable<ContainerDefinition['DependsOn']>[number]['Condition'];
}

function needs({ DependsOn = [], VolumesFrom = [], Links = [] }: ContainerDefinition): Need[] {
  return [
    ...DependsOn.map(({ ContainerName, Condition }) => ({ name: ContainerName, condition: Condition })),
    ...VolumesFrom.map(({ SourceContainer }) => ({ name: SourceContainer })),
    ...Links.map((link) => ({ name: link.split(':')[0] ?? '' })),
  ];
}

/** What ECS refuses, as it can't come to be (Developer Guide, "container dependency"). */
function refuseForever(
  { Name }: ContainerDefinition,
  other: ContainerDefinition,
  condition: Need['condition'],
): void {
  if (condition === 'HEALTHY' && other.HealthCheck === undefined)
    throw invalid(
      `The container ${Name} waits for "${other.Name}" to be HEALTHY, and ${other.Name} has no HealthCheck`,
    );
  if ((condition === 'SUCCESS' || condition === 'COMPLETE') && (other.Essential ?? true))
    throw invalid(
      `The container ${Name} waits for the end of "${other.Name}" (${condition}), whose end is the task's: it is essential`,
    );
}

function invalid(message: string): BuilderError {
  return new BuilderError(message, { code: 'invalid' });
}
