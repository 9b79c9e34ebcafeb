import type { FoundPlatform } from '../found-platform.js';
import type { LocalContext } from '../local-context.js';
import { secretNames } from '../state/platform-secrets.js';
import type { Checked } from './problem.js';

type State = Pick<LocalContext, 'secrets' | 'names'>;

/**
 * Whether secrets are gone that what is there was made with. A new one in their place would lock out tasks that run, and log
 * everybody out: it is made only where that is asked for.
 */
export function checkSecrets(
  { secrets, names }: State,
  { volumes, parts }: Pick<FoundPlatform, 'volumes' | 'parts'>,
): Checked {
  const name = 'secrets';
  const { folder } = secrets.files;
  const missing = secrets.missing();
  const isNew =
    missing.length === secretNames.length &&
    Object.keys(parts).length === 0 &&
    !volumes.includes(names.of('database'));
  if (missing.length === 0 || isNew)
    return { name, problems: [], detail: isNew ? 'made at the first run' : folder };
  const files = missing.map((one) => secrets.files.path(one)).join(', ');
  const what = missing.length === 1 ? 'A secret' : 'Secrets';
  const message = `${what} of ${names.environment} that its database and tasks were made with ${missing.length === 1 ? 'is' : 'are'} gone: ${files}`;
  const hint = `Put the files back from a copy of ${folder}; or have new ones made, with --new-secrets: tasks are replaced then, and who is logged in must log in again.`;
  return { name, problems: [{ message, hint }], detail: files };
}
