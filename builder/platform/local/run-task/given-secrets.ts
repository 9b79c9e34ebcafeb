import { readFileSync } from 'node:fs';
import { BuilderError, SpecError } from '../../../errors.js';
import type { TaskDefinition } from '../task/task-definition.js';
import { fingerprint } from '../state/platform-secrets.js';
import type { SecretSource } from '../wanted-container.js';

/**
 * The secrets of a task from files, since there is no Secrets Manager here.
 * @param files paths by the names that containers have for their secrets
 * @throws SpecError where one is missing, BuilderError where a file can't be read
 */
export function givenSecrets(
  { ContainerDefinitions }: TaskDefinition,
  files: Readonly<Record<string, string>>,
): SecretSource {
  const wanted = ContainerDefinitions.flatMap(({ Secrets = [] }) => Secrets);
  const names = new Set(wanted.map(({ Name }) => Name));
  const unknown = Object.keys(files).find((name) => !names.has(name));
  if (unknown !== undefined)
    throw new BuilderError(`--secret ${unknown}: the task has no secret of that name`, {
      code: 'usage',
      hint: names.size === 0 ? 'It has none.' : `It has: ${[...names].join(', ')}.`,
    });
  const missing = [...names].filter((name) => files[name] === undefined);
  if (missing.length > 0)
    throw new SpecError(
      missing.map(
        (name) =>
          new BuilderError(`The task wants a secret ${name}, and there is no Secrets Manager here`, {
            code: 'usage',
            hint: `Give a file that holds it: --secret ${name}=FILE`,
          }),
      ),
    );
  const values = new Map(wanted.map(({ Name, ValueFrom }) => [ValueFrom, read(Name, files[Name] ?? '')]));
  return {
    valueFrom: (reference) => values.get(reference),
    fingerprint: (reference) => fingerprint(values.get(reference) ?? ''),
  };
}

/** Without the end of the line that editors add. */
function read(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new BuilderError(`The file of the secret ${name} can't be read: ${(cause as Error).message}`, {
      code: 'usage',
      cause,
    });
  }
}
