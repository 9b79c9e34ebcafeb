import { readFileSync } from 'node:fs';
import { BuilderError, SpecError } from '../../../errors.js';
import type { TaskDefinition } from '../task/task-definition.js';
import { fingerprint } from '../state/platform-secrets.js';
import type { SecretSource } from '../wanted-container.js';

/** A secret that a container wants. */
interface WantedSecret {
  readonly container: string;
  readonly name: string;
  readonly from: string;
}

/**
 * The secrets of a task from files, since there is no Secrets Manager here.
 * @param files paths by the names that containers have for their secrets; where two have one name for different secrets, by
 *   `CONTAINER.NAME`
 * @throws SpecError where one is missing, BuilderError where a file can't be read
 */
export function givenSecrets(
  { ContainerDefinitions }: TaskDefinition,
  files: Readonly<Record<string, string>>,
): SecretSource {
  const wanted = ContainerDefinitions.flatMap(({ Name, Secrets = [] }) =>
    Secrets.map((one): WantedSecret => ({ container: Name, name: one.Name, from: one.ValueFrom })),
  );
  const named = wanted.map((one) => ({ ...one, option: optionOf(one, wanted) }));
  const options = new Set(named.map(({ option }) => option));
  const unknown = Object.keys(files).find((name) => !options.has(name));
  if (unknown !== undefined)
    throw new BuilderError(`--secret ${unknown}: the task has no secret of that name`, {
      code: 'usage',
      hint: options.size === 0 ? 'It has none.' : `It has: ${[...options].join(', ')}.`,
    });
  const missing = [...options].filter((option) => files[option] === undefined);
  if (missing.length > 0)
    throw new SpecError(
      missing.map(
        (option) =>
          new BuilderError(`The task wants a secret ${option}, and there is no Secrets Manager here`, {
            code: 'usage',
            hint: `Give a file that holds it: --secret ${option}=FILE`,
          }),
      ),
    );
  const values = new Map(named.map(({ from, option }) => [from, read(option, files[option] ?? '')]));
  return {
    valueFrom: (reference) => values.get(reference),
    fingerprint: (reference) => fingerprint(values.get(reference) ?? ''),
  };
}

/** By which option the user gives it. */
function optionOf({ container, name, from }: WantedSecret, all: readonly WantedSecret[]): string {
  const isOne = all.every((other) => other.name !== name || other.from === from);
  return isOne ? name : `${container}.${name}`;
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
