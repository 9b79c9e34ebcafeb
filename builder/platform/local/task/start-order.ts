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
    const names = [
      ...(container.DependsOn ?? []).map(({ ContainerName }) => ContainerName),
      ...(container.VolumesFrom ?? []).map(({ SourceContainer }) => SourceContainer),
    ];
    for (const name of names) {
      const other = containers.find((one) => one.Name === name);
      if (other === undefined)
        throw invalid(`The container ${container.Name} depends on "${name}", which the task does not have`);
      visit(other, [...way, container.Name]);
    }
    ordered.push(container);
  };
  for (const container of containers) visit(container, []);
  return ordered;
}

function invalid(message: string): BuilderError {
  return new BuilderError(message, { code: 'invalid' });
}
