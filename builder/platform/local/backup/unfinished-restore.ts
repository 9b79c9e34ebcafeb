import { BuilderError } from '../../../errors.js';
import type { LocalContext } from '../local-context.js';
import { restorePart } from '../platform-names.js';

const fileLabel = 'platen.restore';

/** Notes that data are being replaced: until that is done nobody may see them, who could set the site up anew. */
export async function noteRestore({ docker, names }: LocalContext, file: string): Promise<void> {
  await docker.volumes.create(names.of(restorePart), {
    labels: { ...names.labels(restorePart), [fileLabel]: file },
  });
}

export async function restoreDone({ docker, names }: LocalContext): Promise<void> {
  await docker.volumes.remove(names.of(restorePart));
}

/** @throws BuilderError where a restore was interrupted in the middle of the data */
export async function refuseUnfinishedRestore({ docker, names }: LocalContext): Promise<void> {
  const note = await docker.volumes.find(names.of(restorePart));
  if (note === undefined) return;
  const env = names.environment;
  throw new BuilderError(`A restore of ${env} was interrupted: its data are replaced in part`, {
    code: 'failed',
    hint: `Run it again: platen restore ${note.labels[fileLabel] ?? 'FILE'} --env ${env}`,
  });
}
