import type { DockerResources } from '../../../engine/docker/resources/docker-resources.js';
import type { EngineImage } from '../../../engine/docker/resources/images.js';
import { BuilderError, SpecError } from '../../../errors.js';
import type { TaskDefinition } from '../task/task-definition.js';

/** The images of a task by the names that its containers have for them. @throws SpecError with all that Docker does not have */
export async function taskImages(
  docker: Pick<DockerResources, 'images'>,
  { ContainerDefinitions }: TaskDefinition,
): Promise<Readonly<Record<string, EngineImage>>> {
  const names = [...new Set(ContainerDefinitions.map(({ Image }) => Image))];
  const found = await Promise.all(names.map(async (name) => [name, await docker.images.find(name)] as const));
  const missing = found.filter(([, image]) => image === undefined).map(([name]) => name);
  if (missing.length > 0)
    throw new SpecError(
      missing.map(
        (name) =>
          new BuilderError(`Docker has no image "${name}"`, {
            code: 'not-found',
            hint: `docker pull ${name}, or platen build and platen pull, bring it there.`,
          }),
      ),
    );
  return Object.fromEntries(found.flatMap(([name, image]) => (image === undefined ? [] : [[name, image]])));
}
