import { unhonoured } from './field-notes.js';
import type { ParsedTask } from './parse-task-definition.js';
import type { TaskSurroundings, TranslatedContainer } from './translated-task.js';

/** What a user should know of a task that runs here and not on ECS: one line each, what is left out first. */
export function taskNotes(
  { task, notes }: ParsedTask,
  containers: readonly TranslatedContainer[],
  { architecture, openFiles = Infinity }: TaskSurroundings,
): string[] {
  const foreign = task.RuntimePlatform?.CpuArchitecture;
  return [
    ...(foreign === undefined || foreign === architecture
      ? []
      : [`RuntimePlatform.CpuArchitecture is ${foreign}, and this machine is ${architecture}`]),
    ...task.ContainerDefinitions.flatMap(({ Name, Ulimits = [] }) =>
      Ulimits.filter((one) => one.Name === 'nofile' && one.HardLimit > openFiles).map(
        ({ HardLimit }) =>
          `Ulimits.nofile of ${Name} is ${openFiles} instead of ${HardLimit}: this machine gives no more`,
      ),
    ),
    ...unhonoured('Task', notes),
    ...linkNotes(task),
    ...containers
      .filter(({ secretVariables }) => secretVariables.length > 0)
      .map(
        ({ name, secretVariables }) =>
          `Secrets: the image of ${name} takes them from variables, where docker inspect shows them: ${secretVariables.map((one) => one.name).join(', ')}`,
      ),
  ];
}

/** ECS has links between containers that are on a bridge alone (API Reference, ContainerDefinition). */
function linkNotes({ NetworkMode = 'bridge', ContainerDefinitions }: ParsedTask['task']): string[] {
  const linking = ContainerDefinitions.filter(({ Links = [] }) => Links.length > 0).map(({ Name }) => Name);
  return NetworkMode === 'bridge' || linking.length === 0
    ? []
    : [`Links of ${linking.join(', ')} not honoured, ECS refuses them where NetworkMode is ${NetworkMode}`];
}
